"""Estimates: the value of each kind of request about descendants, with its interval.

Samples are fixed: nothing is looked at twice. Where a task has several descendants, a string's
value is the mean over those that count, and strings are the sample; nothing is said of descendants
that were not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from claimkit.auditing.descendants import heads
from claimkit.auditing.descendants.family import Family, Line
from claimkit.auditing.descendants.requests import (
    DepthGap,
    DescendantAccuracy,
    DescendantGap,
    DescendantRequest,
    HeadChange,
    HeadDepth,
    HeadImbalance,
)
from claimkit.auditing.descendants.strings import evenly
from claimkit.auditing.runs.estimating import accuracy_of_runs, gap_of_runs
from claimkit.errors import NotApplicable
from claimkit.evidence.head_scores import ANTI_INDUCTION, INDUCTION, KINDS, HeadScores
from claimkit.evidence.intervals import unpaired_difference
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.verdicts import EACH, Estimate, Interval
from claimkit.tasks import Task

_AMONG: Final = 2
"""Bounds that a difference of two independent estimates is made of; they share its error."""


def estimate(
    family: Family, request: DescendantRequest, tail: float, gone: float = 0.0
) -> Estimate:
    """Return what is measured of a request.

    Args:
        family: Who is asked.
        request: What is estimated.
        tail: The error that each bound may spend.
        gone: Up to which an imbalance counts as gone; of a base whose own is not surely larger,
            nothing is said.

    Raises:
        NotApplicable: If descendants are missing, none of them learned its task, or there is
            nothing to compare.
    """
    return _Estimating(family, tail, gone).of(request)


@final
class _Estimating:
    """Estimates of one family with one error."""

    def __init__(self, family: Family, tail: float, gone: float) -> None:
        self._family, self._tail, self._gone = family, tail, gone

    def of(self, request: DescendantRequest) -> Estimate:
        if isinstance(request, DescendantAccuracy):
            return self._accuracy(request)
        if isinstance(request, DescendantGap):
            return self._gap(request)
        if isinstance(request, HeadChange):
            kind = KINDS.index(request.kind)
            after, before = self._after(request.task, kind), self._before(request.task, kind)
            return heads.strength_gap(after, [before] * len(after), self._tail)
        if isinstance(request, HeadDepth):
            after = self._after(request.task, KINDS.index(request.kind))
            self._require_heads(after, request.kind, self._even(request.task))
            return heads.top_third_share(after, self._tail)
        return (
            self._imbalance(request) if isinstance(request, HeadImbalance) else self._depth(request)
        )

    def _accuracy(self, request: DescendantAccuracy) -> Estimate:
        if request.when == "before":
            return accuracy_of_runs([self._family.before(request.task)], self._tail)
        return accuracy_of_runs(self._doubled(request.task), self._tail)

    def _gap(self, request: DescendantGap) -> Estimate:
        first, second = self._doubled(request.first), self._doubled(request.second)
        if request.paired:
            return gap_of_runs(first, second, self._tail)
        return difference(first, second, self._tail)

    def _imbalance(self, request: HeadImbalance) -> Estimate:
        right, left = self._base(request.right, request.left)
        before = heads.strength_gap([right], [left], self._tail)
        if before.interval.low <= self._gone:
            raise NotApplicable(
                f"no imbalance to lose: {request.what} is {before.phrase((self._gone,))} in the "
                "base"
            )
        return heads.strength_gap(
            self._after(request.right, INDUCTION),
            self._after(request.left, ANTI_INDUCTION),
            self._tail,
        )

    def _depth(self, request: DepthGap) -> Estimate:
        even = self._even(request.right)
        right, left = self._base(request.right, request.left)
        self._require_heads([right], KINDS[INDUCTION], even)
        self._require_heads([left], KINDS[ANTI_INDUCTION], even)
        return heads.depth_gap([right], [left], self._tail)

    def _even(self, task: Task) -> float:
        return evenly(self._family.recipe(task))

    def _require_heads(self, scores: list[NDArray[np.float32]], kind: str, even: float) -> None:
        """Refuse to place heads that attend no more than if they attended to all alike."""
        found = heads.strength(scores, self._tail)
        if found.interval.low <= even:
            raise NotApplicable(
                f"no {kind} heads to place: the strongest tenth attends with "
                f"{found.phrase((even,))}, and attention spread over the source with {even:.2f}"
            )

    def _line(self, task: Task) -> Line:
        line = self._family.line(task)
        if line.refusal:
            raise NotApplicable(line.refusal)
        return line

    def _doubled(self, task: Task) -> tuple[Outcomes, ...]:
        return self._family.counting(self._line(task))

    def _after(self, task: Task, kind: int) -> list[NDArray[np.float32]]:
        return [_of_kind(found, kind) for found in self._family.heads(self._line(task))]

    def _before(self, task: Task, kind: int) -> NDArray[np.float32]:
        return _of_kind(self._family.heads_before(task), kind)

    def _base(self, right: Task, left: Task) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the base's induction scores on one task, and anti-induction on the other."""
        return self._before(right, INDUCTION), self._before(left, ANTI_INDUCTION)


def difference(first: Sequence[Outcomes], second: Sequence[Outcomes], tail: float) -> Estimate:
    """Return the mean accuracy of some runs minus that of others, on strings of their own.

    Args:
        first: Of each run counted positively, its outcomes.
        second: Of each other run, its outcomes.
        tail: Error of each bound.

    Raises:
        InvalidInput: If there is no run on a side, or those of a side had different strings.
    """
    if len(first) == len(second) == 1:
        right, wrong = first[0].right, second[0].right
        counts = int(right.sum()), len(right), int(wrong.sum()), len(wrong)
        value, interval = float(right.mean() - wrong.mean()), unpaired_difference(*counts, tail)
        return Estimate(value, interval, len(right), unit=EACH)
    # Each side may err by itself, so that both together err by as much as one bound may.
    a, b = (accuracy_of_runs(runs, tail / _AMONG) for runs in (first, second))
    interval = Interval(a.interval.low - b.interval.high, a.interval.high - b.interval.low)
    return Estimate(a.value - b.value, interval, len(first[0]), unit=EACH)


def _of_kind(found: HeadScores, kind: int) -> NDArray[np.float32]:
    return found.values[:, kind]
