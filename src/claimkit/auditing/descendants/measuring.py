"""Measuring descendants and their base: from the store, or else by the model, piece by piece.

A model is loaded when the store lacks something of it. Two stay loaded at most: ten descendants of
a large model would not fit into memory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar, final

import numpy as np

from claimkit.auditing.descendants.strings import (
    CLAIM,
    COUNTS,
    HEADS,
    TRAINED,
    exam_of,
    key_of,
    layout_of,
    part_of,
    without_end,
    writing_of,
)
from claimkit.auditing.filling import filled
from claimkit.auditing.limits import Limits
from claimkit.auditing.subject import Progress, Subject
from claimkit.circuits.names import MEASURED_BY
from claimkit.evidence.head_scores import HeadScores
from claimkit.evidence.keys import EvidenceKey
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.store import Store
from claimkit.evidence.streams import Streams
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.spec import ModelSpec

if TYPE_CHECKING:
    from claimkit.training.finetuning.recipe import FinetuneRecipe
    from claimkit.training.scratch.exams import Exam

Found = TypeVar("Found", Outcomes, HeadScores)

_TRUST_NEEDS: Final = 64
"""Strings on which it is checked that scores can be believed."""


@lru_cache(maxsize=2)
def opened(spec: ModelSpec, evidence: Path, *, ours: bool) -> Subject:
    """Return a model, found and hashed; the last two stay as they are, their weights included.

    Args:
        spec: Which, and how it is run.
        evidence: Folder of the evidence store.
        ours: Whether it was made here: then transformers need not be asked whether it knows it.
    """
    if not ours:
        return Subject.open(Subject.prepare(spec, evidence), evidence)
    store, checkpoint = Store(evidence), Checkpoint.find(spec)
    return Subject(checkpoint, checkpoint.fingerprint(store), store, spec)


@final
class Measurer:
    """Asks models for what the store lacks.

    Args:
        spec: How models are run: device, number format and so on; its own model is the base.
        evidence: Folder of the store.
        limits: Until when it may measure.
        progress: Called with (what is measured, strings done, strings wanted).
    """

    def __init__(self, spec: ModelSpec, evidence: Path, limits: Limits, progress: Progress) -> None:
        self.limits = limits
        self._spec, self._evidence, self._progress = spec, evidence, progress
        self._trusted: set[tuple[str, bool]] = set()
        self._drawn: dict[tuple[str | int, ...], Exam] = {}

    def subject(self, folder: Path | None = None) -> Subject:
        """Return the model in a run folder, or the base.

        Raises:
            ClaimkitError: If it is missing, broken or of no use here.
        """
        return opened(self._spec_of(folder), self._evidence, ours=folder is not None)

    def outcomes(self, folder: Path | None, recipe: FinetuneRecipe, place: int) -> Outcomes:
        """Return what a model answers to the strings of a bin.

        Args:
            folder: A descendant's; None asks the base.
            recipe: A descendant's; says task and strings.
            place: The bin.

        Raises:
            NotApplicable: If the base's tokenizer or window does not allow such strings.
            CheckTripped: If a check on the measuring fails.
            BudgetUsedUp: If something has to be measured and there is no time for it.
            StoreError: If new outcomes cannot be stored.
        """
        subject = self.subject(folder)
        self._require_time(subject)
        runtime = subject.runtime
        key = key_of(recipe, place, CLAIM, subject.fingerprint, runtime.dtype, runtime.attention)
        label = self._label(subject, folder, recipe)

        def measure(start: int, stop: int) -> Outcomes:
            strings = self._strings(subject, recipe, place, CLAIM)
            return self._answers(subject, recipe, strings, start, stop)

        return self._filled(subject.store, key, COUNTS[CLAIM], measure, label)

    def head_scores(self, folder: Path | None, recipe: FinetuneRecipe) -> HeadScores:
        """Return how strongly each head of a model attends in copies of the training lengths.

        Args:
            folder: A descendant's; None looks at the base.
            recipe: A descendant's; says task and strings.

        Raises:
            NotApplicable: As for :meth:`outcomes`, or if the model's attention cannot be opened.
            CheckTripped: As for :meth:`outcomes`; BudgetUsedUp and StoreError, too.
        """
        subject = self.subject(folder)
        self._require_time(subject)
        key = key_of(
            recipe, TRAINED, HEADS, subject.fingerprint, subject.runtime.dtype, MEASURED_BY
        )
        label = f"heads of {self._label(subject, folder, recipe)}"

        def measure(start: int, stop: int) -> HeadScores:
            strings = self._strings(subject, recipe, TRAINED, HEADS)
            return self._heads(subject, recipe, strings, start, stop)

        return self._filled(subject.store.head_scores, key, COUNTS[HEADS], measure, label)

    def _spec_of(self, folder: Path | None) -> ModelSpec:
        if folder is None:
            return self._spec
        # A descendant has its own tokenizer, and its adapter is part of its weights.
        return replace(self._spec, model=str(folder), revision=None, tokenizer=None, adapter=None)

    def _label(self, subject: Subject, folder: Path | None, recipe: FinetuneRecipe) -> str:
        return f"{recipe.task} by {subject.checkpoint.name if folder is None else recipe.name}"

    def _require_time(self, subject: Subject) -> None:
        if subject.known_runtime is None:
            # Nothing is stored, and even to ask would load the weights.
            self.limits.require(1)

    def _filled(
        self,
        kept: Streams[Found],
        key: EvidenceKey,
        stop: int,
        measure: Callable[[int, int], Found],
        label: str,
    ) -> Found:
        """Return a whole stream once all is stored, by this worker or by others."""
        return filled(
            kept, key, stop, measure, label=label, limits=self.limits, progress=self._progress
        )

    def _strings(self, subject: Subject, recipe: FinetuneRecipe, place: int, purpose: str) -> Exam:
        """Return strings; those last asked for are kept, since every piece of a stream needs them.

        Raises:
            NotApplicable: If the tokenizer or the window does not allow them.
        """
        from claimkit.training.finetuning.examples import check_applicable

        name = (subject.fingerprint, recipe.task, *recipe.lengths, recipe.pool, place, purpose)
        if name not in self._drawn:
            writing = writing_of(subject.tokenizer, recipe.known)
            check_applicable(recipe, writing, subject.checkpoint.window)
            self._drawn = {name: exam_of(recipe, writing, place, purpose)}
        return self._drawn[name]

    def _answers(
        self, subject: Subject, recipe: FinetuneRecipe, strings: Exam, start: int, stop: int
    ) -> Outcomes:
        # Imports torch; see Subject.
        from claimkit.evaluation.scoring import score

        self._require_trust(subject, recipe, strings)
        right = np.zeros(stop - start, np.bool_)
        first_wrong = np.zeros(stop - start, np.int32)
        margin = np.zeros(stop - start, np.float32)
        for numbers, episodes in part_of(strings, start, stop):
            found = score(subject.language_model, episodes)
            right[numbers], first_wrong[numbers] = found.right, found.first_wrong
            margin[numbers] = found.margin
        return Outcomes(right, first_wrong, margin, strings.digests[start:stop])

    def _heads(
        self, subject: Subject, recipe: FinetuneRecipe, strings: Exam, start: int, stop: int
    ) -> HeadScores:
        self._require_trust(subject, recipe, strings)
        writing = writing_of(subject.tokenizer, recipe.known)
        parts, order = [], []
        for numbers, whole in part_of(strings, start, stop):
            episodes = without_end(whole)
            length = int(strings.drawn.lengths[start + numbers[0]])
            layout = layout_of(recipe.known, writing, length)
            parts.append(subject.circuits.head_scores(layout, episodes))
            order.append(numbers)
        found = np.concatenate(parts)[np.argsort(np.concatenate(order))]
        return HeadScores(found, strings.digests[start:stop])

    def _require_trust(self, subject: Subject, recipe: FinetuneRecipe, strings: Exam) -> None:
        """Check once, for each model and kind of line, that scores can be believed.

        Raises:
            CheckTripped: If they cannot.
        """
        # Imports torch; see Subject.
        from claimkit.evaluation.distrust import require_trustworthy

        name = subject.fingerprint, recipe.copies
        if name not in self._trusted:
            most = max(strings.episodes, key=lambda episodes: (len(episodes), episodes.width))
            require_trustworthy(subject.language_model, most[:_TRUST_NEEDS])
            self._trusted.add(name)
