"""The audit of descendants: from a request about fine-tuned models to a judgement.

Source: arXiv:2505.21785, §4.3 and §4.4.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, final

from claimkit.auditing.descendants.cells import cells_of
from claimkit.auditing.descendants.estimating import estimate
from claimkit.auditing.descendants.family import Family, Trainer
from claimkit.auditing.descendants.measuring import Measurer
from claimkit.auditing.descendants.requests import (
    DepthGap,
    DescendantAccuracy,
    DescendantGap,
    DescendantRequest,
    HeadChange,
    HeadDepth,
    HeadImbalance,
    When,
    require_decidable,
)
from claimkit.auditing.limits import Limits
from claimkit.auditing.subject import Progress, no_progress
from claimkit.errors import BudgetUsedUp
from claimkit.evidence.requirement import Requirement
from claimkit.evidence.verdicts import Judgement, Verdict
from claimkit.models.spec import ModelSpec
from claimkit.tasks import Task
from claimkit.tasks.without import Path as Kind
from claimkit.training.runs import Run

if TYPE_CHECKING:
    from claimkit.models.checkpoint import Checkpoint
    from claimkit.training.course import LogLine
    from claimkit.training.finetuning.recipe import FinetuneRecipe, Method

Trained = Callable[[Run[Any]], object]
"""Takes a run that has just been trained to its end."""


def no_more(run: Run[Any]) -> None:
    """Leave a run as it is."""


@final
@dataclass(frozen=True)
class Descendants:
    """Decides requests about the descendants of one base.

    Attributes:
        family: The base, its descendants, and who asks them.
        alpha: Largest probability that a verdict is wrong.
        margin: A claim "x > t" fails below t + margin.
    """

    family: Family
    alpha: float
    margin: float = 0.02

    @staticmethod
    def open(
        *,
        spec: ModelSpec,
        root: Path,
        evidence: Path,
        alpha: float,
        margin: float,
        preset: str = "small",
        finetune: str | None = None,
        deadline: float = math.inf,
        progress: Progress = no_progress,
        training: Progress = no_progress,
        trained: Trained = no_more,
    ) -> Descendants:
        """Open the audit of a base's descendants; nothing is looked at yet.

        Args:
            spec: The base, and how it and its descendants are run.
            root: Runs root, see :mod:`claimkit.training.runs`.
            evidence: Folder of the evidence store.
            alpha: Error rate of a verdict.
            margin: As of the audit.
            preset: Of the descendants' recipes.
            finetune: ``full`` or ``lora`` makes missing descendants so; None leaves them missing.
            deadline: Nothing is begun from then on; seconds as of ``time.time()``.
            progress: Called with (what is measured, strings done, strings wanted).
            training: Called with (what is trained, steps done, the most steps).
            trained: Called with every descendant that was made.
        """
        measurer = Measurer(spec, evidence, Limits(deadline=deadline), progress)
        train = _trainer(spec, measurer.limits, training, trained) if finetune else None
        method = cast("Method", finetune or "full")
        return Descendants(Family(measurer, root, preset, method, train), alpha, margin)

    def describe(self) -> dict[str, str]:
        """Name the base for the summary, and how it runs here once it did; loads nothing."""
        subject = self.family.measurer.subject()
        named = {"model": subject.checkpoint.name, "fingerprint": subject.fingerprint}
        runtime = subject.known_runtime
        if runtime is None:
            return named
        return {**named, "dtype": runtime.dtype, "device": runtime.device}

    def accuracy(self, task: Task, *, when: When = "after") -> DescendantAccuracy:
        """Request the share of strings of doubled lengths that are answered right.

        Args:
            task: What the descendants were fine-tuned on.
            when: ``after`` asks them, ``before`` asks their base.
        """
        return DescendantAccuracy(task, when)

    def gap(self, first: Task, second: Task) -> DescendantGap:
        """Request the accuracy of one task's descendants minus that of another's.

        Args:
            first: The task counted positively.
            second: The other task; of the same group, both are asked about the same contexts.
        """
        return DescendantGap(first, second)

    def head_change(self, task: Task, kind: Kind) -> HeadChange:
        """Request how much more the strongest heads attend after fine-tuning than before.

        Args:
            task: UF or UB.
            kind: ``induction`` or ``anti-induction``.
        """
        return HeadChange(task, kind)

    def head_imbalance(self, right: Task, left: Task) -> HeadImbalance:
        """Request how much more induction heads attend than anti-induction heads, fine-tuned.

        Args:
            right: The task of the induction heads.
            left: The task of the anti-induction heads.
        """
        return HeadImbalance(right, left)

    def head_depth(self, task: Task, kind: Kind) -> HeadDepth:
        """Request the top third's share of the attention of descendants' strongest heads.

        Args:
            task: UF or UB.
            kind: ``induction`` or ``anti-induction``.
        """
        return HeadDepth(task, kind)

    def depth_gap(self, right: Task, left: Task) -> DepthGap:
        """Request how much later the base's induction heads sit than its anti-induction heads.

        Args:
            right: The task of the induction heads.
            left: The task of the anti-induction heads.
        """
        return DepthGap(right, left)

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
            NotApplicable: If descendants are missing, or the base cannot be asked.
            InvalidInput: If the request is none about descendants, or is not met by such a number.
            CheckTripped: If a check on the measuring fails.
        """
        requirement, start = Requirement.of(above, at_least, at_most, within), time.perf_counter()
        asked = require_decidable(request, requirement)
        unseen = Judgement(
            verdict=Verdict.UNDECIDED,
            label=asked.label,
            needs=requirement.needs,
            alpha=self.alpha,
            thresholds=requirement.thresholds(self.margin),
        )
        try:
            judgement = self._judged(asked, requirement, unseen)
        except BudgetUsedUp as reason:
            judgement = replace(unseen, reason=str(reason))
        return replace(judgement, seconds=time.perf_counter() - start)

    def _judged(
        self, request: DescendantRequest, requirement: Requirement, unseen: Judgement
    ) -> Judgement:
        if isinstance(request, DescendantAccuracy) and request.when == "after":
            line = self.family.line(request.task)
            unseen = replace(unseen, learning=cells_of(self.family, line))
            if line.refusal:
                return replace(unseen, verdict=Verdict.NOT_APPLICABLE, reason=line.refusal)
        gone = requirement.threshold if isinstance(request, HeadImbalance) else 0.0
        found = estimate(self.family, request, self.alpha / requirement.tails, gone)
        verdict = requirement.judge(found.interval, self.margin)
        return replace(unseen, verdict=verdict, estimate=found)


def _trainer(spec: ModelSpec, limits: Limits, training: Progress, trained: Trained) -> Trainer:
    """Return what fine-tunes a base on the device that it is run on, while there is time."""

    def train(recipe: FinetuneRecipe, base: Checkpoint, folder: Path) -> None:
        # Both import torch, which training needs.
        from claimkit.models.devices import start_device
        from claimkit.training.finetuning.running import finetune

        def tell(line: LogLine) -> None:
            training(recipe.name, line["step"], recipe.learning.steps)
            limits.require_time_for(recipe.name)

        limits.require_time_for(recipe.name)
        device = start_device(replace(spec, device_map=None)).type
        training(recipe.name, 0, recipe.learning.steps)
        trained(finetune(recipe, base, folder, tell, device=device))

    return train
