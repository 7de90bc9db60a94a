"""The options of a run, read once into one frozen value.

Hooks and fixtures never look at ``config.option``; they are given a :class:`Settings`. Options
arrive here as the words that were typed, so that every wrong one is answered by one sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, final

import claimkit
from claimkit.errors import InvalidInput
from claimkit.evidence.looks import ALPHA_BELOW, Looks
from claimkit.models.choices import ATTENTIONS, DEVICE_MAPS, DEVICES
from claimkit.models.dtypes import DTYPE_NAMES
from claimkit.models.spec import ModelSpec
from claimkit.plugin.values import choice, duration, file, fraction, lengths, names, whole, word

if TYPE_CHECKING:
    import argparse

    import pytest

DEFAULT_MODEL: Final = "forward-born"
DTYPES: Final = ("auto", *DTYPE_NAMES)
EVIDENCE: Final = Path(".claimkit") / "evidence"


@final
@dataclass(frozen=True)
class Settings:
    """What the command line asks for.

    Attributes:
        model: Folder or hub id of the model under test; None stands for the bundled one.
        revision: Branch, tag or commit of a hub model; None unless a model is named.
        device: What :data:`DEVICES` matches; whether it is there, torch will tell.
        dtype: One of :data:`DTYPES`.
        tokenizer: Folder or hub id of another tokenizer than the model's own.
        adapter: Folder or hub id of an adapter on top of the model.
        device_map: One of :data:`DEVICE_MAPS`; None puts the whole model on ``device``.
        attn_implementation: One of :data:`ATTENTIONS`, or a kernel's hub id; None leaves it to
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
        expect: File of expected verdicts; None expects nothing.
        record: File to write the verdicts to, or None.
        strict: Whether an undecided claim fails the run.
        trust_remote_code: Whether code that comes with a checkpoint may run.
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
    expect: Path | None
    record: Path | None
    strict: bool
    trust_remote_code: bool

    @property
    def checkpoint(self) -> str:
        """The folder or hub id to load: what was asked for, else the bundled model.

        A bundled model may be asked for by its name, unless a folder here has that name.
        """
        name = DEFAULT_MODEL if self.model is None else self.model
        bundled = bundled_models() / name
        named = self.model is None or (name in _names_of_bundled() and not Path(name).exists())
        return str(bundled) if named else name

    @property
    def spec(self) -> ModelSpec:
        """The model under test and how it is to be loaded."""
        return ModelSpec(
            model=self.checkpoint,
            revision=self.revision,
            tokenizer=self.tokenizer,
            adapter=self.adapter,
            device=self.device,
            device_map=self.device_map,
            dtype=self.dtype,
            attn_implementation=self.attn_implementation,
            trust_remote_code=self.trust_remote_code,
        )


def read_settings(options: argparse.Namespace, folder: Path, cwd: Path) -> Settings:
    """Turn the typed options into a checked value.

    Args:
        options: Pytest's parsed options.
        folder: The project's folder; evidence is kept below it unless ``--evidence`` is given.
        cwd: The folder that relative paths on the command line start from.

    Raises:
        InvalidInput: If an option has a value that cannot be meant.
    """
    evidence = file("--evidence", options.claimkit_evidence, cwd)
    alpha = fraction("--alpha", options.claimkit_alpha, example="0.001", below=ALPHA_BELOW)
    max_samples = whole("--max-samples", options.claimkit_max_samples, example="2048")
    # Refuses what no schedule of looks can have.
    Looks(max_samples=max_samples, alpha=alpha)
    model = word("--model", options.claimkit_model)
    device = _device(options.claimkit_device)
    _refuse_plan_with_verdicts(options)
    return Settings(
        model=model,
        revision=_beside_model("--revision", options.claimkit_revision, model),
        device=device,
        dtype=choice("--dtype", options.claimkit_dtype, DTYPES),
        tokenizer=_beside_model("--tokenizer", options.claimkit_tokenizer, model),
        adapter=_beside_model("--adapter", options.claimkit_adapter, model),
        device_map=_device_map(options.claimkit_device_map, device),
        attn_implementation=_attention(options.claimkit_attn_implementation),
        alpha=alpha,
        margin=fraction("--margin", options.claimkit_margin, example="0.02", zero=True),
        max_samples=max_samples,
        lengths=lengths("--lengths", options.claimkit_lengths),
        templates=names("--templates", options.claimkit_templates, example="bare,rule"),
        draws=whole("--draws", options.claimkit_draws, example="8"),
        plan=options.claimkit_plan,
        budget_seconds=duration("--budget", options.claimkit_budget),
        evidence=evidence or folder / EVIDENCE,
        expect=file("--expect", options.claimkit_expect, cwd),
        record=file("--record", options.claimkit_record, cwd),
        strict=options.claimkit_strict,
        trust_remote_code=options.claimkit_trust_remote_code,
    )


def settings_of(config: pytest.Config) -> Settings:
    """Read the options of a run.

    Raises:
        InvalidInput: If an option has a value that cannot be meant.
    """
    cwd, root = config.invocation_params.dir, config.rootpath
    # A rootdir without a configuration file is a guess, which may be the model's own folder.
    project = root if config.inipath is not None and cwd.is_relative_to(root) else cwd
    return read_settings(config.option, project, cwd)


def bundled_models() -> Path:
    """The folder of the control checkpoints, in an installed package or in a working tree."""
    package = Path(claimkit.__file__).resolve().parent
    installed = package / "fixtures" / "models"
    return installed if installed.is_dir() else package.parents[1] / "fixtures" / "models"


def _beside_model(option: str, text: str | None, model: str | None) -> str | None:
    if text is not None and model is None:
        raise InvalidInput(
            f"{option} goes with the model that --model names, got {text!r} without --model; "
            "name the model too"
        )
    return word(option, text)


def _device(text: str) -> str:
    word("--device", text)
    if not DEVICES.fullmatch(text):
        raise InvalidInput(f"--device is one of auto, cpu, mps, cuda, cuda:0, …, got {text!r}")
    return text


def _device_map(text: str | None, device: str) -> str | None:
    if text is not None and device != "auto":
        raise InvalidInput(
            f"--device-map {text} spreads the model over devices and --device {device} puts it on "
            "one; give one of the two"
        )
    return None if text is None else choice("--device-map", text, DEVICE_MAPS)


def _attention(text: str | None) -> str | None:
    # A kernel's hub id is for the models' own check, which knows what one looks like.
    if text is None or "/" in text:
        return text
    return choice("--attn-implementation", text, ATTENTIONS)


def _refuse_plan_with_verdicts(options: argparse.Namespace) -> None:
    typed = {
        "--expect": options.claimkit_expect,
        "--record": options.claimkit_record,
        "--budget": options.claimkit_budget,
    }
    given = [name for name, text in typed.items() if text is not None]
    if options.claimkit_plan and given:
        raise InvalidInput(
            f"--plan measures nothing, so {given[0]} has nothing to do; leave one of them out"
        )


def _names_of_bundled() -> set[str]:
    folder = bundled_models()
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()
