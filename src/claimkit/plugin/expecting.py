"""Expected verdicts: ``--expect FILE`` compares a run with a model's card, ``--record`` writes one.

The file holds the verdict of every claim, keyed by the names of its file and test, so that it fits
the source tree and the installed claims alike. With ``--expect`` the exit status says whether the
run's verdicts are those: a claim that fails as expected does not fail the run, and one that holds
against expectation does. A run that was expected to decide nothing, and decides nothing, is a
success. Until snapshots exist this is how a known model is gated.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, final

import pytest

from claimkit.errors import InvalidInput

if TYPE_CHECKING:
    from claimkit.plugin.ledger import Ledger

FORMAT: Final = 1


def read_expected(path: Path) -> dict[str, str]:
    """Return the verdict of every claim in a file that ``--record`` wrote.

    Raises:
        InvalidInput: If there is no such file, or it holds something else.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        found, claims = raw["format"], raw["claims"]
        expected = {name: entry["verdict"] for name, entry in claims.items()}
    except OSError as error:
        raise InvalidInput(f"--expect cannot read {path}: {error.strerror}") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InvalidInput(
            f"{path} is no file of expected verdicts ({error}); write one with --record FILE"
        ) from error
    if found != FORMAT:
        raise InvalidInput(f"{path} has format {found!r}; this version reads {FORMAT}")
    return expected


def check_writable(path: Path) -> None:
    """Refuse a file that ``--record`` could not write at the end of a run; write nothing yet.

    Raises:
        InvalidInput: If it is a folder, or neither it nor the folders above it can be written.
    """
    # Unlike Path's own, these answer no where permission to look is lacking.
    if os.path.isdir(path):
        raise InvalidInput(f"--record takes a file, got the folder {path}; name a file in it")
    existing = next(place for place in (path, *path.parents) if os.path.exists(place))
    if existing != path and not os.path.isdir(existing):
        raise InvalidInput(f"--record cannot write {path}: {existing} is no folder")
    if not os.access(existing, os.W_OK):
        raise InvalidInput(f"--record cannot write {path}: no permission to write {existing}")


@final
class Expectation:
    """Pytest plugin: compares the verdicts of a run with expected ones, and records them.

    Args:
        ledger: Knows what became of every claim.
        expected: Verdict by test name, or None to compare nothing.
        record: Where to write the run's verdicts, or None.
    """

    def __init__(
        self, ledger: Ledger, expected: Mapping[str, str] | None, record: Path | None
    ) -> None:
        self._ledger, self._expected, self._record = ledger, expected, record
        self._differences: list[str] | None = None
        self._written, self._unwritten = False, ""

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Let the comparison decide the exit status of a run that was not interrupted."""
        ended = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        if session.config.option.collectonly or not ended:
            return
        if self._ledger.distrust:
            self._refuse(session)
            return
        if self._expected is not None:
            self._compare(session, self._expected)
        if self._record is not None:
            self._write(session, self._record)

    def _refuse(self, session: pytest.Session) -> None:
        # Whatever was expected of a run: one that measured wrongly shows nothing.
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if self._record is not None:
            self._unwritten = f"wrote no verdicts to {self._record}"

    def _compare(self, session: pytest.Session, expected: Mapping[str, str]) -> None:
        found = {name: str(entry["verdict"]) for name, entry in self._ledger.verdicts().items()}
        self._differences = list(differences(expected, found))
        others = session.testsfailed - self._ledger.failures()
        equal = not self._differences and others <= 0
        session.exitstatus = pytest.ExitCode.OK if equal else pytest.ExitCode.TESTS_FAILED
        self._ledger.overrule()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say whether the verdicts are the expected ones, and which are not."""
        if self._unwritten:
            terminalreporter.write_line(f"claimkit: {self._unwritten}", red=True)
        if self._written:
            terminalreporter.write_line(f"claimkit: wrote the verdicts to {self._record}")
        if self._differences is None or self._expected is None:
            return
        if not self._differences:
            text = f"claimkit: all {len(self._expected)} verdicts are the expected ones"
            terminalreporter.write_line(text, green=True)
        for line in self._differences:
            terminalreporter.write_line(f"claimkit: unexpected: {line}", red=True)

    def _write(self, session: pytest.Session, path: Path) -> None:
        claims: dict[str, Any] = self._ledger.verdicts()
        content = {"format": FORMAT, "claims": claims}
        text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            self._written = True
        except OSError as error:
            self._unwritten = f"cannot write the verdicts to {path}: {error.strerror or error}"
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def differences(expected: Mapping[str, str], found: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for every claim whose verdict is not the expected one.

    >>> list(differences({"test_a.py::test_x": "holds"}, {"test_a.py::test_x": "fails"}))
    ['test_a.py::test_x is expected as holds and came out as fails']
    """
    for name in dict.fromkeys([*expected, *found]):
        wanted, came = expected.get(name, "absent"), found.get(name, "absent")
        if wanted != came:
            yield f"{name} is expected as {wanted} and came out as {came}"
