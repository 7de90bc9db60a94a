"""Where a run ends: which claims were collected, what became of each, and the exit status.

Lives in the controller, or in the only process. It knows the verdicts from test reports alone, so
it still has the table when a worker dies or someone presses Ctrl-C.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, Final, final

import pytest

from claimkit.evidence.verdicts import Judgement, Verdict
from claimkit.plugin.claims import numbers, short_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimkit.plugin.settings import Settings
    from claimkit.reporting.summary import Row, Summary

NOTHING_DECIDED: Final = 10
"""Exit status of a run whose claims neither hold nor fail; pytest itself uses 0 to 6."""

NOTHING_KEPT: Final[Mapping[str, Any]] = {"judgements": [], "subject": {}, "distrust": ""}
DECIDED: Final = (Verdict.HOLDS, Verdict.FAILS)
OWN_CATEGORIES: Final = {
    Verdict.UNDECIDED.value: ("undecided", "u", ("UNDECIDED", {"yellow": True})),
    Verdict.NOT_APPLICABLE.value: ("not applicable", "n", ("NOT APPLICABLE", {"cyan": True})),
}


@final
class Ledger:
    """Pytest plugin: collects reports, sets the exit status, prints the summary.

    Args:
        settings: The run's options.

    Attributes:
        distrust: Why the run cannot be believed; empty while it can.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._claims: dict[str, str] = {}
        self._reports: dict[str, pytest.TestReport] = {}
        self._stopped = False
        self.distrust = ""
        self._note = ""

    def expect(self, claims: Mapping[str, str]) -> None:
        """Expect a report of every claim, given as test id to claim number."""
        self._claims.update(claims)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Expect the claims that are about to run in this process."""
        if not (session.config.option.collectonly or self._settings.plan):
            self.expect(numbers(session.items))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the report that says what became of a claim, or of any test that judged."""
        passing = report.passed and report.when in ("setup", "teardown")
        if not passing and (report.nodeid in self._claims or hasattr(report, "claimkit")):
            self._reports[report.nodeid] = report
        self.distrust = self.distrust or _kept(report)["distrust"]

    def pytest_report_teststatus(
        self, report: pytest.TestReport | pytest.CollectReport
    ) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        """Show undecided and not applicable as outcomes of their own."""
        judgements = _kept(report)["judgements"]
        if not report.skipped or not judgements:
            return None
        return OWN_CATEGORIES.get(judgements[-1]["verdict"])

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Refuse to call a run passed that decided nothing or lost a claim."""
        stopped = session.shouldfail or session.shouldstop
        self._stopped = bool(stopped) or exitstatus == pytest.ExitCode.INTERRUPTED
        if self.distrust:
            self._note = f"the run cannot be trusted: {self.distrust}"
            return
        if exitstatus != pytest.ExitCode.OK or not self._claims:
            return
        if self._missing():
            self._note = f"claims that were collected and never reported: {len(self._missing())}"
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        elif not any(row.status in DECIDED for row in self._rows()):
            self._note = f"no claim was decided, so the exit status is {NOTHING_DECIDED}"
            session.exitstatus = NOTHING_DECIDED

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, exitstatus: int
    ) -> None:
        """Print the table of verdicts, however the run ended; what was mistyped never began."""
        begun = self._claims or self._reports
        if not begun or exitstatus == pytest.ExitCode.USAGE_ERROR:
            return
        from claimkit.reporting.summary import render

        terminalreporter.section("claims")
        width = max(40, get_terminal_size().columns)
        text = render(self._summary(), width=width, color=terminalreporter.hasmarkup)
        terminalreporter.write_line(text)
        if self._note:
            terminalreporter.write_line(f"claimkit: {self._note}", red=True)

    def verdicts(self) -> dict[str, dict[str, Any]]:
        """Return what became of every claim that was collected, by file name and test name."""
        # Two folders may hold files of one name: their claims keep their whole ids.
        names = Counter(map(short_name, self._claims))
        return {
            short if names[short := short_name(nodeid)] == 1 else nodeid: self._entry(nodeid)
            for nodeid in self._claims
        }

    def failures(self) -> int:
        """Return how many claims count as failed tests."""
        return sum(
            self._reports[nodeid].failed for nodeid in self._claims if nodeid in self._reports
        )

    def overrule(self) -> None:
        """Take back the remark on the exit status, which expected verdicts have decided."""
        self._note = ""

    def _entry(self, nodeid: str) -> dict[str, Any]:
        if nodeid not in self._reports:
            return {"claim": self._claims[nodeid], "verdict": "not reported"}
        row = list(_rows_of(self._claims[nodeid], self._reports[nodeid]))[-1]
        return {"claim": row.claim, "verdict": row.status, "says": row.text}

    def _summary(self) -> Summary:
        from claimkit.reporting.summary import Summary

        # Who stops a run knows that claims are left; who lost a worker wants to know which.
        listed = not self._stopped or any(map(_crashed, self._reports.values()))
        subject = self._subject()
        return Summary(
            rows=[*self._rows(), *(self._lost() if listed else ())],
            alpha=self._settings.alpha,
            subject=subject,
            evidence=str(self._settings.evidence) if subject else "",
            unreached=0 if listed else len(self._missing()),
        )

    def _missing(self) -> list[str]:
        return [nodeid for nodeid in self._claims if nodeid not in self._reports]

    def _rows(self) -> Iterator[Row]:
        # In the order of collection; workers report in any order.
        for nodeid in dict.fromkeys([*self._claims, *self._reports]):
            if nodeid in self._reports:
                yield from _rows_of(self._claims.get(nodeid, ""), self._reports[nodeid])

    def _lost(self) -> Iterator[Row]:
        from claimkit.reporting.summary import NOT_REPORTED, Row

        for nodeid in self._missing():
            yield Row(self._claims[nodeid], NOT_REPORTED, nodeid)

    def _subject(self) -> Mapping[str, str]:
        named = (_kept(report)["subject"] for report in self._reports.values())
        unseen = {} if self._settings.model is None else {"model": self._settings.model}
        return next((subject for subject in named if subject), unseen)


def _rows_of(number: str, report: pytest.TestReport) -> Iterator[Row]:
    from claimkit.reporting.summary import ERROR, SKIPPED, Row

    judgements = [Judgement.from_dict(record) for record in _kept(report)["judgements"]]
    yield from (Row.of(number, judgement) for judgement in judgements)
    explained = judgements and judgements[-1].verdict is not Verdict.HOLDS
    if not (report.passed or explained):
        status = SKIPPED if report.skipped else ERROR
        yield Row(number, status, f"{report.nodeid.rpartition('::')[2]}: {_reason(report)}")


def _reason(report: pytest.TestReport) -> str:
    """Why a test did not pass, in one line."""
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    crash = getattr(report.longrepr, "reprcrash", None)
    text = str(report.longrepr) if crash is None else crash.message.removeprefix("Failed: ")
    return next((line for line in text.splitlines() if line.strip()), "no reason was given")


def _kept(report: pytest.TestReport | pytest.CollectReport) -> Mapping[str, Any]:
    """What the recorder attached; nothing where pytest-xdist reports for a worker that died."""
    kept: Mapping[str, Any] = getattr(report, "claimkit", NOTHING_KEPT)
    return kept


def _crashed(report: pytest.TestReport) -> bool:
    """Whether pytest-xdist made this report in the name of a worker that died."""
    return not hasattr(report, "claimkit")
