"""Logs of trainings, line by line: what was written by a loop, and perhaps damaged since."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from claimkit.errors import InvalidInput
from claimkit.training.checking import is_number
from claimkit.training.course import LogLine


def line_of(path: Path, number: int, text: str, bins: Sequence[str]) -> LogLine:
    """Return a line of a log, the bins of its exam in order.

    Args:
        path: Of the log, for the error's sentence.
        number: Of the line, from 1.
        text: The line.
        bins: What its exam has an accuracy of, if it has one.

    Raises:
        InvalidInput: If it is damaged.
    """
    try:
        line = json.loads(text)
    except ValueError:
        line = None
    if not isinstance(line, dict) or not _is_whole(line, bins):
        raise InvalidInput(f"line {number} of {path} is damaged: {text[:40]!r}; remove that line")
    exam = line.get("exam")
    return {**line, "exam": {name: exam[name] for name in bins}} if exam else line


def _is_whole(line: LogLine, bins: Sequence[str]) -> bool:
    """Whether a line says after how many steps it was written, with an exam of all bins or none."""
    exam = line.get("exam")
    if type(line.get("step")) is not int or not is_number(line.get("loss", 0.0)):
        return False
    if not exam:
        return True
    return (
        isinstance(exam, dict)
        and set(exam) == set(bins)
        and all(is_number(share) and 0 <= share <= 1 for share in exam.values())
    )
