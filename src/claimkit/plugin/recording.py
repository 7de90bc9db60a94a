"""Where tests run: which claim is running, what was judged, and how that leaves the process.

Verdicts leave twice: as the attribute ``claimkit`` of a test report, a JSON-safe dict that
pytest-xdist carries to the controller; and as user properties, which end up in JUnit files. The
report's own outcome stays one of pytest's three, since JUnit files count any other as passed.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn, final

import pytest

from claimkit.errors import CheckTripped, ClaimkitError, InvalidInput, NotApplicable
from claimkit.evidence.verdicts import Judgement, Verdict
from claimkit.plugin.baselines import Settled
from claimkit.plugin.claims import (
    announced,
    claim_of,
    facts_of,
    is_risk,
    is_theory,
    subject_of,
)
from claimkit.plugin.judging import stop

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from claimkit.plugin.baselines import Baselines
    from claimkit.plugin.session import ClaimSession, Request

PROPERTIES: Final = frozenset(
    (
        *("claim", "verdict", "effect", "low", "high", "samples", "unit", "seconds", "needs"),
        *("reason", "before", "counterexample", "replay"),
    )
)


@final
@dataclass
class Running:
    """The test that is running, and what is known of it so far.

    Attributes:
        judgements: What was judged, in order.
        request: What was asked last; None for an interval of the test's own.
        settled: What the snapshot says of the last judgement, once it was asked.
        complaint: Why the snapshot cannot be used; empty while it can.
    """

    judgements: list[Judgement] = field(default_factory=list)
    request: Request | None = None
    settled: Settled = field(default_factory=Settled)
    complaint: str = ""


RUNNING: Final = pytest.StashKey[Running]()


@final
class Recorder:
    """Pytest plugin: keeps the running claim and attaches judgements to its reports.

    Args:
        session: Names the model, once it has been looked at.
        baselines: Compares with snapshots and records them.
    """

    def __init__(self, session: ClaimSession, baselines: Baselines) -> None:
        self._session = session
        self._baselines = baselines
        self._item: pytest.Item | None = None

    @property
    def at_risk(self) -> bool:
        """Whether the running test states what users rely on."""
        return self._item is not None and is_risk(self._item)

    @property
    def about_theory(self) -> bool:
        """Whether the running test states a claim that asks no model."""
        return self._item is not None and is_theory(self._item)

    def record(self, judgement: Judgement, request: Request | None = None) -> None:
        """Keep a judgement with the running test.

        Raises:
            InvalidInput: If no test is running.
        """
        running = self._running()
        running.judgements.append(judgement)
        running.request = request

    def stop(self) -> NoReturn:
        """End the running test, whose last judgement does not hold.

        Raises:
            ClaimkitError: If the snapshot cannot be used.
        """
        __tracebackhide__ = True
        running = self._running()
        assert self._item is not None
        self._settle(self._item)
        strict = self._session.settings.strict
        stop(running.judgements[-1], running.settled.before, risk=self.at_risk, strict=strict)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Know which test is running; a test that is run again starts with a clean slate."""
        self._item = item
        item.stash[RUNNING] = Running()
        try:
            return (yield)
        finally:
            if announced([item]):
                self._baselines.keep(item)
            self._item = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None]:
        """Say in one sentence why evidence cannot be had, or why a claim is not run here."""
        __tracebackhide__ = True
        with self._one_sentence(item):
            refusal = self._session.refusal(subject_of(item))
            if refusal:
                raise NotApplicable(refusal)
            yield

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None]:
        """Say in one sentence why a claim could not be judged; one that judges nothing fails."""
        __tracebackhide__ = True
        with self._one_sentence(item):
            yield
            if item.stash[RUNNING].judgements:
                self._settle(item)
        if claim_of(item) is not None and not item.stash[RUNNING].judgements:
            _fail("the claim judged nothing; it has to end with judge(…) or judge.law(…)")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Attach what was judged to the reports of a claim, and of any test that judged."""
        report = yield
        running = item.stash.get(RUNNING, Running())
        tripped = call.excinfo is not None and call.excinfo.errisinstance(CheckTripped)
        if running.judgements or tripped or claim_of(item) is not None:
            report.claimkit = {  # type: ignore[attr-defined]
                **facts_of(item),
                **running.settled.to_dict(),
                "judgements": [judgement.to_dict() for judgement in running.judgements],
                "complaint": running.complaint,
                "model": self._session.subject,
                "base": self._session.base,
                "distrust": self._session.distrust,
            }
        if running.judgements:
            kept = [pair for pair in report.user_properties if pair[0] not in PROPERTIES]
            report.user_properties[:] = [*kept, *properties(item, running)]
        return report

    def _running(self) -> Running:
        if self._item is None:
            raise InvalidInput("judge() was called while no test was running; call it in a test")
        return self._item.stash[RUNNING]

    def _settle(self, item: pytest.Item) -> None:
        """Ask the snapshot of the last judgement, once.

        Raises:
            ClaimkitError: If the snapshot cannot be used.
        """
        running = item.stash[RUNNING]
        try:
            running.settled = self._baselines.settle(item, running.request, running.judgements[-1])
        except ClaimkitError as error:
            running.complaint = str(error)
            raise

    @contextmanager
    def _one_sentence(self, item: pytest.Item) -> Iterator[None]:
        """Turn claimkit's own errors, raised in a claim, into what a reader of claims needs."""
        __tracebackhide__ = True
        options = item.config.option
        try:
            yield
        except ClaimkitError as error:
            if claim_of(item) is None:
                raise
            if isinstance(error, CheckTripped):
                self._session.distrust = str(error)
            if isinstance(error, NotApplicable):
                self._not_applicable(item, str(error))
            if options.fulltrace or options.tbstyle in ("long", "native"):
                raise
            _fail(f"{type(error).__name__}: {error}")

    def _not_applicable(self, item: pytest.Item, reason: str) -> None:
        __tracebackhide__ = True
        judgement = Judgement(
            verdict=Verdict.NOT_APPLICABLE,
            label=item.name,
            needs="",
            reason=reason,
            alpha=self._session.settings.alpha,
        )
        self.record(judgement)
        self.stop()


def _fail(sentence: str) -> NoReturn:
    # Not hidden, unlike its callers: pytest remarks on a traceback that is hidden altogether.
    raise pytest.fail.Exception(sentence, pytrace=False) from None


def properties(item: pytest.Item, running: Running) -> list[tuple[str, object]]:
    """The last judgement as name and value pairs; what is missing is left out, never zero."""
    judgement, found = running.judgements[-1], running.judgements[-1].counterexample
    pairs: dict[str, Any] = {
        "claim": facts_of(item)["claim"],
        "verdict": judgement.verdict.value,
        "before": running.settled.before,
        "needs": judgement.needs,
        "reason": judgement.reason,
        "seconds": round(judgement.seconds, 3),
    }
    if judgement.estimate is not None:
        estimate = judgement.estimate
        pairs |= {
            "effect": estimate.value,
            "low": estimate.interval.low,
            "high": estimate.interval.high,
            "samples": estimate.samples,
            "unit": estimate.unit,
        }
    if found is not None:
        asked = " ? ".join(part for part in (found.context, found.query) if part)
        pairs["counterexample"] = f"{asked}: {found.expected} expected, {found.actual} given"
        pairs["replay"] = found.replay
    return [(name, value) for name, value in pairs.items() if value != ""]
