"""How far a training has come: a bar in a terminal, else a line now and then.

Both go to standard error, so that standard output holds what was found.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from claimkit.cli.saying import say_aside
from claimkit.training.course import LogLine
from claimkit.training.folders import STATE

if TYPE_CHECKING:
    from rich.progress import Progress

_EVERY: Final = 10.0
"""Seconds between two lines where there is no terminal."""

_PATIENCE: Final = 600.0
"""Seconds whose speed tells the time that is left."""

Tell = Callable[[LogLine], None]


@contextmanager
def interruptible(name: str, folder: Path) -> Iterator[None]:
    """Say what is kept of a training that somebody interrupts with Ctrl-C.

    Args:
        name: Of the run.
        folder: Its folder.
    """
    try:
        yield
    except KeyboardInterrupt:
        told = f"nothing of {name} is kept yet; the same command begins anew"
        if (folder / STATE).exists():
            told = f"what was trained of {name} is kept in {folder}; the same command goes on"
        say_aside(told)
        raise


@contextmanager
def follow(label: str, steps: int) -> Iterator[Tell]:
    """Show the lines of a log while something is trained.

    Args:
        label: Of the run.
        steps: The most steps; a run that learns sooner ends sooner.

    Yields:
        What takes each line of the log.
    """
    if sys.stderr.isatty():
        with _bar() as progress:
            yield _on_bar(progress, label, steps)
        return
    lines = _Lines(label, steps, lambda text: print(text, file=sys.stderr, flush=True))
    yield lines
    lines.end()


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Left

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("{task.fields[found]}"),
        Left(compact=True),
        console=Console(stderr=True),
        speed_estimate_period=_PATIENCE,
    )


def _on_bar(progress: Progress, label: str, steps: int) -> Tell:
    task = progress.add_task(label, total=steps, found="starting")
    begun = False
    exam: LogLine = {}

    def tell(line: LogLine) -> None:
        nonlocal begun, exam
        exam = line if line.get("exam") else exam
        if not begun:
            # A run that goes on begins in the middle, which took no time now.
            progress.reset(task, completed=line["step"])
            begun = True
        progress.update(task, completed=line["step"], found=found_in(line, exam))

    return tell


def found_in(line: LogLine, exam: LogLine) -> str:
    """Return what a line says of the model, with the accuracies of the last exam.

    >>> found_in({"loss": 0.5, "tokens_per_second": 51234}, {"exam": {"bin 1": 1, "bin 2": 0.975}})
    'loss 0.500, bin 1 1.000, bin 2 0.975, 51,234 tokens/s'
    """
    accuracies = [f"{name} {share:.3f}" for name, share in exam.get("exam", {}).items()]
    speed = f"{line['tokens_per_second']:,} tokens/s"
    return ", ".join([f"loss {line['loss']:.3f}", *accuracies, speed])


class _Lines:
    """Readable lines where nothing can be redrawn."""

    def __init__(self, label: str, steps: int, write: Callable[[str], None]) -> None:
        self._label, self._steps, self._write = label, steps, write
        self._said, self._first = time.monotonic(), (0, 0.0)
        self._last: LogLine = {}
        self._exam: LogLine = {}
        self._silent = False

    def __call__(self, line: LogLine) -> None:
        """Take a line of the log."""
        now = time.monotonic()
        if not self._last:
            self._first = (line["step"], now)
        self._last, self._silent = line, True
        self._exam = line if line.get("exam") else self._exam
        if now >= self._said + _EVERY:
            self._say(self._left(now))
            self._said = now

    def end(self) -> None:
        """Say the last line, if it was not said."""
        if self._silent:
            self._say("")

    def _say(self, left: str) -> None:
        line, self._silent = self._last, False
        step = f"step {line['step']:,} of at most {self._steps:,}"
        self._write(f"{self._label}: {step}, {found_in(line, self._exam)}{left}")

    def _left(self, now: float) -> str:
        step, begin = self._first
        done = self._last["step"] - step
        if not done or now <= begin:
            return ""
        seconds = (self._steps - self._last["step"]) * (now - begin) / done
        return f", at most {duration(seconds)} left"


def duration(seconds: float) -> str:
    """Return a time as people say it.

    >>> duration(40), duration(400), duration(40_000)
    ('40 s', '7 min', '11.1 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
