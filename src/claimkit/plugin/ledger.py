"""Where a run ends: which claims were collected, what became of each, and the exit status.

Lives in the controller, or in the only process. It knows the verdicts from test reports alone, so
it still has the table when a worker dies or someone presses Ctrl-C.
"""

from __future__ import annotations

from collections import Counter
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, Final, final

import pytest

from claimkit.evidence.verdicts import Verdict
from claimkit.plugin.claims import announced, short_name
from claimkit.plugin.records import NO_CLAIM, crashed, kept, record_of, unreported
from claimkit.reporting.records import BASE, MODEL, model_in_words

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping

    from claimkit.plugin.settings import Settings
    from claimkit.reporting.records import ClaimRecord
    from claimkit.reporting.summary import Summary

NOTHING_DECIDED: Final = 10
"""Exit status of a run whose claims neither hold nor fail; pytest itself uses 0 to 6."""

DECIDED: Final = (Verdict.HOLDS, Verdict.FAILS)
OWN_CATEGORIES: Final = {
    Verdict.UNDECIDED.value: ("undecided", "u", ("UNDECIDED", {"yellow": True})),
    Verdict.NOT_APPLICABLE.value: ("not applicable", "n", ("NOT APPLICABLE", {"cyan": True})),
    Verdict.FAILS.value: ("changed", "c", ("CHANGED", {"yellow": True})),
}
"""How tests are shown that end as skipped, by verdict; a finding that held before fails so."""


