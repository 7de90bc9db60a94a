"""The options of a run, read once into one frozen value.

Hooks and fixtures never look at ``config.option``; they are given a :class:`Settings`. Options
arrive here as the words that were typed, so that every wrong one is answered by one sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast, final

from claimkit.evidence.looks import ALPHA_BELOW, Looks
from claimkit.models.bundled import (
    FINETUNED_MODEL,
    bundled_models,
    checkpoint_of,
    is_bundled,
)
from claimkit.models.dtypes import DTYPE_NAMES
from claimkit.models.spec import ModelSpec
from claimkit.plugin.combining import (
    UPDATE,
    UPDATE_NEW,
    attention,
    beside_model,
    device_map,
    device_name,
    refuse_contradictions,
)
from claimkit.plugin.run_settings import RunSettings, read_run_settings
from claimkit.plugin.targets import runs_bundled_claims
from claimkit.plugin.values import (
    choice,
    duration,
    file,
    file_name,
    fraction,
    lengths,
    names,
    whole,
    word,
)
from claimkit.prompts.chat import CHAT_MODES, ChatMode
from claimkit.reporting.places import EVIDENCE, EXAMPLES, name_of, snapshots_of
from claimkit.reporting.records import FINETUNED, MODEL, THEORY

if TYPE_CHECKING:
    import argparse

    import pytest

DTYPES: Final = ("auto", *DTYPE_NAMES)


@final
@dataclass(frozen=True)
class Settings:
    """What the command line asks for.

    Attributes:
        model: Folder or hub id of the model under test; None stands for the bundled one.
        revision: Branch, tag or commit of a hub model; None unless a model is named.
        device: A name such as ``cuda:0``; whether it is there, torch will tell.
        dtype: One of :data:`DTYPES`.
        tokenizer: Folder or hub id of another tokenizer than the model's own.
        adapter: Folder or hub id of an adapter on top of the model.
        device_map: One of ``DEVICE_MAPS``; None puts the whole model on ``device``.
        attn_implementation: One of ``ATTENTIONS``, or a kernel's hub id; None leaves it to
            transformers.
        alpha: Error rate of one verdict, in (0, ``ALPHA_BELOW``).
        margin: A claim "x > 0" fails below this effect; a fraction in [0, 1).
        max_samples: The last look of a verdict, in strings.
        lengths: Replaces the lengths of the claims; None keeps them.
        templates: Replaces the prompt templates of the claims; None keeps them.
        draws: The most settings that a claim over drawn settings is tried at.
        plan: Whether to say what a run would cost, and run nothing.
        budget_seconds: Time to spend on measuring, or None for all it takes.
        evidence: Absolute path of the folder that keeps the evidence.
        snapshot_dir: Absolute path of the folder that has a folder of snapshots for each model.
        snapshot_name: The name of this model's folder in it.
        snapshot_samples: How many strings of each stream a snapshot holds.
        update: Whether this run records the snapshots.
        update_new: Whether this run records those that are missing.
        gate: Whether a claim without a snapshot fails.
        gate_alpha: Error rate of calling a model worse, for the whole run; as ``alpha``.
        reliability: The accuracy that a risk needs at least, in (0, 1).
        report: Folder to write the report to, or None.
        examples: Absolute path of the folder that keeps counterexamples.
        chat: Whether questions in words are put in conversations: ``auto`` where the tokenizer
            has a chat template.
        thinking: Tokens that a model may think before it answers.
        strict: Whether an undecided claim fails the run.
        trust_remote_code: Whether code that comes with a checkpoint may run.
        runs: What is asked for about trained runs.
    """

    model: str | None
    revision: str | None
    device: str
    dtype: str
    tokenizer: str | None
    adapter: str | None
    device_map: str | None
    attn_implementation: str | None
    alpha: float
    margin: float
    max_samples: int
    lengths: tuple[int, ...] | None
    templates: tuple[str, ...] | None
    draws: int
    plan: bool
    budget_seconds: float | None
    evidence: Path
    snapshot_dir: Path
    snapshot_name: str
    snapshot_samples: int
    update: bool
    update_new: bool
    gate: bool
    gate_alpha: float
    reliability: float
    report: Path | None
    examples: Path
    chat: ChatMode
    thinking: int
    strict: bool
    trust_remote_code: bool
    runs: RunSettings

    @property
    def checkpoint(self) -> str:
        """The folder or hub id to load: what was asked for, else the bundled model.

        A bundled model may be asked for by its name, unless a folder here has that name.
        """
        return checkpoint_of(self.model)

    @property
    def snapshots(self) -> Path:
        """The folder of this model's snapshots."""
        return self.snapshot_dir / self.snapshot_name

    @property
    def spec(self) -> ModelSpec:
        """The model under test and how it is to be loaded."""
        return self._spec(self.checkpoint)

    @property
    def finetuned_spec(self) -> ModelSpec:
        """The model whose descendants are judged: the one under test, else a bundled one."""
        named = self.model is not None
        return self._spec(self.checkpoint if named else str(bundled_models() / FINETUNED_MODEL))

    def recorded_in(self, subject: str) -> Path | None:
        """Return the folder of snapshots for claims about a subject; None where there is none."""
        if subject == MODEL:
            return self.snapshots
        if subject == THEORY or (self.model is not None and not self._finetunes(subject)):
            return None
        return self.runs.snapshots if self.model is None else self.snapshots

    def _finetunes(self, subject: str) -> bool:
        return subject == FINETUNED and bool(self.runs.finetune)

    def _spec(self, checkpoint: str) -> ModelSpec:
        return ModelSpec(
            model=checkpoint,
            revision=self.revision,
            tokenizer=self.tokenizer,
            adapter=self.adapter,
            device=self.device,
            device_map=self.device_map,
            dtype=self.dtype,
            attn_implementation=self.attn_implementation,
            trust_remote_code=self.trust_remote_code,
        )


