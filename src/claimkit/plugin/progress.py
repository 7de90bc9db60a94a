"""Signs of life during long measurements."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    import pytest

LINE_EVERY: Final = 10.0
REWRITE_EVERY: Final = 0.5
PATIENCE: Final = 2.0


@final
class Progress:
    """Writes one short text now and then while something is measured.

    Args:
        write: Shows a text.
        first: Seconds before a measurement is mentioned at all.
        every: Seconds between two texts.
        clock: Seconds from any fixed moment.
    """

    def __init__(
        self,
        write: Callable[[str], None],
        first: float,
        every: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._write = write
        self._first = first
        self._every = every
        self._clock = clock
        self._label = ""
        self._due = 0.0

    def __call__(self, label: str, done: int, total: int) -> None:
        """Note that ``done`` of ``total`` strings of a measurement are there."""
        self._tell(label, f"measuring {label}: {done} of {total} strings")

    def training(self, label: str, done: int, total: int) -> None:
        """Note that ``done`` of at most ``total`` steps of a training are there."""
        self._tell(label, f"training {label}: step {done} of at most {total}")

    def _tell(self, label: str, text: str) -> None:
        now = self._clock()
        if label != self._label:
            self._label, self._due = label, now + self._first
        if now >= self._due:
            self._write(text)
            self._due = now + self._every


def in_terminal(config: pytest.Config) -> Progress:
    """Progress in the only process: a line that is rewritten, or a line now and then in a log."""

    def write(text: str) -> None:
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        capture = config.pluginmanager.get_plugin("capturemanager")
        if reporter is None:
            return
        # Output during a test is captured as the test's own.
        with capture.global_and_fixture_disabled() if capture else nullcontext():
            reporter.ensure_newline()
            if same_line:
                reporter.rewrite(text, erase=True)
            else:
                reporter.write_line(text)

    same_line = sys.stdout.isatty()
    return Progress(write, PATIENCE, REWRITE_EVERY) if same_line else by_line(write)


def by_line(write: Callable[[str], None]) -> Progress:
    """Progress where every text is a new line, such as a worker's."""
    return Progress(write, LINE_EVERY, LINE_EVERY)
