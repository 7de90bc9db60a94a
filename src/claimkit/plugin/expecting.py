"""Expected verdicts: ``--expect FILE`` compares a run with a model's card, ``--record`` writes one.

The file holds the verdict of every claim, keyed by the test's name. With ``--expect`` the exit
status says whether the run's verdicts are those: a claim that fails as expected does not fail the
run, and one that holds against expectation does. Until snapshots exist this is how a known model
is gated.
"""

from __future__ import annotations

import json
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

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Let the comparison decide the exit status of a run that was not interrupted."""
        ended = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        if session.config.option.collectonly or not ended:
            return
        if self._record is not None:
            self._write(self._record)
        if self._expected is None:
            return
        found = {name: str(entry["verdict"]) for name, entry in self._ledger.verdicts().items()}
        self._differences = list(differences(self._expected, found))
        others = session.testsfailed - self._ledger.failures()
        equal = not self._differences and others <= 0
        session.exitstatus = pytest.ExitCode.OK if equal else pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say whether the verdicts are the expected ones, and which are not."""
        if self._record is not None:
            terminalreporter.write_line(f"claimkit: wrote the verdicts to {self._record}")
        if self._differences is None or self._expected is None:
            return
        if not self._differences:
            text = f"claimkit: all {len(self._expected)} verdicts are the expected ones"
            terminalreporter.write_line(text, green=True)
        for line in self._differences:
            terminalreporter.write_line(f"claimkit: unexpected: {line}", red=True)

    def _write(self, path: Path) -> None:
        claims: dict[str, Any] = self._ledger.verdicts()
        content = {"format": FORMAT, "claims": claims}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def differences(expected: Mapping[str, str], found: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for every claim whose verdict is not the expected one.

    >>> list(differences({"test_x": "holds"}, {"test_x": "fails"}))
    ['test_x is expected as holds and came out as fails']
    """
    for name in dict.fromkeys([*expected, *found]):
        wanted, came = expected.get(name, "absent"), found.get(name, "absent")
        if wanted != came:
            yield f"{name} is expected as {wanted} and came out as {came}"