def read_settings(
    options: argparse.Namespace, folder: Path, cwd: Path, *, bundled_claims: bool = False
) -> Settings:
    """Turn the typed options into a checked value.

    Args:
        options: Pytest's parsed options.
        folder: The project's folder; evidence is kept below it unless ``--evidence`` is given.
        cwd: The folder that relative paths on the command line start from.
        bundled_claims: Whether the claims that come with claimkit are run; their snapshots of the
            bundled models lie beside them.

    Raises:
        InvalidInput: If an option has a value that cannot be meant.
    """
    evidence = file("--evidence", options.claimkit_evidence, cwd)
    alpha = fraction("--alpha", options.claimkit_alpha, example="0.001", below=ALPHA_BELOW)
    max_samples = whole("--max-samples", options.claimkit_max_samples, example="2048")
    # Refuses what no schedule of looks can have.
    Looks(max_samples=max_samples, alpha=alpha)
    model = word("--model", options.claimkit_model)
    device = device_name(options.claimkit_device)
    kept = file("--snapshot-dir", options.claimkit_snapshot_dir, cwd)
    name = file_name("--snapshot-name", options.claimkit_snapshot_name)
    loaded = checkpoint_of(model)
    refuse_contradictions(options)
    return Settings(
        model=model,
        revision=beside_model("--revision", options.claimkit_revision, model),
        device=device,
        dtype=choice("--dtype", options.claimkit_dtype, DTYPES),
        tokenizer=beside_model("--tokenizer", options.claimkit_tokenizer, model),
        adapter=beside_model("--adapter", options.claimkit_adapter, model),
        device_map=device_map(options.claimkit_device_map, device),
        attn_implementation=attention(options.claimkit_attn_implementation),
        alpha=alpha,
        margin=fraction("--margin", options.claimkit_margin, example="0.02", zero=True),
        max_samples=max_samples,
        lengths=lengths("--lengths", options.claimkit_lengths),
        templates=names("--templates", options.claimkit_templates, example="bare,rule"),
        draws=whole("--draws", options.claimkit_draws, example="8"),
        plan=options.claimkit_plan,
        budget_seconds=duration("--budget", options.claimkit_budget),
        evidence=evidence or folder / EVIDENCE,
        snapshot_dir=kept or snapshots_of(folder, bundled=bundled_claims and is_bundled(loaded)),
        snapshot_name=name or name_of(loaded),
        snapshot_samples=whole(
            "--snapshot-samples", options.claimkit_snapshot_samples, example="64"
        ),
        update=getattr(options, UPDATE, False),
        update_new=getattr(options, UPDATE_NEW, False),
        gate=options.claimkit_gate,
        gate_alpha=fraction(
            "--gate-alpha", options.claimkit_gate_alpha, example="0.05", below=ALPHA_BELOW
        ),
        reliability=fraction("--reliability", options.claimkit_reliability, example="0.99"),
        report=file("--report", options.claimkit_report, cwd),
        examples=file("--examples", options.claimkit_examples, cwd) or folder / EXAMPLES,
        chat=cast("ChatMode", choice("--chat", options.claimkit_chat, CHAT_MODES)),
        thinking=whole("--thinking", options.claimkit_thinking, example="2048"),
        strict=options.claimkit_strict,
        trust_remote_code=options.claimkit_trust_remote_code,
        runs=read_run_settings(
            options, folder, cwd, snapshot_dir=kept, bundled_claims=bundled_claims
        ),
    )


def settings_of(config: pytest.Config) -> Settings:
    """Read the options of a run.

    Raises:
        InvalidInput: If an option has a value that cannot be meant.
    """
    cwd, root = config.invocation_params.dir, config.rootpath
    # A rootdir without a configuration file is a guess, which may be the model's own folder.
    project = root if config.inipath is not None and cwd.is_relative_to(root) else cwd
    own = runs_bundled_claims(config.args, cwd, pyargs=config.option.pyargs)
    return read_settings(config.option, project, cwd, bundled_claims=own)
