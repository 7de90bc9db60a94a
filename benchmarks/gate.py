"""How often the gate calls an unchanged model worse, and how small a drop it catches.

Prints Markdown; about six minutes of processor time for all of it:

    python benchmarks/gate.py > docs/gate.md
    python benchmarks/gate.py null|power|degraded
"""

from __future__ import annotations

import argparse
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from degrading import MODEL, SIZE, degradations, degraded, samples
from scipy.stats import binom, hypergeom

from claimkit.evidence.comparison import Change, compare, decide_all
from claimkit.evidence.gate_simulation import Gate, Population
from claimkit.evidence.intervals import proportion
from claimkit.evidence.samples import Sample
from claimkit.evidence.snapshots import read_folder

ALPHA, SEED = 0.05, 20_250_521
NULL_RUNS, POWER_RUNS, POWER = 10_000, 1000, 0.9
GRID = 0.005
SNAPSHOT = Path("claims/__snapshots__/forward-born")
ACCURACIES = (1.0, 0.95, 0.9, 0.75, 0.5)

INTRODUCTION = """# Error rates and power of the gate

`python benchmarks/gate.py > docs/gate.md`

The gate compares a model with its snapshot, stream by stream (a task at a setting), at the
snapshot's size: 64 strings each. The same strings are compared by McNemar's exact test, which looks
at those that only one of the two got right. Other strings (another sampler version, another size of
alphabet) are compared by Fisher's exact test. All streams of a task are also compared together, in
a *pooled* row. Holm's rule decides over all rows, so that a run in which no accuracy fell says
*worse* with probability at most `--gate-alpha` (0.05), however many claims it has.

A stream that two claims read counts once. What is compared are always the first 64 strings: the
number at which a verdict stopped depends on what came out, and comparing there would be biased.
One dependence is left: a drawn claim ends at the first setting that fails, so what came out there
decides whether the following settings are in the snapshot. A run of nothing but one drawn claim
then errs in up to 5.4 % (simulated, tests/evidence/test_gate_error_rates.py); beside a hundred
other comparisons it cannot be seen."""

Row = list[str]


def print_table(title: str, command: str, text: str, head: Row, rows: Iterator[Row]) -> None:
    """Print one section with its table, in Markdown."""
    paragraph = textwrap.fill(text, 100, break_on_hyphens=False)
    print(f"\n## {title}\n\n`python benchmarks/gate.py {command}`\n\n{paragraph}\n")
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def measured(folder: Path) -> Population:
    """Return the outcomes that a snapshot holds."""
    snapshots, damaged = read_folder(folder)
    if damaged or not snapshots:
        raise SystemExit(f"{folder} holds no snapshot, or a damaged one: {damaged}")
    return Population.of((s for each in snapshots.values() for s in each.streams), SIZE)


def nulls(population: Population) -> dict[str, np.ndarray]:
    """Return, for each way to err, how likely every string is right in either arm."""
    return {
        **{f"{e:.0%} of outcomes flip": population.flipped(e) for e in (0.01, 0.05, 0.2)},
        **{f"{s:.0%} are drawn anew": population.redrawn(s) for s in (0.1, 0.5, 1.0)},
    }


def ways() -> Iterator[tuple[str, bool]]:
    """Yield how strings are compared, and whether that is paired."""
    yield from (("paired", True), ("unpaired", False))


def null_rows(population: Population) -> Iterator[Row]:
    """Yield how many runs without a change say that something is worse."""
    for name, chances in nulls(population).items():
        cells = []
        for _, paired in ways():
            rng = np.random.default_rng(SEED)
            runs = Gate(population, paired, ALPHA).worse_rows(chances, chances, NULL_RUNS, rng)
            wrong = sum(int(rows.any(axis=1).sum()) for rows in runs)
            interval = proportion(wrong, NULL_RUNS, 0.025)
            rate = f"{wrong / NULL_RUNS:.4f} [{interval.low:.4f}, {interval.high:.4f}]"
            cells += [f"{wrong}", rate]
        yield [name, *cells]


def print_null(population: Population) -> None:
    """Print the calibration."""
    print_table(
        "A model that did not change",
        "null",
        f"{NULL_RUNS:,} runs of {len(population.samples)} streams and {len(population.pools)} "
        f"pooled rows each, drawn from the outcomes of `{MODEL.name}` on the streams of the "
        "bundled claims. Strings are drawn from those measured, the same ones for all tasks that "
        "share them. Then both arms err independently, in the first column's way: an outcome "
        "flips, or is drawn anew at its stream's accuracy. Counted are runs that call anything "
        f"worse, with 95 % Clopper–Pearson intervals; the rate may not exceed {ALPHA}.",
        ["errors of both arms", "paired: runs", "rate", "unpaired: runs", "rate"],
        null_rows(population),
    )


def smallest(power: Callable[[float], float], most: float) -> str:
    """Return the smallest drop on the grid that is caught often enough, by bisection."""
    low, high = 0, int(most / GRID + 1e-9)
    if power(high * GRID) < POWER:
        return "–"
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(middle * GRID) >= POWER else (middle, high)
    return f"{high * GRID:.3f}"


def paired_power(lost: float, gained: float, level: float) -> float:
    """Return how likely McNemar's test passes a level; sums over all numbers of strings."""
    discordant = np.arange(SIZE + 1)[:, None]
    gains = np.arange(SIZE + 1)[None, :]
    both = lost + gained
    chance = binom.pmf(discordant, SIZE, both) * binom.pmf(gains, discordant, gained / both)
    return float(chance[(gains <= discordant) & (binom.cdf(gains, discordant, 0.5) <= level)].sum())


