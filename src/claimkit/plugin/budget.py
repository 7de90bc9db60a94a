"""``--budget 10m``: a time budget is spent where verdicts are open.

Before the tests run, the claims are decided in rounds: the first look of all, then the next look of
those that are still open, until none is or the time is over. Then the tests run and find their
strings; a claim that lacks some is undecided, with the reason. Verdicts that are reached are the
same as without a budget, since each reads the same looks in the same order.

Workers go through the same rounds, each from another claim on, and share the work through the
store. The deadline is set once, by the process that was started, and ends all of them.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast, final

import pytest

from claimkit.auditing.limits import lacked_time
from claimkit.errors import ClaimkitError
from claimkit.evidence.verdicts import Verdict
from claimkit.plugin.asking import Asked, Unplanned, request_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from xdist.workermanage import WorkerController

    from claimkit.auditing.audit import Audit
    from claimkit.plugin.session import ClaimSession
    from claimkit.plugin.settings import Settings


@final
class Budgeter:
    """Pytest plugin of ``--budget``.

    Args:
        settings: The run's options.
        session: Opens the audit.
        workerinput: What the controller told this worker; None in the controller or alone.
        begun: When the run began; seconds as of ``time.time()``.

    Attributes:
        deadline: When no more measuring is begun; seconds as of ``time.time()``.
    """

    def __init__(
        self,
        settings: Settings,
        session: ClaimSession,
        workerinput: Mapping[str, Any] | None,
        begun: float,
    ) -> None:
        assert settings.budget_seconds is not None
        self._session = session
        self._seconds = settings.budget_seconds
        self._begun = begun
        self._place, self._workers = 0, 1
        self.deadline = self._begun + self._seconds
        if workerinput is not None:
            self.deadline = workerinput["claimkit_deadline"]
            self._place = int(workerinput["workerid"].removeprefix("gw"))
            self._workers = workerinput["workercount"]
        self._undecided: dict[str, str] = {}

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: WorkerController) -> None:
        """Give a worker the deadline before it starts."""
        node.workerinput["claimkit_deadline"] = self.deadline

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Spend the budget on what was collected; then run the tests."""
        self._session.deadline = self.deadline
        if not (session.config.option.collectonly or session.testsfailed):
            asking, writing = (
                [i for i in session.items if fixture in getattr(i, "fixturenames", ())]
                for fixture in ("evidence", "texts")
            )
            if asking:
                # What is written is asked for when its test runs, and needs time then.
                self._prepare(asking, len(asking) / (len(asking) + len(writing)))
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note which claims had too little time."""
        for judgement in getattr(report, "claimkit", {}).get("judgements", ()):
            open_ = judgement["verdict"] == Verdict.UNDECIDED.value
            if open_ and lacked_time(judgement["reason"]):
                claim = dict(report.user_properties).get("claim", "other tests")
                self._undecided[report.nodeid] = str(claim)

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how long it took and what was left undecided."""
        terminalreporter.section("budget")
        spent = time.time() - self._begun
        left = f"{len(self._undecided)} left undecided for lack of time"
        terminalreporter.write_line(f"{spent:.0f} s of a budget of {self._seconds:.0f} s; {left}")
        for claim, count in Counter(self._undecided.values()).items():
            tests = "1 test" if count == 1 else f"{count} tests"
            terminalreporter.write_line(f"{claim}: {tests}, listed above with the strings read")

    def _prepare(self, items: Sequence[pytest.Item], share: float) -> None:
        """Spend a share of the budget on the requests of some tests."""
        try:
            audit = cast("Audit", self._session.audit)
        except ClaimkitError:
            # The tests meet the same error, and report it.
            return
        now = time.time()
        audit.observer.limits.deadline = now + share * max(0.0, self.deadline - now)
        self._spend(audit, self._turned(_all_asked(items, audit)))
        audit.observer.limits.deadline = self.deadline
        audit.observer.limits.most = float("inf")

    def _turned(self, asked: list[Asked]) -> list[Asked]:
        """Return the requests from this worker's place on, so that workers begin apart."""
        start = len(asked) * (self._place % self._workers) // self._workers
        return asked[start:] + asked[:start]

    def _spend(self, audit: Audit, asked: list[Asked]) -> None:
        for size in audit.sizes:
            audit.observer.limits.most = size
            asked = [one for one in asked if self._is_open(audit, one)]
            if not asked or not audit.observer.limits.in_time or self._session.distrust:
                return

    def _is_open(self, audit: Audit, asked: Asked) -> bool:
        """Decide a request as far as the limits allow; return whether they were in the way."""
        limits = audit.observer.limits
        if not limits.in_time or self._session.distrust:
            return True
        limits.refused = False
        try:
            self._session.decide(asked.request, asked.requirement)
        except Exception:
            # Its test meets the same error, whatever it is, and reports it.
            return False
        return limits.refused


def _all_asked(items: Sequence[pytest.Item], audit: Audit) -> list[Asked]:
    """Return what tests ask, as far as that can be known; the others measure when they run."""
    found: list[Asked] = []
    for item in items:
        try:
            found += request_of(item, audit)
        except Unplanned:
            continue
    return found
