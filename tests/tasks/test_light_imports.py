import subprocess
import sys
from pathlib import Path

import claimkit

HEAVY = ("torch", "scipy", "transformers", "pytest", "hypothesis", "pandas")


MODULES = (
    "claimkit.tasks",
    "claimkit.tasks.domains",
    "claimkit.tasks.examples",
    "claimkit.tasks.heuristics",
    "claimkit.tasks.natural",
    "claimkit.tasks.questions",
    "claimkit.prompts.lines",
    "claimkit.prompts.prompter",
    "claimkit.evidence.looks",
    "claimkit.evidence.store",
    "claimkit.evidence.verdicts",
    "claimkit.auditing.hunting",
)


def test_collecting_claims_loads_nothing_heavy():
    """What claims import at collection loads neither torch, scipy, transformers nor pytest."""
    code = f"import sys, {', '.join(MODULES)}; print(*(set({HEAVY!r}) & set(sys.modules)))"
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(claimkit.__file__).parents[1])},
    )

    assert found.stdout.split() == []
