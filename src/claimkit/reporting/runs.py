"""Runs: the folders in which the runs on one evidence folder keep their journals.

They are named by the time at which they began and the process that wrote them, so that two that
begin together do not meet and the names sort by time.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from claimkit.errors import InvalidInput

RUNS: Final = "runs"
JOURNAL: Final = "journal.jsonl"


def new_run(evidence: Path, begun: datetime | None = None) -> Path:
    """Return the folder of a run that begins now, or began at a time; it is not made here.

    >>> new_run(Path("e"), datetime(2025, 7, 1, 12, 30, 5, 250_000, tzinfo=UTC)).name[:20]
    '20250701T123005.250Z'
    """
    moment = (begun or datetime.now(UTC)).astimezone(UTC)
    stamp = f"{moment:%Y%m%dT%H%M%S}.{moment.microsecond // 1000:03d}Z"
    return evidence / RUNS / f"{stamp}-{os.getpid()}"


def runs_of(evidence: Path) -> tuple[Path, ...]:
    """Return the folders of the runs that have a journal, the oldest first."""
    return tuple(sorted(journal.parent for journal in (evidence / RUNS).glob(f"*/{JOURNAL}")))


def journal_of(path: Path) -> Path:
    """Return the journal that a path means; of an evidence folder, that of its latest run.

    Args:
        path: A journal, a folder that holds one (of a run or a report), or an evidence folder.

    Raises:
        InvalidInput: If there is none.
    """
    if path.is_file():
        return path
    if (path / JOURNAL).is_file():
        return path / JOURNAL
    runs = runs_of(path)
    if not runs:
        raise InvalidInput(
            f"no run is kept in {path}: there is neither {JOURNAL} nor {RUNS}/*/{JOURNAL}; "
            f"`pytest claims/ --evidence {path}` keeps one"
        )
    return runs[-1] / JOURNAL
