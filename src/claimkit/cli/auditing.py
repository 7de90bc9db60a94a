"""Auditing a model from another command: a run of pytest of its own, whose journal is then read."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import claimkit
from claimkit.errors import InvalidInput
from claimkit.reporting.runs import runs_of

STANDARD_ERROR: Final = 2
"""The file descriptor: what pytest prints is progress here, not what the command is asked for."""


def audited(model: str, evidence: Path, options: Sequence[str]) -> Path:
    """Run the claims on a model and return the folder of that run, as far as it came.

    Args:
        model: A folder, a hub id or a bundled model's name.
        evidence: Keeps what is measured, and the journal.
        options: Further options for pytest.

    Raises:
        InvalidInput: If it ended before it judged a claim.
    """
    before = set(runs_of(evidence))
    with TemporaryDirectory() as nothing:
        command = [sys.executable, "-m", "pytest", *_claims(), "-p", "claimkit.plugin"]
        command += ["--model", model, "--evidence", str(evidence.absolute())]
        # Claims are to be judged as they are, not gated.
        command += ["--snapshot-dir", nothing, *options]
        print(f"claimkit: auditing {model}", file=sys.stderr, flush=True)
        with subprocess.Popen(command, stdout=STANDARD_ERROR) as pytest:
            status = pytest.wait()
    new = [run for run in runs_of(evidence) if run not in before]
    # Others may have begun a run on the same evidence meanwhile; ours is named by its process.
    new = [run for run in new if run.name.endswith(f"-{pytest.pid}")] or new
    if not new:
        raise InvalidInput(
            f"the audit of {model} ended with status {status} before it judged a claim; pytest "
            "says why above"
        )
    return new[-1]


def _claims() -> list[str]:
    """Return what pytest is to run: the project's claims, or those that come with claimkit."""
    if Path("claims").is_dir():
        return ["claims"]
    package = Path(claimkit.__file__).parent
    if (package / "claims").is_dir():
        return ["--pyargs", "claimkit.claims"]
    return [str(package.parents[1] / "claims")]
