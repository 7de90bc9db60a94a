"""The journal of a run, and the report that is written from it at the end.

Lives in the controller, or in the only process. Each test is written down when its report comes,
so that a run that is stopped, or killed, can be reported as far as it came.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, final

import pytest

from claimkit.errors import ClaimkitError, InvalidInput
from claimkit.plugin.ledger import NOTHING_DECIDED
from claimkit.plugin.provenance import provenance
from claimkit.reporting.records import RunRecord

if TYPE_CHECKING:
    from pathlib import Path

    from claimkit.plugin.ledger import Ledger
    from claimkit.plugin.session import Prepared
    from claimkit.plugin.settings import Settings
    from claimkit.reporting.journal import Journal
    from claimkit.reporting.records import ClaimRecord

JUNIT = "junit.xml"


def check_report(folder: Path) -> None:
    """Make the folder of a report, so that it is refused before the run if it cannot be written.

    Raises:
        InvalidInput: If it cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(
            f"--report cannot make the folder {folder}: {error.strerror or error}"
        ) from error
    if not os.access(folder, os.W_OK):
        raise InvalidInput(f"--report cannot write {folder}: Permission denied")


@final
class Journalist:
    """Pytest plugin: keeps the journal, and writes the report when it is asked for.

    Args:
        settings: The run's options.
        ledger: Knows what became of every claim.
        prepared: What was learned of the model, if it was looked at.
        begun: When the run began; seconds as of ``time.time()``.
    """

    def __init__(
        self, settings: Settings, ledger: Ledger, prepared: Prepared | None, begun: float
    ) -> None:
        self._settings, self._ledger, self._begun = settings, ledger, begun
        self._prepared = prepared
        self._provenance: dict[str, str] = {}
        self._baseline = ""
        if not settings.update and settings.snapshots.is_dir():
            self._baseline = settings.snapshot_name
        self._journal: Journal | None = None
        self._kept: dict[str, ClaimRecord] = {}
        self._failure = ""
        self._written: tuple[Path, ...] = ()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write down what became of a claim, as soon as it is known."""
        record = self._ledger.record(report.nodeid)
        if record is None or self._failure or self._kept.get(record.test) == record:
            return
        self._kept[record.test] = record
        try:
            self._open().append(record)
        except ClaimkitError as error:
            self._failure = str(error)

    # Last of those that decide what the run adds up to, and before the summary.
    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Close the journal of a run that came to its end; write the report of any."""
        if self._journal is None and not self._failure:
            return
        try:
            self._end(session)
        except (ClaimkitError, OSError) as error:
            self._failure = str(error)
        # Whatever else is wrong with a report: the table has still to be printed.
        except Exception as error:
            self._failure = f"{type(error).__name__}: {error}"
        failed = self._failure and self._settings.report is not None
        if failed and session.exitstatus in (pytest.ExitCode.OK, NOTHING_DECIDED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where the report is, or why there is none."""
        if self._failure:
            what = "journal" if self._settings.report is None else "report"
            text = f"claimkit: wrote no {what}: {self._failure}"
            terminalreporter.write_line(text, red=True)
        for path in self._written:
            terminalreporter.write_line(f"report: {path}")

    def _open(self) -> Journal:
        """Return the journal, begun by now: every test that was collected is known."""
        from claimkit.reporting.journal import Journal
        from claimkit.reporting.runs import new_run

        if self._journal is None:
            begun, examines = datetime.fromtimestamp(self._begun, UTC), self._ledger.examines
            self._provenance = provenance(self._settings, self._prepared, model=examines)
            self._journal = Journal(new_run(self._settings.evidence, begun))
            self._journal.begin(
                RunRecord(
                    claims=tuple(r.unreported for r in self._ledger.records() if r.claim),
                    provenance=self._provenance,
                    alpha=self._settings.alpha,
                    gate_alpha=self._settings.gate_alpha,
                    baseline=self._baseline if examines else "",
                    started=f"{begun:%Y-%m-%dT%H:%M:%SZ}",
                )
            )
        self._note()
        return self._journal

    def _note(self) -> None:
        """Write down how the model runs, once that is known."""
        assert self._journal is not None
        news = {**self._provenance, **self._ledger.subject()}
        if news != self._provenance:
            self._journal.note({n: t for n, t in news.items() if self._provenance.get(n) != t})
            self._provenance = news

    def _end(self, session: pytest.Session) -> None:
        assert self._journal is not None
        if self._ledger.distrust:
            self._journal.note({"cannot be trusted": self._ledger.distrust})
        ended = session.exitstatus not in (
            pytest.ExitCode.INTERRUPTED,
            pytest.ExitCode.INTERNAL_ERROR,
        )
        if ended and not self._ledger.stopped:
            self._journal.end(time.time() - self._begun)
        if self._settings.report is not None:
            self._report(self._journal.path, self._settings.report)

    def _report(self, journal: Path, folder: Path) -> None:
        if self._ledger.distrust:
            raise InvalidInput("the run cannot be trusted")
        from claimkit.reporting.journal import read_run, write_run
        from claimkit.reporting.report import append_step_summary, write_report

        run = read_run(journal)
        write_run(run, folder)
        self._written = write_report(run, folder)
        append_step_summary(run, os.environ)
