"""The ``judge`` fixture: from a request to a verdict, and from a verdict to what pytest does."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, final

import pytest

from claimkit.evidence.requirement import Requirement
from claimkit.evidence.verdicts import (
    Estimate,
    Interval,
    Judgement,
    Verdict,
)

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
        at_most: float | None = None,
    ) -> Judgement:
        """Judge "the effect is above …", "the rate is at least …" or "the rate is at most …".

        Returns:
            The judgement, if the claim holds.

        Raises:
            InvalidInput: If not exactly one of the three is given.
        """
        __tracebackhide__ = True
        requirement = Requirement.of(above, at_least, at_most)
        if isinstance(request, tuple):
            judgement = self._own(Interval(*request), requirement)
        else:
            judgement = self._session.decide(request, above, at_least, at_most)
        self._recorder.record(judgement)
        if judgement.verdict is not Verdict.HOLDS:
            stop(judgement, strict=self._session.settings.strict)
        return judgement

    def _own(self, interval: Interval, requirement: Requirement) -> Judgement:
        settings = self._session.settings
        middle = (interval.low + interval.high) / 2
        signed = requirement.relation == "above"
        return Judgement(
            verdict=requirement.judge(interval, settings.margin),
            label="given interval",
            needs=requirement.needs,
            alpha=settings.alpha,
            estimate=Estimate(middle, interval, samples=0, signed=signed),
            thresholds=requirement.thresholds(settings.margin),
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
