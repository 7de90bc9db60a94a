"""How fast texts are aligned, and in how much memory, beside the textbook's table.

Texts are of 72 types, as many as the paragraphs of the paper have; a tenth of the output's tokens
differ from gold. Times are of the process, the fastest of several runs; memory is the peak of what
one alignment allocates, counted in a run of its own.

    python benchmarks/alignment.py [--repeats 7]
"""

from __future__ import annotations

import argparse
import time
import tracemalloc
from collections.abc import Callable

import numpy as np

from claimkit.evaluation.glitches.alignment import align

TYPES = 72
WRONG = 10
# Tokens, and the targets: milliseconds and MB.
TARGETS = {500: (5, None), 1000: (None, None), 5000: (500, 200), 10_000: (None, None)}
# The textbook's table in plain Python takes a fifth of a second for so many tokens.
SLOW = 500


def draw(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a text and a copy of it with errors."""
    rng = np.random.default_rng(size)
    gold = rng.integers(TYPES, size=size)
    output = gold.copy()
    output[rng.integers(size, size=size // WRONG)] = rng.integers(TYPES, size=size // WRONG)
    return gold, output


def textbook(gold: list[int], output: list[int]) -> int:
    """Return the score by filling the whole table, one cell at a time."""
    best = [[-j for j in range(len(output) + 1)]]
    for i, token in enumerate(gold):
        row = [-i - 1]
        for j, other in enumerate(output):
            row.append(max(best[i][j] + (token == other), best[i][j + 1] - 1, row[j] - 1))
        best.append(row)
    return best[-1][-1]


def fastest(work: Callable[[], object], repeats: int) -> float:
    """Return the milliseconds of the process that the fastest of some runs took."""
    taken = []
    for _ in range(repeats):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return 1e3 * min(taken)


def peak(work: Callable[[], object]) -> float:
    """Return the most MB that a run had allocated at once."""
    tracemalloc.start()
    work()
    found = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return found


def verdict(found: float, target: float | None) -> str:
    """Return what is said of a target."""
    if target is None:
        return ""
    return f"  target {target}: {'reached' if found <= target else 'MISSED'}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Speed and memory of alignment.")
    parser.add_argument("--repeats", type=int, default=7)
    repeats = parser.parse_args().repeats
    print(f"{'tokens':>7}{'cpu ms':>9}{'MB':>7}")
    for size, (most_ms, most_mb) in TARGETS.items():
        gold, output = draw(size)
        taken, memory = (
            fastest(lambda a=gold, b=output: align(a, b), repeats),
            peak(lambda a=gold, b=output: align(a, b)),
        )
        said = verdict(taken, most_ms) + verdict(memory, most_mb)
        print(f"{size:7,}{taken:9.1f}{memory:7.1f}{said}", flush=True)
    gold, output = draw(SLOW)
    slow = fastest(lambda: textbook(gold.tolist(), output.tolist()), 1)
    quick = fastest(lambda: align(gold, output), repeats)
    print(f"textbook, score only, {SLOW} tokens: {slow:.0f} ms, {slow / quick:.0f} times as long")


if __name__ == "__main__":
    main()
