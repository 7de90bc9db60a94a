"""The audit: looks at growing samples until a claim is decided or the budget is used up."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, final

import numpy as np

from claimkit.auditing.elicitation import Floor, floor
from claimkit.auditing.observing import Observer, questions_of
from claimkit.auditing.requests import PairedGap
from claimkit.auditing.subject import Progress, Subject, no_progress
from claimkit.errors import InvalidInput, NotApplicable, Unsupported
from claimkit.evidence.intervals import paired_difference
from claimkit.evidence.looks import Looks
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.verdicts import Estimate, Judgement, Verdict, judge_above, needs_above
from claimkit.tasks import Setting, Task


@final
@dataclass(frozen=True)
class Audit:
    """Decides requests about one subject.

    Attributes:
        observer: Where outcomes come from.
        looks: Sample sizes and the error each may spend.
        margin: A claim "x > t" fails below t + margin.
    """

    observer: Observer
    looks: Looks
    margin: float = 0.02

    @staticmethod
    def open(
        prepared: Mapping[str, Any],
        *,
        evidence: Path,
        alpha: float,
        margin: float,
        max_samples: int,
        progress: Progress = no_progress,
    ) -> Audit:
        """Open the audit of the subject that ``Subject.prepare`` found."""
        return Audit(
            Observer(Subject.open(prepared, evidence), progress),
            Looks(max_samples=max_samples, alpha=alpha),
            margin,
        )

    def describe(self) -> dict[str, str]:
        """Name the model for the summary; loads nothing once a claim was decided."""
        subject = self.observer.subject
        return {
            "model": subject.checkpoint.name,
            "fingerprint": subject.fingerprint,
            "dtype": subject.runtime.dtype,
            "device": subject.runtime.device,
            "attention": subject.runtime.attention,
            "BOS": subject.bos,
        }

    def paired_gap(self, right: Task, left: Task, *, length: int, **options: object) -> PairedGap:
        """Request the accuracy of one task minus that of another on the same strings.

        Args:
            right: The task counted positively.
            left: The other task of the same group.
            length: Symbols of the context or source.
            options: Other fields of :class:`claimkit.tasks.Setting`.
        """
        return PairedGap(right, left, length, options)

    def decide(
        self, request: object, *, above: float | None = None, at_least: float | None = None
    ) -> Judgement:
        """Judge whether a requested difference is above a threshold.

        Strings are read in schedule order and the first look that decides ends it, whatever else
        the store holds.

        Raises:
            NotApplicable: If the model cannot be asked at this setting.
            InvalidInput: If the request is none that this audit can decide.
        """
        if not isinstance(request, PairedGap) or above is None or at_least is not None:
            raise InvalidInput(
                f"an audit decides paired gaps against above=…, got {request!r}, above={above}, "
                f"at_least={at_least}"
            )
        start = time.perf_counter()
        return replace(self._gap(request, above), seconds=time.perf_counter() - start)

    def _gap(self, request: PairedGap, above: float) -> Judgement:
        tasks = (request.right, request.left)
        setting = self._setting(request)
        elicited = False
        for size, tail in self.looks.schedule:
            outcomes = tuple(self.observer.outcomes(task, setting, size) for task in tasks)
            strings = questions_of(request.right.group, setting, size).strings
            bar = floor(tasks, (outcomes[0], outcomes[1]), strings, tail=tail, margin=self.margin)
            judgement = self._judge(request, (outcomes[0], outcomes[1]), above, tail)
            if not elicited and bar.verdict is Verdict.FAILS:
                break
            # Cleared once is cleared: the looks share the error of the floor, too.
            elicited = elicited or bar.verdict is Verdict.HOLDS
            if elicited and judgement.verdict is not Verdict.UNDECIDED:
                break
        return judgement if elicited else _not_elicited(judgement, bar)

    def _setting(self, request: PairedGap) -> Setting:
        """Return the request's setting over this model's alphabet.

        Raises:
            NotApplicable: If the tokenizer has no symbols that can stand in a prompt.
        """
        try:
            prompter = self.observer.subject.prompter(request.right, request.setting(symbols=2))
        except Unsupported as error:
            raise NotApplicable(str(error)) from error
        return request.setting(symbols=len(prompter.tokens.symbols))

    def _judge(
        self, request: PairedGap, outcomes: tuple[Outcomes, Outcomes], above: float, tail: float
    ) -> Judgement:
        right, left = (found.right for found in outcomes)
        wins, losses = int(np.sum(right & ~left)), int(np.sum(left & ~right))
        interval = paired_difference(wins, losses, len(right), tail)
        return Judgement(
            verdict=judge_above(interval, above, self.margin),
            label=request.label,
            needs=needs_above(above),
            alpha=self.looks.alpha,
            estimate=Estimate((wins - losses) / len(right), interval, len(right)),
            thresholds=(above, above + self.margin),
        )


def _not_elicited(judgement: Judgement, bar: Floor) -> Judgement:
    """Return *not applicable* in place of a judgement, with what was measured."""
    return replace(judgement, verdict=Verdict.NOT_APPLICABLE, reason=bar.reason)