@final
class Ledger:
    """Pytest plugin: collects reports, sets the exit status, prints the summary.

    Args:
        settings: The run's options.

    Attributes:
        distrust: Why the run cannot be believed; empty while it can.
        stopped: Whether the run ended before all tests had run.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._announced: dict[str, Mapping[str, Any]] = {}
        self._names: Counter[str] = Counter()
        self._reports: dict[str, pytest.TestReport] = {}
        self._records: dict[str, ClaimRecord] = {}
        self.stopped = False
        self.distrust = ""
        self._note = ""

    def expect(self, tests: Mapping[str, Mapping[str, Any]]) -> None:
        """Expect a report of every claim among some announced tests, by test id."""
        self._announced.update(tests)
        self._names = Counter(map(short_name, self._announced))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Expect the claims that are about to run in this process."""
        if not (session.config.option.collectonly or self._settings.plan):
            self.expect(announced(session.items))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Note whether the tests came to their end; what fails afterwards stops nothing."""
        try:
            return (yield)
        finally:
            self.stopped = bool(session.shouldfail or session.shouldstop)

    # First, so that whoever keeps records finds this one.
    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the report that says what became of a claim, or of any test that judged."""
        passing = report.passed and report.when in ("setup", "teardown")
        if not passing and (self._is_claim(report.nodeid) or hasattr(report, "claimkit")):
            nodeid = report.nodeid
            self._reports[nodeid] = report
            facts = self._announced.get(nodeid, NO_CLAIM)
            self._records[nodeid] = record_of(self._name(nodeid), facts, report)
        self.distrust = self.distrust or kept(report)["distrust"]

    def pytest_report_teststatus(
        self, report: pytest.TestReport | pytest.CollectReport
    ) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        """Show undecided, not applicable and changed as outcomes of their own."""
        judgements = kept(report)["judgements"]
        if not report.skipped or not judgements or hasattr(report, "wasxfail"):
            return None
        return OWN_CATEGORIES.get(judgements[-1]["verdict"])

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Refuse to call a run passed that decided nothing or lost a claim."""
        self.stopped = self.stopped or exitstatus == pytest.ExitCode.INTERRUPTED
        if self.distrust:
            self._note = f"the run cannot be trusted: {self.distrust}"
            return
        claims = any(map(self._is_claim, self._announced))
        # Others may have found the run a failure by now.
        if session.exitstatus != pytest.ExitCode.OK or not claims:
            return
        if self._missing():
            self._note = f"claims that were collected and never reported: {len(self._missing())}"
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        elif not self._decided():
            self._note = f"no claim was decided, so the exit status is {NOTHING_DECIDED}"
            session.exitstatus = NOTHING_DECIDED

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, exitstatus: int
    ) -> None:
        """Print the table of verdicts, however the run ended; what was mistyped never began."""
        begun = any(map(self._is_claim, self._announced)) or self._records
        if not begun or exitstatus == pytest.ExitCode.USAGE_ERROR:
            return
        from claimkit.reporting.summary import render

        terminalreporter.section("claims")
        width = max(40, get_terminal_size().columns)
        text = render(self._summary(), width=width, color=terminalreporter.hasmarkup)
        terminalreporter.write_line(text)
        if self._note:
            terminalreporter.write_line(f"claimkit: {self._note}", red=True)
        glimpsed = [(r.claim, j) for r in self.records() for j in r.judgements if j.glimpse]
        if glimpsed:
            from claimkit.reporting.glimpses import coloured

            terminalreporter.section("first glitches")
            shown = coloured(glimpsed, width=width, color=terminalreporter.hasmarkup)
            terminalreporter.write_line(shown)

    def record(self, nodeid: str) -> ClaimRecord | None:
        """Return what became of a test so far; None if nothing is known of it."""
        return self._records.get(nodeid)

    def reports(self) -> Iterable[pytest.TestReport]:
        """Return the reports that say what became of the tests, in no order."""
        return self._reports.values()

    def records(self) -> tuple[ClaimRecord, ...]:
        """Return what became of every claim, in the order of collection, and of others that judged.

        A claim of which nothing was heard is *not reported*.
        """
        # In the order of collection; workers report in any order.
        listed = [n for n in self._announced if self._is_claim(n) or n in self._records]
        others = sorted(self._records.keys() - self._announced.keys())
        return tuple(
            self._records.get(nodeid) or unreported(self._name(nodeid), self._announced[nodeid])
            for nodeid in [*listed, *others]
        )

    @property
    def examines(self) -> bool:
        """Whether a model is named, or a test was collected that may judge one."""
        named = self._settings.model is not None
        return named or any(facts["subject"] == MODEL for facts in self._announced.values())

    def subject(self) -> Mapping[str, str]:
        """Name the model, and how it runs once it did; empty if none was needed.

        Unless a model is named, claims about fine-tuning are about another one than the others.
        """
        model, base = self._told("model"), self._told("base")
        if self._settings.model is not None:
            return max([{"model": self._settings.model}, model, base], key=len)
        return {**model, BASE: model_in_words(base)} if base else model

    def _told(self, name: str) -> Mapping[str, str]:
        """Return the most that a test told of a model; those that ran it know how it runs."""
        told: Iterable[Mapping[str, str]] = (kept(r)[name] for r in self._reports.values())
        return max(told, key=len, default={})

    def _decided(self) -> bool:
        """Whether some claim about the model was decided; or about theory, if all are."""
        of_model = any(f["claim"] and f["subject"] == MODEL for f in self._announced.values())
        records = [r for r in self._records.values() if r.subject == MODEL or not of_model]
        return any(j.verdict in DECIDED for r in records for j in r.judgements)

    def _is_claim(self, nodeid: str) -> bool:
        return bool(self._announced.get(nodeid, NO_CLAIM)["claim"])

    def _name(self, nodeid: str) -> str:
        """File name and test name; the whole id where files of one name are in two folders."""
        short = short_name(nodeid)
        return short if self._names[short] <= 1 else nodeid

    def _summary(self) -> Summary:
        from claimkit.reporting.summary import Summary, rows_of_all

        # Who stops a run knows that claims are left; who lost a worker wants to know which.
        listed = not self.stopped or any(map(crashed, self._reports.values()))
        subject = self.subject()
        missing = self._missing()
        shown = (record for record in self.records() if listed or record.test not in missing)
        return Summary(
            rows=list(rows_of_all(shown)),
            alpha=self._settings.alpha,
            subject=subject,
            evidence=str(self._settings.evidence) if subject else "",
            unreached=0 if listed else len(missing),
        )

    def _missing(self) -> set[str]:
        """The names of claims that were collected and of which nothing was heard."""
        gone = (n for n in self._announced if self._is_claim(n) and n not in self._records)
        return {self._name(nodeid) for nodeid in gone}
