"""How often the gate calls a model worse that is only run in another way: ten full runs.

Prints Markdown. On an otherwise idle machine, from the root of the source tree:

    python benchmarks/gate_runs.py

Every run is ``pytest claims/ --gate`` of a bundled model against its own snapshot, measured afresh
with another number format, attention implementation or size of batch. Nothing is wrong with the
model, so whatever is called *worse* is a false alarm.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from claimkit.evidence.comparison import Change, decide_all
from claimkit.evidence.intervals import proportion
from claimkit.reporting.journal import read_run

HERE = Path(__file__).parent
BFLOAT16, FLOAT16 = ("--dtype", "bfloat16"), ("--dtype", "float16")
EAGER = ("--attn-implementation", "eager")
SMALL_BATCHES = ("-p", "small_batches")
RUNS = (
    ("forward-born", BFLOAT16),
    ("forward-born", FLOAT16),
    ("forward-born", EAGER),
    ("forward-born", (*BFLOAT16, *EAGER)),
    ("even-born", BFLOAT16),
    ("even-born", FLOAT16),
    ("even-born", SMALL_BATCHES),
    ("backward-born", BFLOAT16),
    ("backward-born", FLOAT16),
    ("backward-born", EAGER),
)
TAIL = 0.025


@dataclass(frozen=True)
class GateRun:
    """What one gated run found.

    Attributes:
        status: Exit status of pytest.
        streams: Streams that were compared, each once.
        strings: Strings that they add up to.
        lost: Strings that were right in the snapshot and are wrong now.
        gained: Strings that were wrong in the snapshot and are right now.
        worse: Labels of what the gate called worse, pooled rows included.
        seconds: Wall time.
    """

    status: int
    streams: int
    strings: int
    lost: int
    gained: int
    worse: tuple[str, ...]
    seconds: float


def gate(model, options):
    """Run all claims of a bundled model against its snapshot; return the :class:`GateRun`.

    Raises:
        SystemExit: If the run did not come to its end, or compared nothing.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = ("claims/", "-n", "auto", "-q", "--gate", "--max-samples", "64")
        places = ("--model", model, "--evidence", folder)
        path = os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *command, *places],
            cwd=HERE.parent,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - start
        if done.returncode not in (0, 1):
            raise SystemExit(f"status {done.returncode}\n{done.stdout}{done.stderr}")
        return found(read_run(Path(folder)), done.returncode, seconds)


def found(run, status, seconds):
    """Return the :class:`GateRun` that a run's journal adds up to."""
    compared = decide_all((c for claim in run.claims for c in claim.comparisons), run.gate_alpha)
    streams = {c.stream: c for claim in run.claims for c in claim.comparisons}
    unpaired = [c.label for c in streams.values() if c.lost is None]
    if not streams or unpaired:
        raise SystemExit(f"{len(streams)} streams were compared, of which unpaired: {unpaired}")
    return GateRun(
        status=status,
        streams=len(streams),
        strings=sum(c.new_strings for c in streams.values()),
        lost=sum(c.lost for c in streams.values()),
        gained=sum(c.gained for c in streams.values()),
        worse=tuple(c.comparison.label for c in compared if c.change is Change.WORSE),
        seconds=seconds,
    )


def row(model, options, run):
    """Return a run as a row of the table."""
    counts = f"{run.streams} | {run.strings} | {run.lost} | {run.gained}"
    worse = "; ".join(run.worse) or "none"
    return f"| {model} | `{' '.join(options)}` | {counts} | {worse} | {run.seconds:.0f} |"


def rate(runs):
    """Return the sentence that sums up the runs."""
    alarms = sum(bool(run.worse) for run in runs)
    interval = proportion(alarms, len(runs), TAIL)
    return (
        f"Runs with a false alarm: {alarms} of {len(runs)}, a rate of {alarms / len(runs):.2f} "
        f"[{interval.low:.2f}, {interval.high:.2f}] (Clopper–Pearson, 95 %)"
    )


def main():
    """Print the table and the rate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=sorted({model for model, _ in RUNS}), help="one model")
    only = parser.parse_args().only
    print("| model | run with | streams | strings | right → wrong | wrong → right | worse | s |")
    print("|---|---|---|---|---|---|---|---|")
    runs = []
    for model, options in RUNS:
        if only in (None, model):
            runs.append(gate(model, options))
            print(row(model, options, runs[-1]), flush=True)
    print(f"\n{rate(runs)}")


if __name__ == "__main__":
    main()
