"""The ``judge`` fixture: from a request to a verdict, and from a verdict to what pytest does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NoReturn, Protocol, final, runtime_checkable

import pytest

from claimkit.errors import InvalidInput
from claimkit.evidence.requirement import Requirement
from claimkit.evidence.verdicts import (
    Estimate,
    Interval,
    Judgement,
    Verdict,
)

if TYPE_CHECKING:
    from claimkit.evidence.counterexamples import Counterexample
    from claimkit.evidence.glimpses import Glimpse
    from claimkit.plugin.recording import Recorder
    from claimkit.plugin.session import ClaimSession, Request

NO_COUNTEREXAMPLE: Final = "no counterexample"
"""What a claim about theory needs."""

MOST_LINES: Final = 12
"""Lines that are shown of a question at a claim's own length."""


@runtime_checkable
class CheckedLaw(Protocol):
    """A law of theory that was checked, string by string; whoever checks it says what came out."""

    @property
    def label(self) -> str:
        """What was compared, such as ``UR by its program``."""
        ...

    @property
    def how(self) -> str:
        """On what, such as ``all 9,840 questions up to length 7 over 3 symbols``."""
        ...

    @property
    def counterexample(self) -> str:
        """One sentence on a string that breaks the law; empty if none was found."""
        ...


@final
class Judge:
    """Decides requests, keeps each judgement with the running test, and raises unless it holds.

    A request comes from the ``evidence`` fixture. A plain pair ``(low, high)`` is an interval of
    the caller's own, judged as it is, without any model. Claims about theory, which ask no model
    either, are judged by :meth:`law`.

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
        within: float | None = None,
    ) -> Judgement:
        """Judge "the effect is above …", "the rate is at least …", "at most …" or "within ±…".

        Returns:
            The judgement, if the claim holds.

        Raises:
            InvalidInput: If not exactly one of the four is given, or the claim is about theory.
        """
        __tracebackhide__ = True
        if self._recorder.about_theory:
            raise InvalidInput(
                "judge() compares numbers, and a claim with subject='theory' has none; judge it "
                "with judge.law(…), or leave the subject out"
            )
        requirement = Requirement.of(above, at_least, at_most, within)
        if isinstance(request, tuple):
            self._recorder.record(judgement := self._own(Interval(*request), requirement))
        else:
            judgement = self._session.decide(request, requirement)
            if judgement.verdict is Verdict.FAILS and self._recorder.at_risk:
                judgement = self._hunted(request, judgement)
            self._recorder.record(judgement, request)
        if judgement.verdict is not Verdict.HOLDS:
            self._recorder.stop()
        return judgement

    def law(self, checked: CheckedLaw) -> Judgement:
        """Judge a claim about theory: it holds if no string breaks it. Nothing is estimated.

        Returns:
            The judgement, if the claim holds.

        Raises:
            InvalidInput: If the test states no claim about theory, or ``checked`` says nothing.
        """
        __tracebackhide__ = True
        if not self._recorder.about_theory:
            raise InvalidInput(
                "judge.law() is for claims about theory; mark the test "
                "claim('A1', subject='theory'), or judge what a model does with judge(…)"
            )
        self._recorder.record(judgement := _of_law(checked))
        if judgement.verdict is not Verdict.HOLDS:
            self._recorder.stop()
        return judgement

    def _hunted(self, request: Request, judgement: Judgement) -> Judgement:
        """Return the judgement with a counterexample, or with why there is none."""
        found = self._session.hunt(request)
        if isinstance(found, str):
            reason = f"{judgement.reason}; {found}" if judgement.reason else found
            return replace(judgement, reason=reason)
        return replace(judgement, counterexample=found)

    def _own(self, interval: Interval, requirement: Requirement) -> Judgement:
        settings = self._session.settings
        middle = (interval.low + interval.high) / 2
        signed = requirement.relation in ("above", "within")
        return Judgement(
            verdict=requirement.judge(interval, settings.margin),
            label="given interval",
            needs=requirement.needs,
            alpha=settings.alpha,
            estimate=Estimate(middle, interval, samples=0, signed=signed),
            thresholds=requirement.thresholds(settings.margin),
        )


def _of_law(checked: CheckedLaw) -> Judgement:
    if not isinstance(checked, CheckedLaw):
        raise InvalidInput(
            "judge.law() takes what says in words what was checked, with the attributes label, how "
            f"and counterexample, got {checked!r}"
        )
    return Judgement(
        verdict=Verdict.FAILS if checked.counterexample else Verdict.HOLDS,
        label=checked.label,
        needs=NO_COUNTEREXAMPLE,
        reason=checked.counterexample or checked.how,
        # What was checked was checked: there is no sample that could mislead.
        alpha=0.0,
    )


def stop(judgement: Judgement, before: str, *, risk: bool, strict: bool) -> NoReturn:
    """End a test whose claim does not hold, with the verdict attached.

    Args:
        judgement: Anything but *holds*.
        before: The verdict that a snapshot has recorded; empty without one.
        risk: Whether users rely on the claim; then a failure is excused only if it was recorded.
        strict: Whether an undecided claim fails.
    """
    __tracebackhide__ = True
    sentence = judgement.sentence()
    if judgement.verdict is Verdict.FAILS:
        if before == Verdict.FAILS:
            pytest.xfail(f"expected: {sentence}")
        if before and not risk:
            _skip(f"changed, {before} before: {sentence}")
        shown = [*_shown(judgement.counterexample), *_glimpsed(judgement.glimpse)]
        pytest.fail("\n".join([sentence, *shown]), pytrace=False)
    text = f"{judgement.verdict.value}: {sentence}"
    if strict and judgement.verdict is Verdict.UNDECIDED:
        pytest.fail(text, pytrace=False)
    _skip(text)


def _skip(text: str) -> NoReturn:
    __tracebackhide__ = True
    # The place is the claim, not this line; JUnit keeps it beside the reason.
    raise pytest.skip.Exception(text, _use_item_location=True)


def _shown(found: Counterexample | None) -> list[str]:
    """The lines that show a failing risk by one question."""
    if found is None:
        return []
    return [
        f"counterexample of {found.task} at {found.setting}:",
        *_told("prompt", found.prompt),
        *_told("expected", found.expected),
        *_told("actual", found.actual),
        *([f"  replay:   {found.replay}"] if found.replay else []),
        *_sampled(found.sampled),
    ]


def _sampled(question: str) -> list[str]:
    """The lines that show a wrong question of the claim's own length; a long one is cut."""
    told = "wrong at the claim's own length, too:"
    first, *more = question.splitlines() or [""]
    if not more:
        return [f"{told} {first}"] if first else []
    left = len(more) + 1 - MOST_LINES
    cut = [f"  … and {left} more lines"] if left > 0 else []
    return [told, *(f"  {line}" for line in [first, *more][:MOST_LINES]), *cut]


def _told(name: str, text: str) -> list[str]:
    """Some text behind its name; its further lines stand below the first."""
    first, *more = text.splitlines() or [""]
    return [f"  {f'{name}:':<9} {first}", *(f"            {line}" for line in more)]


def _glimpsed(glimpse: Glimpse | None) -> list[str]:
    """The lines that show where one output first goes wrong."""
    if glimpse is None:
        return []
    from claimkit.reporting.glimpses import plain_lines

    return plain_lines(glimpse)
