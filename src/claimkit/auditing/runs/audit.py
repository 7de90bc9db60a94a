"""The audit of models trained from scratch: how well they do at lengths they were not trained on.

A verdict speaks of the runs that were read, not of others that one might train: the strings are the
sample, and each run is asked about the same ones. The sample is fixed, as published, so nothing is
looked at twice.

Source: arXiv:2505.21785, Appendix B: 2,000 strings a bin, whole-answer exact match, runs that
master the lengths they were trained on.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import final

from claimkit.auditing.deciding import require_fraction
from claimkit.auditing.limits import Limits
from claimkit.auditing.runs.cells import Runs
from claimkit.auditing.runs.estimating import accuracy_of_runs, gap_of_runs
from claimkit.auditing.runs.published import lengths
from claimkit.auditing.runs.reading import Reader
from claimkit.auditing.runs.requests import (
    RunAccuracy,
    RunGap,
    RunsRequest,
    TokenByToken,
    label_of,
)
from claimkit.auditing.runs.shelf import Shelf, Trainer
from claimkit.auditing.subject import Progress, no_progress
from claimkit.errors import BudgetUsedUp, InvalidInput
from claimkit.evidence.requirement import Requirement
from claimkit.evidence.verdicts import Estimate, Judgement, Verdict, number
from claimkit.tasks import Copying, Task


@final
@dataclass(frozen=True)
class RunsAudit:
    """Decides requests about the runs below one root.

    Attributes:
        shelf: Finds the runs, and trains what is missing.
        reader: Asks them.
        alpha: Largest probability that a verdict is wrong.
        margin: A claim "x > t" fails below t + margin.
    """

    shelf: Shelf
    reader: Reader
    alpha: float
    margin: float = 0.02

    @staticmethod
    def open(
        *,
        root: Path,
        preset: str,
        evidence: Path,
        alpha: float,
        margin: float,
        train: Trainer | None = None,
        device: str = "auto",
        dtype: str = "auto",
        deadline: float = math.inf,
        progress: Progress = no_progress,
    ) -> RunsAudit:
        """Open the audit of the runs below a root; no run is looked at yet.

        Args:
            root: See :mod:`claimkit.training.runs`.
            preset: Whose runs are read.
            evidence: Folder of the evidence store.
            alpha: Error rate of a verdict.
            margin: As of the audit.
            train: Trains what is missing; None leaves it missing.
            device: As ``--device``.
            dtype: As ``--dtype``; ``auto`` is float32.
            deadline: Nothing is trained or measured from then on; seconds as of ``time.time()``.
            progress: Called with (what is measured, strings done, strings wanted).
        """
        limits = Limits(deadline=deadline)
        reader = Reader(evidence, device, dtype, limits, progress)
        return RunsAudit(Shelf(root, preset, train, limits), reader, alpha, margin)

    def accuracy(self, task: Task, *, architecture: str, bin: int) -> RunAccuracy:
        """Request the share of strings of a bin that the runs of a task are right on.

        Args:
            task: What they were trained on.
            architecture: ``gpt2`` or ``llama``.
            bin: 1 (the lengths trained on), 2 or 3.
        """
        return RunAccuracy(task, architecture, bin)

    def gap(self, right: Task, left: Task, *, architecture: str, bin: int) -> RunGap:
        """Request the accuracy of one task's runs minus that of another's, on the same strings.

        Args:
            right: The task counted positively.
            left: The other task of the same group.
            architecture: ``gpt2`` or ``llama``.
            bin: 1, 2 or 3.
        """
        return RunGap(right, left, architecture, bin)

    def token_by_token(self, task: Task, *, bin: int) -> TokenByToken:
        """Request the share of sources that runs of a retrieval task copy, token by token.

        Args:
            task: UF or UB.
            bin: 1, 2 or 3.
        """
        return TokenByToken(task, bin)

    def decide(
        self,
        request: object,
        *,
        above: float | None = None,
        at_least: float | None = None,
        at_most: float | None = None,
        within: float | None = None,
    ) -> Judgement:
        """Judge whether a requested value is above, at least or at most a threshold, or within it.

        Raises:
            NotApplicable: If there is no run to ask, or it cannot be asked.
            InvalidInput: If the request is none about runs, or the requirement does not fit it.
            CheckTripped: If a check on the measuring fails.
        """
        requirement, start = Requirement.of(above, at_least, at_most, within), time.perf_counter()
        asked = _require_decidable(request, requirement)
        judgement = self._unseen(asked, requirement)
        try:
            # All runs first: without one of them nothing need be measured.
            found = [self.shelf.runs(task, asked.architecture) for task in asked.asked]
            lengths = found[0][0].recipe.bins[asked.bin - 1]
            judgement = replace(judgement, label=label_of(asked, lengths))
            sides = [Runs.read(self.reader, runs, _copied(asked)) for runs in found]
            judgement = self._judged(sides, asked.bin, requirement, judgement)
        except BudgetUsedUp as reason:
            judgement = replace(judgement, reason=str(reason))
        return replace(judgement, seconds=time.perf_counter() - start)

    def _unseen(self, request: RunsRequest, requirement: Requirement) -> Judgement:
        """Return what can be said before any run is looked at."""
        return Judgement(
            verdict=Verdict.UNDECIDED,
            label=request.label,
            needs=requirement.needs,
            alpha=self.alpha,
            thresholds=requirement.thresholds(self.margin),
        )

    def _judged(
        self, sides: Sequence[Runs], place: int, requirement: Requirement, unseen: Judgement
    ) -> Judgement:
        seen = replace(unseen, learning=tuple(c for side in sides for c in side.cells(place)))
        left_out = "; ".join(filter(None, (side.left_out() for side in sides)))
        if not all(side.counting(place) for side in sides):
            return replace(seen, verdict=Verdict.NOT_APPLICABLE, reason=left_out)
        estimate = self._estimate(sides, place, self.alpha / requirement.tails)
        return replace(
            seen,
            verdict=requirement.judge(estimate.interval, self.margin),
            estimate=estimate,
            reason="; ".join(filter(None, (_beside_the_paper(sides, place), left_out))),
        )

    @staticmethod
    def _estimate(sides: Sequence[Runs], place: int, tail: float) -> Estimate:
        counting = [side.counting(place) for side in sides]
        if len(counting) == 1:
            return accuracy_of_runs(counting[0], tail)
        return gap_of_runs(counting[0], counting[1], tail)


def _copied(request: RunsRequest) -> Copying | None:
    """Return what is copied token by token, if that is asked."""
    task = request.task if isinstance(request, TokenByToken) else None
    assert task is None or isinstance(task, Copying)
    return task


def _require_decidable(request: object, requirement: Requirement) -> RunsRequest:
    require_fraction(requirement)
    if isinstance(request, RunsRequest):
        is_rate = not isinstance(request, RunGap)
        if is_rate == (requirement.relation in ("at_least", "at_most")):
            return request
    raise InvalidInput(
        "an audit of runs decides gaps against above=… or within=… and accuracies against "
        f"at_least=… or at_most=…, got {request!r}, {requirement.relation}={requirement.threshold}"
    )


def _beside_the_paper(sides: Sequence[Runs], place: int) -> str:
    """Return what each run did, and the paper's figures."""
    ours = [side.figures(place) for side in sides]
    if len(sides) > 1:
        ours = [
            f"{side.ran[0].run.recipe.task}: {told}" for side, told in zip(sides, ours, strict=True)
        ]
    figures = [side.published(place) for side in sides]
    known = [number(figure, 3) for figure in figures if figure is not None]
    paper = f"the paper has {' and '.join(known)} at lengths {lengths(place)}"
    if len(known) < len(sides):
        paper = ""
    return "; ".join(filter(None, (*ours, paper)))
