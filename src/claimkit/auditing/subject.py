"""The subject: the model under test, loaded only when the store lacks an answer.

What a question's tokens depend on (alphabet, marks, BOS policy) and what a key depends on (device,
dtype, attention implementation) is remembered in the store beside the evidence, so a run whose
evidence is complete never imports torch.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from claimkit.errors import StoreError
from claimkit.evidence.keys import EvidenceKey
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.store import Store
from claimkit.models.checkpoint import Checkpoint
from claimkit.prompts.alphabet import PROBE_VERSION
from claimkit.prompts.lines import line_for
from claimkit.prompts.prompter import Prompter
from claimkit.tasks import SAMPLER_VERSION, Setting, Task, stream_seed
from claimkit.tasks.questions import Questions

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from claimkit.models.language_model import LanguageModel

Progress = Callable[[str, int, int], None]

CHUNK = 256
"""Strings measured between two appends to the store: what a kill can cost."""


def no_progress(label: str, done: int, total: int) -> None:
    """Report nothing."""


@dataclass(frozen=True)
class Runtime:
    """How the weights are run; part of every key.

    Attributes:
        device: For people; outcomes are kept by dtype and attention implementation.
        dtype: Such as ``float32``.
        attention: Such as ``sdpa``.
    """

    device: str
    dtype: str
    attention: str

    @staticmethod
    def of(model: LanguageModel) -> Runtime:
        """Return how a loaded model runs."""
        return Runtime(str(model.device), model.dtype, model.attention)


@final
class Subject:
    """One model and the store of what was observed of it."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        fingerprint: str,
        store: Store,
        *,
        device: str = "auto",
        dtype: str = "auto",
        trust_remote_code: bool = False,
    ) -> None:
        """Take a checkpoint whose fingerprint is known; nothing is loaded."""
        self.checkpoint, self.fingerprint, self.store = checkpoint, fingerprint, store
        self._device, self._dtype, self._trust = device, dtype, trust_remote_code
        self._prompters: dict[str, Prompter] = {}

    @staticmethod
    def prepare(
        *,
        model: str,
        revision: str | None,
        device: str,
        dtype: str,
        trust_remote_code: bool,
        evidence: Path,
    ) -> dict[str, Any]:
        """Find and hash a model; return plain values for :meth:`open`, in any process.

        Raises:
            ClaimkitError: If the model is missing or broken, or the store cannot be written.
        """
        checkpoint = Checkpoint.find(model, revision)
        return {
            "model": model,
            "revision": revision,
            "device": device,
            "dtype": dtype,
            "trust_remote_code": trust_remote_code,
            "fingerprint": checkpoint.fingerprint(Store(evidence)),
        }

    @staticmethod
    def open(prepared: Mapping[str, Any], evidence: Path) -> Subject:
        """Open the subject that :meth:`prepare` found."""
        return Subject(
            Checkpoint.find(prepared["model"], prepared["revision"]),
            prepared["fingerprint"],
            Store(evidence),
            device=prepared["device"],
            dtype=prepared["dtype"],
            trust_remote_code=prepared["trust_remote_code"],
        )

    @cached_property
    def runtime(self) -> Runtime:
        """How the model is run here; from the store if this machine ran it before."""
        name = f"runtime {self._environment()}"
        known = self.store.facts(name)
        if known is None:
            known = asdict(Runtime.of(self.language_model))
            self.store.remember(name, known)
        return Runtime(**known)

    def _environment(self) -> str:
        """Return all that decides device, dtype and attention when they are left to ``auto``."""
        libraries = " ".join(f"{name} {version(name)}" for name in ("torch", "transformers"))
        gpus = os.environ.get("CUDA_VISIBLE_DEVICES", "all")
        return (
            f"{self.fingerprint} device {self._device} dtype {self._dtype} "
            f"on {platform.node()} gpus {gpus} {libraries}"
        )

    @cached_property
    def language_model(self) -> LanguageModel:
        """The weights, loaded at first use."""
        # Imports torch and transformers: seconds that a full store saves.
        from claimkit.models.language_model import load

        return load(self.checkpoint, self._device, self._dtype, trust_remote_code=self._trust)

    @cached_property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        """The tokenizer, loaded at first use."""
        from claimkit.models.tokenizer import load_tokenizer

        return load_tokenizer(self.checkpoint, trust_remote_code=self._trust)

    def prompter(self, task: Task, setting: Setting) -> Prompter:
        """Return how this model is asked; from the store if its tokenizer was probed before."""
        line = line_for(task.group, setting)
        name = f"prompter {PROBE_VERSION} {self.fingerprint} {line}"
        if name not in self._prompters:
            known = self.store.facts(name)
            if known is None:
                known = Prompter.of(self.tokenizer, line).as_dict()
                self.store.remember(name, known)
            self._prompters[name] = Prompter.from_dict(line, known)
        return self._prompters[name]

    @property
    def bos(self) -> str:
        """What stands in front of the prompts asked so far, for people."""
        return "; ".join(sorted({prompter.bos.name for prompter in self._prompters.values()}))

    def key(self, task: Task, setting: Setting) -> EvidenceKey:
        """Return the key of a stream of this model's outcomes."""
        prompter = self.prompter(task, setting)
        return EvidenceKey(
            fingerprint=self.fingerprint,
            task=task.name,
            setting=setting.canonical(),
            seed=stream_seed(task.group, setting),
            sampler_version=SAMPLER_VERSION,
            bos_policy=prompter.bos.name,
            dtype=self.runtime.dtype,
            attention=self.runtime.attention,
            prompt=prompter.digest,
        )

    def _require_runtime(self) -> None:
        """Raise if the weights run other than remembered: keys would name the wrong arithmetic."""
        loaded = Runtime.of(self.language_model)
        if loaded != self.runtime:
            raise StoreError(
                f"{self.store.root} remembers that this model runs here as {self.runtime}, but it "
                f"was loaded as {loaded}; name --device and --dtype, or give another --evidence "
                "folder"
            )

    def measure(self, task: Task, setting: Setting, questions: Questions) -> Outcomes:
        """Ask the model some questions, whatever the store holds."""
        # Imports torch; see language_model.
        from claimkit.evaluation.scoring import score

        self._require_runtime()
        prompter = self.prompter(task, setting)
        prompter.check_against(self.tokenizer, task, questions)
        scores = score(self.language_model, prompter.episodes(task, questions))
        return Outcomes(scores.right, scores.first_wrong, scores.margin, questions.digests())
