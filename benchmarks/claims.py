"""How long the claims take: collecting them, a run with an empty store, and one with a full store.

Prints seconds, and which heavy modules collection imported. Run on an otherwise idle machine:

    python benchmarks/claims.py [--model DIR]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time

HEAVY = ("torch", "scipy", "transformers", "matplotlib")
IMPORTED = f"""
import sys, pytest
status = pytest.main(["claims/", "--collect-only", "-q", "-q"])
print("imported:", [name for name in {HEAVY!r} if name in sys.modules] or "none of {HEAVY}")
sys.exit(status)
"""


def timed(*arguments):
    """Return the seconds that a command takes, and its last line of output."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines() or [done.stderr.strip()]
    return time.perf_counter() - start, lines[-1]


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=None)
    options = parser.parse_args()
    model = ["--model", options.model] if options.model else []
    pytest = ("-m", "pytest", "claims/")
    print(f"imports while collecting  {timed('-c', IMPORTED)[1]}")
    print(f"collection                {timed(*pytest, '--collect-only', '-q')[0]:6.1f} s")
    with tempfile.TemporaryDirectory() as evidence:
        for store in ("empty", "full"):
            seconds, last = timed(*pytest, "-n", "auto", "--evidence", evidence, *model)
            print(f"run with {store:5} store      {seconds:6.1f} s   {last}")


if __name__ == "__main__":
    main()
