"""The gate: is the model worse than its snapshot, beyond noise, in the run as a whole?

Tests compare their streams where they run, and send the figures with their reports. What they add
up to is decided once, at the end and in one place, since a run that compares two hundred streams
would otherwise find a few worse by chance. Each that is worse becomes a failed test of its own:
it counts, and whatever reads test reports has it.
"""

from __future__ import annotations

from collections import Counter
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, final

import pytest

from claimkit.errors import InvalidInput
from claimkit.plugin.records import kept
from claimkit.reporting.records import MODEL
from claimkit.tasks.setting import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from claimkit.evidence.comparison import Compared
    from claimkit.plugin.ledger import Ledger
    from claimkit.plugin.settings import Settings
    from claimkit.reporting.records import ClaimRecord

GATE = "gate"
"""How the ids of the gate's own tests begin."""


def check_baselines(settings: Settings, subjects: Iterable[str] | None) -> None:
    """Refuse a run whose snapshots are not there, or of strings that nobody can draw here.

    Args:
        settings: The run's options.
        subjects: What the claims are about; None if some may be about the model.

    Raises:
        InvalidInput: If ``--gate`` is given and there is no snapshot.
        SnapshotError: If there are snapshots of another sampler version.
    """
    asked = [MODEL] if subjects is None else subjects
    folders = dict.fromkeys(settings.recorded_in(subject) for subject in asked)
    for folder in filter(None, folders):
        _check_baseline(settings, folder)


def _check_baseline(settings: Settings, folder: Path) -> None:
    """Refuse a run whose snapshots are not in a folder, or of strings that nobody can draw here.

    Raises:
        InvalidInput: If ``--gate`` is given and there is no snapshot.
        SnapshotError: If there are snapshots of another sampler version.
    """
    from claimkit.evidence.snapshot_names import files_in
    from claimkit.evidence.snapshots import check_versions

    if settings.gate and not files_in(folder):
        raise InvalidInput(
            f"--gate has no baseline: there is no snapshot for {folder.name} in "
            f"{folder.parent}; record one with --snapshot-update, or name another with "
            "--snapshot-dir and --snapshot-name"
        )
    check_versions(folder)


@final
class Gate:
    """Pytest plugin of the controller, or of the only process.

    Args:
        settings: The run's options.
        ledger: Knows what became of every claim.
    """

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        self._settings = settings
        self._ledger = ledger
        self._compared: tuple[Compared, ...] = ()
        self._reporting = False

    # Before files are written and the table is printed.
    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Decide for the whole run what is worse, and report it as failed tests."""
        from claimkit.evidence.comparison import Change, decide_all

        found = [one for record in self._ledger.records() for one in record.comparisons]
        if not found or self._ledger.distrust:
            return
        self._compared = decide_all(found, self._settings.gate_alpha)
        worse = [one for one in self._compared if one.change is Change.WORSE]
        self._report(session.config, worse)
        if worse and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_report_teststatus(
        self, report: pytest.TestReport | pytest.CollectReport
    ) -> tuple[str, str, str] | None:
        """Count what is worse among the failures, without a letter after the last test."""
        if not (hasattr(report, "claimkit_gate") and report.failed):
            return None
        return "failed", "", "" if self._reporting else "FAILED"

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, exitstatus: int
    ) -> None:
        """Say what the run is beside its snapshot."""
        begun = exitstatus != pytest.ExitCode.USAGE_ERROR
        if not (begun and self._reports()) or self._ledger.distrust:
            return
        from claimkit.reporting.against import render

        width = max(40, get_terminal_size().columns)
        text = render(self._lines(), width=width, color=terminalreporter.hasmarkup)
        terminalreporter.write_line(text)

    def _reports(self) -> list[Mapping[str, Any]]:
        """Return what was reported of the tests whose verdicts are remembered."""
        reports = map(kept, self._ledger.reports())
        return [each for each in reports if each["judgements"] and self._folder(each)]

    def _folder(self, attached: Mapping[str, Any]) -> Path | None:
        """Return the folder of snapshots that a test's verdict is remembered in."""
        return self._settings.recorded_in(attached["subject"])

    def _report(self, config: pytest.Config, worse: Sequence[Compared]) -> None:
        """Report what is worse; all of it, since --maxfail has nothing left to stop."""
        most, config.option.maxfail, self._reporting = config.option.maxfail, 0, True
        for one in worse:
            report(config, one)
        config.option.maxfail, self._reporting = most, False

    def _lines(self) -> Sequence[str]:
        reports = self._reports()
        folders = dict.fromkeys(map(self._folder, reports))
        return [
            line
            for folder in filter(None, folders)
            for line in self._of(folder, [one for one in reports if self._folder(one) == folder])
        ]

    def _of(self, folder: Path, reports: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        """Return what is to be said of the tests that are remembered in one folder."""
        from claimkit.reporting.against import Against

        missing = sum(attached["missing"] for attached in reports)
        uncompared = [a["uncompared"] for a in reports if a["uncompared"]]
        if self._settings.update:
            return _recorded(len(reports) - len(uncompared), uncompared, folder)
        if missing == len(reports):
            place = f"no snapshot for {folder.name} in {folder.parent}"
            return [f"{place}; record one with --snapshot-update"]
        records = [r for r in self._ledger.records() if self._home(r) == folder]
        # Only the model's own claims have streams that are compared.
        compared = self._compared if folder == self._settings.snapshots else ()
        return list(Against(folder.name, compared, records, missing, uncompared).lines())

    def _home(self, record: ClaimRecord) -> Path | None:
        return self._settings.recorded_in(record.subject)


def report(config: pytest.Config, worse: Compared) -> None:
    """Report that a model became worse, as a test that failed."""
    label = worse.comparison.label
    nodeid, location = f"{GATE}::{label}", (GATE, None, label)
    for made in (
        pytest.TestReport(nodeid, location, {}, "failed", _text(worse), "call"),
        # Who writes files takes a test for ended when it is torn down.
        pytest.TestReport(nodeid, location, {}, "passed", None, "teardown"),
    ):
        made.claimkit_gate = True  # type: ignore[attr-defined]
        config.hook.pytest_runtest_logreport(report=made)
    failures = config.pluginmanager.get_plugin("lfplugin")
    if failures is not None:
        # --last-failed could not find such a test. Keys are texts, or since pytest 9 print as one.
        for kept_id in [kept_id for kept_id in failures.lastfailed if str(kept_id) == nodeid]:
            del failures.lastfailed[kept_id]


def _text(worse: Compared) -> str:
    from claimkit.evidence.comparison import sentence

    example = worse.comparison.example
    shown = [f"right before and wrong now, for example: {example}"] if example else []
    return "\n".join([sentence(worse), *shown])


def _recorded(count: int, uncompared: Sequence[str], folder: Path) -> Sequence[str]:
    place = f"{folder.name} in {folder.parent}"
    left = [
        f"{plural(tests, 'test')} not recorded: {reason}"
        for reason, tests in Counter(uncompared).items()
    ]
    return [f"recorded {plural(count, 'test')} as {place}", *left]
