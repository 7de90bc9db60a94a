"""The ``judge`` fixture: from a request to a verdict, and from a verdict to what pytest does."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, final

import pytest

from claimkit.evidence.verdicts import (
    Estimate,
    Interval,
    Judgement,
    Verdict,
    judge_above,
    judge_at_least,
)
from claimkit.plugin.session import needs_of

if TYPE_CHECKING:
    from claimkit.plugin.recording import Recorder
    from claimkit.plugin.session import ClaimSession, Request


@final
class Judge:
    """Decides requests, keeps each judgement with the running test, and raises unless it holds.

    A request comes from the ``evidence`` fixture. A plain pair ``(low, high)`` is an interval of
    the caller's own, judged as it is, without any model.

    Args:
        session: Opens the audit when the first request comes.
        recorder: Keeps the judgements.
    """

    def __init__(self, session: ClaimSession, recorder: Recorder) -> None:
        self._session = session
        self._recorder = recorder

    def __call__(
        self,
        request: Request | tuple[float, float],
        *,
        above: float | None = None,
        at_least: float | None = None,
    ) -> Judgement:
        """Judge "the effect is above …" or "the rate is at least …"; exactly one is given.

        Returns:
            The judgement, if the claim holds.

        Raises:
            InvalidInput: If both or neither of ``above`` and ``at_least`` are given.
        """
        __tracebackhide__ = True
        needs = needs_of(above, at_least)
        if isinstance(request, tuple):
            judgement = self._own(Interval(*request), above, at_least, needs)
        else:
            judgement = self._session.decide(request, above, at_least)
        self._recorder.record(judgement)
        if judgement.verdict is not Verdict.HOLDS:
            stop(judgement, strict=self._session.settings.strict)
        return judgement

    def _own(
        self, interval: Interval, above: float | None, at_least: float | None, needs: str
    ) -> Judgement:
        margin = self._session.settings.margin
        thresholds: tuple[float, ...]
        if above is not None:
            verdict, thresholds = judge_above(interval, above, margin), (above, above + margin)
        else:
            assert at_least is not None  # needs_of has seen to it
            verdict, thresholds = judge_at_least(interval, at_least), (at_least,)
        middle = (interval.low + interval.high) / 2
        return Judgement(
            verdict=verdict,
            label="given interval",
            needs=needs,
            alpha=self._session.settings.alpha,
            estimate=Estimate(middle, interval, samples=0, signed=above is not None),
            thresholds=thresholds,
        )


def stop(judgement: Judgement, *, strict: bool) -> NoReturn:
    """End a test whose claim does not hold: as failed, or as skipped with the verdict attached."""
    __tracebackhide__ = True
    if judgement.verdict is Verdict.FAILS:
        pytest.fail(judgement.sentence(), pytrace=False)
    text = f"{judgement.verdict.value}: {judgement.sentence()}"
    if strict and judgement.verdict is Verdict.UNDECIDED:
        pytest.fail(text, pytrace=False)
    # The place is the claim, not this line; JUnit keeps it beside the reason.
    raise pytest.skip.Exception(text, _use_item_location=True)
