"""A list of runs: which model each examined, what it found, and whether it came to its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from shutil import get_terminal_size
from typing import Final

from rich.table import Table
from rich.text import Text

from claimkit.errors import ClaimkitError
from claimkit.reporting.console import as_text
from claimkit.reporting.journal import read_run
from claimkit.reporting.records import NOT_REPORTED, RunRecord
from claimkit.reporting.summary import STYLES

_LEAST_WIDTH: Final = 60


def listing(runs: Sequence[Path]) -> str:
    """Return a table of runs, given by their folders, as text as wide as the terminal."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("run", no_wrap=True)
    for name in ("model", "claims", "verdicts", "end"):
        table.add_column(name, overflow="fold", justify="right" if name == "claims" else "left")
    for folder in runs:
        table.add_row(Text(folder.name), *map(Text, _cells(folder)))
    return as_text(table, width=max(_LEAST_WIDTH, get_terminal_size().columns), color=False)


def _cells(folder: Path) -> tuple[str, ...]:
    try:
        run = read_run(folder)
    except ClaimkitError:
        return "", "", "its journal cannot be read", ""
    heard = sum(record.status != NOT_REPORTED for record in run.claims)
    claims = str(heard) if heard == len(run.claims) else f"{heard} of {len(run.claims)}"
    end = "complete" if run.complete else "not ended"
    model = run.provenance.get("model", "none" if run.about_no_model else "unnamed")
    return model, claims, verdict_counts(run), end


def verdict_counts(run: RunRecord) -> str:
    """Return e.g. ``12 holds, 3 fails``; what was not reported is not counted.

    The order is that of the summary.
    """
    counts = Counter(record.status for record in run.claims if record.status != NOT_REPORTED)
    named = [status for status in STYLES if counts[status]]
    return ", ".join(f"{counts[status]} {status}" for status in named)
