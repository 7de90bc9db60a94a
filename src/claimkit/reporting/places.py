"""Where a run finds and leaves its files, unless options say otherwise.

What was measured and the counterexamples that were found are kept below ``.claimkit`` in the
project's folder; snapshots are meant to be committed, so they stand beside the claims.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import claimkit

EVIDENCE: Final = Path(".claimkit") / "evidence"
EXAMPLES: Final = Path(".claimkit") / "examples"
CLAIMS: Final = "claims"
SNAPSHOTS: Final = "__snapshots__"


def bundled_claims() -> Path:
    """The folder of the claims, in an installed package or in a working tree."""
    package = Path(claimkit.__file__).resolve().parent
    installed = package / CLAIMS
    return installed if installed.is_dir() else package.parents[1] / CLAIMS


def snapshots_of(project: Path, *, bundled: bool) -> Path:
    """The folder of a project's snapshots: one folder in it for each model.

    Args:
        project: The project's folder.
        bundled: Whether the model is one that comes with claimkit, and with snapshots.
    """
    if (project / CLAIMS).is_dir():
        return project / CLAIMS / SNAPSHOTS
    return (bundled_claims() if bundled else project) / SNAPSHOTS


def name_of(model: str) -> str:
    """What a model's snapshots are called: its folder's name, or its hub id as one word.

    >>> name_of("openai-community/gpt2")
    'openai-community--gpt2'
    """
    if Path(model).exists() or model.count("/") != 1:
        # Not resolved: who links "latest" to a checkpoint means to compare what is latest.
        return Path(os.path.abspath(model)).name
    return model.replace("/", "--")
