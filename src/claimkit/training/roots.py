"""Roots: where trained runs lie unless somebody says otherwise, and how a root is called."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from claimkit.models.bundled import bundled_runs

RUNS: Final = Path("runs")
"""What commands train into, and runs of pytest with ``--train`` or ``--finetune``."""

ELSEWHERE: Final = "give another root with --runs"
"""What to do where a folder below a root is taken."""


def place_of(root: Path) -> str:
    """Return a root in words that are the same on every machine where they can be."""
    if root == bundled_runs():
        return "the bundled runs"
    path, here = Path(os.path.abspath(root)), Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
