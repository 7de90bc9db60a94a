"""Reading runs: what each answers to fixed strings, from the store or else from its weights.

Every bin has as many strings as published, the same for all runs of a task, and none of them was
seen while the run was trained: exams, by which training stops and sweeps choose, have others.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, final

import numpy as np

from claimkit.auditing.limits import Limits
from claimkit.auditing.subject import Progress, Subject
from claimkit.errors import StoreError
from claimkit.evidence.keys import EvidenceKey
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.ranges import cell
from claimkit.evidence.store import Store
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.spec import ModelSpec
from claimkit.tasks import SAMPLER_VERSION, Copying
from claimkit.training.runs import Run
from claimkit.training.scratch.exams import EXAM_VERSION, Exam, exam
from claimkit.training.scratch.recipe import Lengths, ScratchRecipe

if TYPE_CHECKING:
    from claimkit.models.language_model import LanguageModel

STRINGS: Final = 2_000
"""Strings of each bin, as published."""

PURPOSE: Final = "claim"
_PAUSE: Final = 0.05
_TRUST_NEEDS: Final = 64
"""Strings on which it is checked that scores can be believed."""

ScratchRun = Run[ScratchRecipe]


@lru_cache(maxsize=32)
def strings_of(recipe: ScratchRecipe, lengths: Lengths) -> Exam:
    """Return the strings of a bin; give a recipe without its seed, so that seeds share them."""
    return exam(recipe, lengths, STRINGS, PURPOSE)


@final
@dataclass(frozen=True)
class Question:
    """Strings of one bin, and how a run is asked about them.

    Attributes:
        run: Who is asked.
        place: The bin, from 1.
        copied: None asks for the whole answer; UF or UB, for every token of a copy, one by one.
    """

    run: ScratchRun
    place: int
    copied: Copying | None = None

    @property
    def lengths(self) -> Lengths:
        """Of the contexts or sources."""
        return self.run.recipe.bins[self.place - 1]

    @property
    def task(self) -> str:
        """What is to be done."""
        return self.run.recipe.task if self.copied is None else self.copied.name

    @property
    def strings(self) -> Exam:
        """The strings, the same for all seeds."""
        recipe = replace(self.run.recipe, task=self.task, seed=0)
        return strings_of(recipe, self.lengths)

    @property
    def label(self) -> str:
        """What the progress line calls it."""
        return f"{self.task} by {self.run.name}, lengths {self.lengths[0]}–{self.lengths[1]}"

    @property
    def setting(self) -> dict[str, str | int]:
        """What the strings depend on besides the task."""
        means = {} if self.copied is None else {"token by token": self.run.recipe.task}
        return {
            "format": "from scratch",
            "shortest": self.lengths[0],
            "longest": self.lengths[1],
            "symbols": self.run.recipe.symbols,
            "version": EXAM_VERSION,
            "purpose": PURPOSE,
            **means,
        }


@final
class Reader:
    """Asks runs, and remembers what they answered.

    Args:
        evidence: Folder of the store.
        device: As ``--device``.
        dtype: As ``--dtype``; ``auto`` is float32, in which runs are trained.
        limits: Until when something may be measured.
        progress: Called with (what is measured, strings done, strings wanted).
    """

    def __init__(
        self, evidence: Path, device: str, dtype: str, limits: Limits, progress: Progress
    ) -> None:
        self._store, self._limits, self._progress = Store(evidence), limits, progress
        self._device, self._dtype = device, "float32" if dtype == "auto" else dtype
        self._subjects: dict[Path, Subject] = {}
        self._trusted: set[Path] = set()

    def outcomes(self, question: Question) -> Outcomes:
        """Return what a run answers to all strings of a bin, measured unless it is stored.

        Raises:
            NotApplicable: If a string is longer than the run's window.
            CheckTripped: If a check on the measuring fails.
            BudgetUsedUp: If it has to be measured and there is no time for it.
            ModelError: If the run's files are broken.
            StoreError: If what is stored is of other strings, or new outcomes cannot be stored.
        """
        if self._subject(question.run).known_runtime is None:
            # Nothing is stored, and even to ask would load the weights.
            self._limits.require(STRINGS)
        key = self._key(question)
        found = self._read(key, question)
        while len(found) < STRINGS:
            self._limits.require(STRINGS)
            with self._store.try_lock(key, cell(0)) as free:
                # Another worker may have stored it since.
                if free and len(self._read(key, question)) < STRINGS:
                    self._store.append(key, 0, self._measured(question))
            if not free:
                time.sleep(_PAUSE)
            found = self._read(key, question)
        return found

    def _subject(self, run: ScratchRun) -> Subject:
        """Return the run as a model; its files are hashed, nothing is loaded."""
        if run.folder not in self._subjects:
            spec = ModelSpec(model=str(run.folder), device=self._device, dtype=self._dtype)
            checkpoint = replace(Checkpoint.find(spec), name=run.name)
            fingerprint = checkpoint.fingerprint(self._store)
            self._subjects[run.folder] = Subject(checkpoint, fingerprint, self._store, spec)
        return self._subjects[run.folder]

    def _key(self, question: Question) -> EvidenceKey:
        subject = self._subject(question.run)
        return EvidenceKey(
            fingerprint=subject.fingerprint,
            task=question.task,
            setting=question.setting,
            seed=0,
            sampler_version=SAMPLER_VERSION,
            bos_policy="in the strings",
            dtype=subject.runtime.dtype,
            attention=subject.runtime.attention,
            prompt="ids of the recipe",
        )

    def _read(self, key: EvidenceKey, question: Question) -> Outcomes:
        found = self._store.read(key)[:STRINGS]
        if not np.array_equal(found.digests, question.strings.digests[: len(found)]):
            raise StoreError(
                f"the store {self._store.root} holds outcomes of {question.label} for other "
                "strings than this version of claimkit draws; give another --evidence folder"
            )
        return found

    def _measured(self, question: Question) -> Outcomes:
        self._progress(question.label, 0, STRINGS)
        subject = self._subject(question.run)
        ask = _whole_answers if question.copied is None else _token_by_token
        if question.run.folder not in self._trusted:
            _require_trust(subject.language_model, strings_of_run(question.run))
            self._trusted.add(question.run.folder)
        found = ask(subject.language_model, question, self._progress)
        self._progress(question.label, STRINGS, STRINGS)
        return found


def strings_of_run(run: ScratchRun) -> Exam:
    """Return the strings of a run's first bin."""
    return Question(run, 1).strings