def unpaired_power(before: float, after: float, level: float) -> float:
    """Return how likely Fisher's test passes a level; sums over all numbers of strings."""
    base, new = np.arange(SIZE + 1)[:, None], np.arange(SIZE + 1)[None, :]
    chance = binom.pmf(base, SIZE, before) * binom.pmf(new, SIZE, after)
    return float(chance[hypergeom.cdf(new, 2 * SIZE, base + new, SIZE) <= level].sum())


def single_rows(rows: int) -> Iterator[Row]:
    """Yield the smallest drop of one stream that is caught at the Bonferroni level of a family."""
    level = ALPHA / rows
    for a in ACCURACIES:
        yield [
            f"{a}",
            smallest(lambda drop: paired_power(drop, 0.0, level), a),
            smallest(
                lambda drop, a=a: paired_power(a * (1 - a + drop), (1 - a) * (a - drop), level), a
            ),
            smallest(lambda drop, a=a: unpaired_power(a, a - drop, level), a),
        ]


def caught(population: Population, paired: bool, chances: np.ndarray, drop: float) -> float:
    """Return the share of runs that say worse, when every stream's accuracy falls by ``drop``."""
    accuracy = chances.mean(axis=1, keepdims=True)
    kept = 1 - np.minimum(drop / np.maximum(accuracy, drop), 1.0)
    rng = np.random.default_rng(SEED)
    runs = Gate(population, paired, ALPHA).worse_rows(chances, chances * kept, POWER_RUNS, rng)
    return sum(int(rows.any(axis=1).sum()) for rows in runs) / POWER_RUNS


def everywhere_rows(population: Population) -> Iterator[Row]:
    """Yield the smallest drop of all streams at once that any row catches."""
    errors = {
        "none": population.right,
        "5% of outcomes flip": population.flipped(0.05),
        "50% are drawn anew": population.redrawn(0.5),
        "100% are drawn anew": population.redrawn(1.0),
    }
    for name, chances in errors.items():
        yield [
            name,
            *(
                smallest(lambda d, p=paired, c=chances: caught(population, p, c, d), 0.5)
                for _, paired in ways()
            ),
        ]


def print_power(population: Population) -> None:
    """Print the smallest drops that are caught."""
    print_table(
        "The smallest drop of one stream that is caught 9 times in 10",
        "power",
        f"One stream of {SIZE} strings falls, the other {population.rows - 1} rows of the family "
        "do not (exact, to 0.005). *Only losses*: all strings that are right now were right "
        "before. *Independent errors*: which strings are wrong has nothing to do with which were. "
        "A dash: not even a fall to 0.",
        ["accuracy before", "paired, only losses", "paired, independent errors", "unpaired"],
        single_rows(population.rows),
    )
    print_table(
        "The smallest drop of all streams that is caught 9 times in 10",
        "power",
        f"Every stream of the bundled claims falls by as much (a stream under that falls to 0), in "
        f"{POWER_RUNS:,} runs; any row says worse, mostly a pooled one.",
        ["further errors of both arms", "paired", "unpaired"],
        everywhere_rows(population),
    )


def effect(base: list[Sample], new: list[Sample]) -> tuple[float, float, int, int]:
    """Return mean and largest fall of accuracy, and how many pooled rows and streams are worse."""
    rows = decide_all([compare(*pair) for pair in zip(base, new, strict=True)], ALPHA)
    pools = {row.comparison.task for row in rows}
    worse = [row.comparison for row in rows if row.change is Change.WORSE]
    falls = [-r.comparison.change for r in rows if r.comparison.stream not in pools]
    pooled = sum(one.stream in pools for one in worse)
    return float(np.mean(falls)), max(falls), pooled, len(worse) - pooled


def degraded_rows() -> Iterator[Row]:
    """Yield what each degradation does, and whether it is caught."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "evidence"
        base, _ = samples(MODEL, store)
        for number, (name, change) in enumerate(degradations()):
            model = degraded(change, Path(folder) / f"{number}")
            same, fresh = (effect(base, new) for new in samples(model, store))
            row = [name, f"{same[0]:.3f}", f"{same[1]:.2f}"]
            for *_, pooled, streams in (same, fresh):
                row.append(f"{pooled} pooled, {streams} single" if pooled + streams else "no")
            yield row


def print_degraded() -> None:
    """Print the table of degraded checkpoints."""
    print_table(
        "Degraded checkpoints",
        "degraded",
        f"`{MODEL.name}` with noise in every matrix (standard deviation as a share of the matrix's "
        "own) or one head's output zeroed, measured on all tasks, bare, at lengths 10 and 30, "
        f"{SIZE} strings each. Paired: the baseline's strings; unpaired: fresh ones.",
        ["degradation", "mean drop", "largest drop", "paired: rows worse", "unpaired: rows worse"],
        degraded_rows(),
    )


def main() -> None:
    """Print what was asked for, or the whole page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="?", choices=("null", "power", "degraded"))
    parser.add_argument("--snapshots", type=Path, default=SNAPSHOT, help="a model's folder")
    arguments = parser.parse_args()
    if arguments.part is None:
        print(INTRODUCTION)
    if arguments.part in (None, "null"):
        print_null(measured(arguments.snapshots))
    if arguments.part in (None, "power"):
        print_power(measured(arguments.snapshots))
    if arguments.part in (None, "degraded"):
        print_degraded()


if __name__ == "__main__":
    main()
