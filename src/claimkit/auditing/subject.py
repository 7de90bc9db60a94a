"""The subject: the model under test, loaded only when the store lacks an answer.

What a question's tokens depend on (alphabet, marks, BOS policy) and what a key depends on (device,
dtype, attention implementation) is remembered in the store beside the evidence, so a run whose
evidence is complete never imports torch.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from claimkit.auditing.circuits import Circuits
from claimkit.circuits.names import MEASURED_BY
from claimkit.errors import CheckTripped, StoreError
from claimkit.evidence.head_scores import HeadScores
from claimkit.evidence.keys import EvidenceKey
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.store import Store
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.spec import ModelSpec
from claimkit.models.vetting import vet
from claimkit.prompts.alphabet import PROBE_VERSION
from claimkit.prompts.frames import frame_for
from claimkit.prompts.prompter import Prompter
from claimkit.tasks import SAMPLER_VERSION, Setting, Task, stream_seed
from claimkit.tasks.checking import identity
from claimkit.tasks.questions import Questions
from claimkit.tasks.without import Without

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from claimkit.evaluation.scoring import Scores
    from claimkit.models.language_model import LanguageModel
    from claimkit.prompts.episodes import Episodes

Progress = Callable[[str, int, int], None]


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
        spec: ModelSpec,
    ) -> None:
        """Take a checkpoint whose fingerprint is known; nothing is loaded."""
        self.checkpoint, self.fingerprint, self.store = checkpoint, fingerprint, store
        self.spec, self.circuits = spec, Circuits(self)
        self._prompters: dict[str, Prompter] = {}
        # Kinds of prompts whose scores can be believed, and why none can any more.
        self._trusted: set[bool] = set()
        self._refusal: str | None = None

    @staticmethod
    def prepare(spec: ModelSpec, evidence: Path) -> dict[str, Any]:
        """Find, hash and vet a model; return plain values for :meth:`open`, in any process.

        Raises:
            ClaimkitError: If the model is missing, broken or of no use here, or the store cannot be
                written.
        """
        store = Store(evidence)
        checkpoint = Checkpoint.find(spec)
        fingerprint = checkpoint.fingerprint(store)
        vet(checkpoint, spec, store)
        Subject(checkpoint, fingerprint, store, spec).require_device()
        return {"spec": spec.as_dict(), "fingerprint": fingerprint}

    @property
    def parameters(self) -> int:
        """Numbers in the files of weights; loads nothing."""
        return vet(self.checkpoint, self.spec, self.store).parameters

    @staticmethod
    def open(prepared: Mapping[str, Any], evidence: Path) -> Subject:
        """Open the subject that :meth:`prepare` found."""
        spec = ModelSpec.from_dict(prepared["spec"])
        return Subject(Checkpoint.find(spec), prepared["fingerprint"], Store(evidence), spec)

    def require_device(self) -> None:
        """Raise if this machine lacks the device, unless the model ran on it before.

        Raises:
            InvalidInput: With the devices that there are.
        """
        if self.store.facts(f"runtime {self.environment}") is None:
            # Imports torch, which the weights need anyway.
            from claimkit.models.devices import start_device

            start_device(self.spec)

    @cached_property
    def runtime(self) -> Runtime:
        """How the model is run here; from the store if this machine ran it before."""
        known = self.known_runtime
        if known is None:
            known = Runtime.of(self.language_model)
            self.store.remember(f"runtime {self.environment}", asdict(known))
        return known

    @property
    def known_runtime(self) -> Runtime | None:
        """How the model is run here, if it ran here before; loads nothing."""
        if "runtime" in self.__dict__:
            return self.runtime
        known = self.store.facts(f"runtime {self.environment}")
        return None if known is None else Runtime(**known)

    @property
    def environment(self) -> str:
        """Return all that decides device, dtype and attention when they are left to ``auto``."""
        libraries = " ".join(f"{name} {_version(name)}" for name in ("torch", "transformers"))
        # Not which GPUs: a worker sees another one than the next, and all of them run alike.
        visible = os.environ.get("CUDA_VISIBLE_DEVICES", "all").strip()
        gpus = "none" if visible in ("", "-1") else "all"
        spec = self.spec
        return (
            f"{self.fingerprint} device {spec.device} map {spec.device_map} dtype {spec.dtype} "
            f"attention {spec.attn_implementation} on {platform.node()} gpus {gpus} {libraries}"
        )

    @cached_property
    def language_model(self) -> LanguageModel:
        """The weights, loaded at first use."""
        # Imports torch and transformers: seconds that a full store saves.
        from claimkit.models.language_model import load

        return load(self.checkpoint, self.spec)

    @cached_property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        """The tokenizer, loaded at first use."""
        from claimkit.models.tokenizer import load_tokenizer

        return load_tokenizer(self.checkpoint, trust_remote_code=self.spec.trust_remote_code)

    def prompter(self, task: Task, setting: Setting) -> Prompter:
        """Return how this model is asked; from the store if its tokenizer was probed before."""
        line = frame_for(task, setting)
        name = f"prompter {PROBE_VERSION} {self.fingerprint} {self.loaded_by} {line}"
        if name not in self._prompters:
            known = self.store.facts(name)
            if known is None:
                known = Prompter.of(self.tokenizer, line).as_dict()
                self.store.remember(name, known)
            self._prompters[name] = Prompter.from_dict(line, known)
        return self._prompters[name]

    @property
    def loaded_by(self) -> str:
        """All that bears on what tokenizer is loaded from the files."""
        return f"transformers {_version('transformers')} code {self.spec.trust_remote_code}"

    def describe(self, **more: str) -> dict[str, str]:
        """Name the model for the summary, and how it runs here once it did; loads nothing.

        Args:
            more: What else is told, once it ran.
        """
        named = {"model": self.checkpoint.name, "fingerprint": self.fingerprint}
        runtime = self.known_runtime
        if runtime is None:
            return named
        return {
            **named,
            "dtype": runtime.dtype,
            "device": runtime.device,
            "attention": runtime.attention,
            **more,
        }

    @property
    def bos(self) -> str:
        """What stands in front of the prompts asked so far, for people."""
        return "; ".join(sorted({prompter.bos.name for prompter in self._prompters.values()}))

    def key(
        self, task: Task, setting: Setting, purpose: str = "claim", *, heads: bool = False
    ) -> EvidenceKey:
        """Return the key of a stream of this model's outcomes, or of the scores of its heads.

        Raises:
            NotApplicable: If the stream has no strings.
        """
        prompter = self.prompter(task, setting)
        opened = heads or isinstance(task, Without)
        return EvidenceKey(
            fingerprint=self.fingerprint,
            task=identity(task, setting),
            setting=setting.canonical(),
            seed=stream_seed(task.group, setting, purpose),
            sampler_version=SAMPLER_VERSION,
            bos_policy=prompter.bos.name,
            dtype=self.runtime.dtype,
            attention=MEASURED_BY if opened else self.runtime.attention,
            prompt=prompter.digest,
        )

    def require_runtime(self) -> None:
        """Raise if the weights run other than remembered: keys would name the wrong arithmetic.

        Raises:
            StoreError: With both ways, and what to do.
        """
        loaded = Runtime.of(self.language_model)
        if loaded != self.runtime:
            raise StoreError(
                f"{self.store.root} remembers that this model runs here as {self.runtime}, but it "
                f"was loaded as {loaded}; name --device and --dtype, or give another --evidence "
                "folder"
            )

    def measure(self, task: Task, setting: Setting, questions: Questions) -> Outcomes:
        """Ask the model some questions, whatever the store holds.

        Raises:
            CheckTripped: If a check on the measuring failed, now or at an earlier call: nothing
                more is measured in this process.
            NotApplicable: If a path is to be removed and the model's attention cannot be opened.
        """
        with self._trusted_episodes(task, setting, questions) as episodes:
            scores = self._scores(task, setting, episodes)
        return Outcomes(scores.right, scores.first_wrong, scores.margin, questions.digests())

    def measure_heads(self, task: Task, setting: Setting, questions: Questions) -> HeadScores:
        """Look at every head while the model answers some questions, whatever the store holds.

        Raises:
            CheckTripped: As for :meth:`measure`.
            NotApplicable: If the model's attention cannot be opened.
        """
        layout = self.circuits.layout(task, setting.length, self.prompter(task, setting))
        with self._trusted_episodes(task, setting, questions) as episodes:
            found = self.circuits.head_scores(layout, episodes)
        return HeadScores(found, questions.digests())

    def trusts(self, task: Task) -> bool:
        """Whether scores of strings of this kind were found to be right here, in this process."""
        return task.group.is_retrieval in self._trusted

    @contextmanager
    def _trusted_episodes(
        self, task: Task, setting: Setting, questions: Questions
    ) -> Iterator[Episodes]:
        """Give the prompts, after such were found to be scored rightly by the model as it is.

        A check that trips, here or in the context, is remembered.
        """
        self.require_runtime()
        prompter = self.prompter(task, setting)
        prompter.check_against(self.tokenizer, task, questions)
        if self._refusal is not None:
            raise CheckTripped(self._refusal)
        episodes = prompter.episodes(task, questions)
        try:
            prompter.require_bos(episodes)
            self._require_trust(task, episodes)
            yield episodes
        except CheckTripped as error:
            self._refusal = str(error)
            raise

    def _require_trust(self, task: Task, episodes: Episodes) -> None:
        # Imports torch; see language_model.
        from claimkit.evaluation.distrust import require_trustworthy

        if not self.trusts(task):
            require_trustworthy(self.language_model, episodes)
            self._trusted.add(task.group.is_retrieval)

    def _scores(self, task: Task, setting: Setting, episodes: Episodes) -> Scores:
        # Imports torch; see language_model.
        from claimkit.evaluation.scoring import score

        if isinstance(task, Without):
            layout = self.circuits.layout(task, setting.length, self.prompter(task, setting))
            return self.circuits.score(task, layout, episodes)
        return score(self.language_model, episodes)


# Looking a version up reads files, and a warm run asks for it thousands of times.
@lru_cache(maxsize=8)
def _version(package: str) -> str:
    return version(package)