def _require_trust(model: LanguageModel, strings: Exam) -> None:
    # Imports torch, as the model did.
    from claimkit.evaluation.distrust import require_trustworthy

    longest = max(strings.episodes, key=lambda episodes: (len(episodes), episodes.width))
    require_trustworthy(model, longest[:_TRUST_NEEDS])


def _whole_answers(model: LanguageModel, question: Question, progress: Progress) -> Outcomes:
    """Return whether greedy decoding gives the whole answers, end mark included."""
    from claimkit.evaluation.scoring import Scores, score

    strings, done = question.strings, 0

    def tell(count: int) -> None:
        nonlocal done
        done += count
        progress(question.label, done, STRINGS)

    parts = [score(model, episodes, progress=tell) for episodes in strings.episodes]
    whole = Scores(*(np.concatenate([getattr(part, name) for part in parts]) for name in _SCORES))
    place = np.argsort(strings.order, kind="stable")
    return Outcomes(
        whole.right[place], whole.first_wrong[place], whole.margin[place], strings.digests
    )


_SCORES: Final = ("right", "first_wrong", "margin")


def _token_by_token(model: LanguageModel, question: Question, progress: Progress) -> Outcomes:
    """Return whether a source is copied; which token was wrong, and how clearly, is not kept."""
    from transformers import PreTrainedModel

    from claimkit.training.scratch.answering import token_by_token

    strings, symbols = question.strings, question.run.recipe.symbols
    assert question.copied is not None
    assert isinstance(model.model, PreTrainedModel)
    right = token_by_token(model.model, question.copied, strings.drawn, symbols)
    first_wrong = np.where(right, -1, 0).astype(np.int32)
    margin = np.where(right, 1.0, -1.0).astype(np.float32)
    return Outcomes(right, first_wrong, margin, strings.digests)
