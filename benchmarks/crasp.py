"""How fast C-RASP[pos] programs run: UR over 26 symbols, with all 676 lines of bigrams.

Rates are by the time of the process, which other processes do not lengthen as they do the
clock's beside it. There is one process, and nothing in it uses a second thread. The fastest of
several runs counts.

    python benchmarks/crasp.py [--strings 256] [--repeats 7]
"""

from __future__ import annotations

import argparse
import string
import time
from collections.abc import Callable

import numpy as np

from claimkit.crasp.library import program_of
from claimkit.crasp.running.expanding import expand
from claimkit.crasp.running.interpreting import evaluate, next_tokens
from claimkit.crasp.running.reference import values
from claimkit.crasp.symbols import SEP, Alphabet

UR = program_of("UR")
ALPHABET = Alphabet(string.ascii_lowercase)
LENGTH = 100
LENGTHS = (50, 100, 200, 400, 800)
# The naive interpreter takes most of a second for each.
NAIVE_STRINGS = 4
RATE, RATIO = 2_000, 100


def draw(strings: int, length: int) -> np.ndarray:
    """Return questions of UR, int ``(string, position)``; the length counts all tokens."""
    tokens = np.random.default_rng(length).integers(len(ALPHABET), size=(strings, length))
    tokens[:, -2] = ALPHABET.codes[SEP]
    return tokens


def fastest(work: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Return the seconds of the fastest of some runs: of the process, and by the clock."""
    taken = []
    for _ in range(repeats):
        process, clock = time.process_time(), time.perf_counter()
        work()
        taken.append((time.process_time() - process, time.perf_counter() - clock))
    return min(taken)


def verdict(reached: bool) -> str:
    """Return what is said of a target."""
    return "reached" if reached else "MISSED"


def rates(strings: int, repeats: int) -> None:
    """Print how many strings a second each way of running UR takes."""
    tokens, last = draw(strings, LENGTH), np.full((strings, 1), LENGTH - 1)
    flat = expand(UR, ALPHABET)
    few = draw(NAIVE_STRINGS, LENGTH).tolist()
    print(
        f"UR, {len(ALPHABET)} symbols, length {LENGTH}; {len(flat.definitions):,} lines when flat"
    )
    print(f"{'':20}{'strings':>8}{'cpu ms':>9}{'clock ms':>9}{'strings/s':>11}{'× naive':>9}")
    found: dict[str, float] = {}

    def row(name: str, count: int, times: int, work: Callable[[], object]) -> None:
        process, clock = fastest(work, times)
        found[name] = count / process
        print(
            f"{name:20}{count:8,}{process * 1e3:9.1f}{clock * 1e3:9.1f}{found[name]:11,.1f}"
            f"{found[name] / found['naive']:9,.0f}",
            flush=True,
        )

    row("naive", len(few), 1, lambda: [values(flat, one, ALPHABET) for one in few])
    row("in full", strings, repeats, lambda: evaluate(UR, ALPHABET, tokens))
    row("in full, one string", 1, repeats, lambda: evaluate(UR, ALPHABET, tokens[:1]))
    row("NEXT at the answer", strings, repeats, lambda: next_tokens(UR, ALPHABET, tokens, last))
    rate, ratio = found["in full"], found["in full"] / found["naive"]
    print(f"in full: target {RATE:,} strings/s: {verdict(rate >= RATE)}")
    print(f"in full: target {RATIO} times the naive interpreter: {verdict(ratio >= RATIO)}")


def growth(strings: int, repeats: int) -> None:
    """Print how the time in full grows with the length, and the exponent that fits best."""
    seconds = []
    print(f"\nin full, {strings} strings at once")
    print(f"{'length':>6}{'cpu ms':>9}{'strings/s':>11}{'ns a position':>15}")
    for length in LENGTHS:
        tokens = draw(strings, length)
        process, _ = fastest(lambda tokens=tokens: evaluate(UR, ALPHABET, tokens), repeats)
        seconds.append(process)
        each = process / tokens.size
        print(
            f"{length:6}{process * 1e3:9.1f}{strings / process:11,.0f}{each * 1e9:15.0f}",
            flush=True,
        )
    slope = np.polyfit(np.log(LENGTHS), np.log(seconds), 1)[0]
    # Arrays of short strings fit in the processor's cache, which adds a little.
    print(f"grows as length^{slope:.2f}; 1 is linear, counting at each position anew would be 2")


def main() -> None:
    """Read the arguments and print both tables."""
    parser = argparse.ArgumentParser(description="Speed of C-RASP[pos] programs.")
    parser.add_argument("--strings", type=int, default=256, help="evaluated at once")
    parser.add_argument("--repeats", type=int, default=7)
    arguments = parser.parse_args()
    rates(arguments.strings, arguments.repeats)
    growth(arguments.strings, arguments.repeats)


if __name__ == "__main__":
    main()
