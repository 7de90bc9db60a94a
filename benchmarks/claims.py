"""How long a full audit takes: all claims at their default settings, cold and warm.

*Cold* is a run with an empty store, *warm* the same run again. Also prints what collection costs,
and which heavy modules it imported. The aim for the bundled model on two cores: at most 120 s cold
and 10 s warm. Run it on an otherwise idle machine, from the root of the source tree:

    python benchmarks/claims.py [--model DIR] [--workers auto] [further options of pytest]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from claimkit.reporting.journal import read_run

HEAVY = ("torch", "scipy", "transformers", "matplotlib")
IMPORTED = f"""
import sys, pytest
status = pytest.main(["claims/", "--collect-only", "-q", "-q"])
print("imported:", [name for name in {HEAVY!r} if name in sys.modules] or "none of {HEAVY}")
sys.exit(status)
"""
AIMS = {"cold": 120.0, "warm": 10.0}
DECIDED = (0, 1, 10)


def timed(*arguments):
    """Return the seconds that a command takes, its exit status and its last line of output."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).strip().splitlines() or [""]
    return time.perf_counter() - start, done.returncode, lines[-1]


def audit(folder, options):
    """Run all claims with the store in a folder; return seconds and the verdict of every claim.

    Raises:
        SystemExit: If the run did not come to its end.
    """
    evidence = Path(folder) / "evidence"
    # The benchmark's own folder, which is empty: nothing to compare with.
    places = ("--evidence", str(evidence), "--snapshot-dir", str(Path(folder) / "snapshots"))
    seconds, status, last = timed("-m", "pytest", "claims/", *places, *options)
    if status not in DECIDED:
        raise SystemExit(f"the run ended with status {status}: {last}")
    return seconds, {record.test: record.status for record in read_run(evidence).claims}


def read_arguments():
    """Return the program's own arguments and those that it passes on to pytest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", default="auto")
    own, others = parser.parse_known_args()
    return own, ("-n", own.workers, *others)


def main():
    """Print the table."""
    _, options = read_arguments()
    print(f"cores                {len(os.sched_getaffinity(0))}")
    print(timed("-c", IMPORTED)[2])
    seconds = timed("-m", "pytest", "claims/", "--collect-only", "-q")[0]
    print(f"collection           {seconds:6.1f} s")
    with tempfile.TemporaryDirectory() as folder:
        cold, verdicts = audit(folder, options)
        warm, again = audit(folder, options)
    for name, seconds in (("cold", cold), ("warm", warm)):
        print(f"full audit, {name}     {seconds:6.1f} s   (aim {AIMS[name]:.0f} s)")
    print(f"cold : warm          {cold / warm:6.1f}")
    counts = ", ".join(f"{n} {verdict}" for verdict, n in Counter(verdicts.values()).items())
    print(f"{len(verdicts)} claims: {counts}")
    print(f"warm verdicts are {'the same' if verdicts == again else 'OTHERS'}")


if __name__ == "__main__":
    main()
