"""How often the interval that resamples paragraphs is wrong, where the truth is known.

Each law draws paragraphs: glitches, those at ambiguous tokens, and the tokens copied of both kinds.
The excess is that which a large sample has, with as few glitches a paragraph as count. Of so many
experiments each bound may be wrong in a share ``tail``, and a few more by chance.

    python benchmarks/glitch_intervals.py [--tail 0.001] [--experiments 2000] [--paragraphs 8 32]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np

from claimkit.evidence.resampling import MOST, share_excess, share_excess_interval

Rows = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
LARGE = 1_000_000


def opportunities(rng: np.random.Generator, size: int, spread: float = 0.05) -> Rows:
    """Return the copied tokens that are ambiguous, all of them, and the share of the former."""
    aligned = rng.integers(300, 500, size)
    at_ambiguous = rng.binomial(aligned, np.clip(rng.normal(0.65, spread, size), 0.05, 0.95))
    return at_ambiguous, aligned, at_ambiguous / aligned


def rare(rng: np.random.Generator, size: int) -> Rows:
    """One glitch a paragraph; one in ten is not at an ambiguous token."""
    base_hits, base, _ = opportunities(rng, size)
    return rng.binomial(1, 0.9, size), np.ones(size, int), base_hits, base


def clustered(rng: np.random.Generator, size: int) -> Rows:
    """Geometric numbers of glitches; in one paragraph of ten none is at an ambiguous token."""
    base_hits, base, _ = opportunities(rng, size)
    trials = rng.geometric(0.2, size) - 1
    return trials * rng.binomial(1, 0.9, size), trials, base_hits, base


def derailed(rng: np.random.Generator, size: int) -> Rows:
    """One glitch at an ambiguous token, but 3 % of paragraphs have 60 anywhere."""
    base_hits, base, share = opportunities(rng, size)
    lost = rng.random(size) < 0.03
    return np.where(lost, rng.binomial(60, share), 1), np.where(lost, 60, 1), base_hits, base


def worse(rng: np.random.Generator, size: int) -> Rows:
    """Paragraphs with more than six glitches have half of them at ambiguous tokens."""
    base_hits, base, _ = opportunities(rng, size)
    trials = rng.geometric(0.25, size) - 1
    return rng.binomial(trials, np.where(trials > 6, 0.5, 1.0)), trials, base_hits, base


def even(rng: np.random.Generator, size: int) -> Rows:
    """Evenly spread glitches, more of them where more tokens are ambiguous: the excess is small."""
    base_hits, base, share = opportunities(rng, size, spread=0.15)
    trials = rng.poisson(6 * share**2)
    return rng.binomial(trials, share), trials, base_hits, base


LAWS: list[Callable[[np.random.Generator, int], Rows]] = [rare, clustered, derailed, worse, even]


def errors(
    law: Callable[[np.random.Generator, int], Rows], size: int, most: int, tail: float, times: int
) -> str:
    """Return a line about many experiments."""
    rng = np.random.default_rng(size)
    truth = share_excess(*law(np.random.default_rng(0), LARGE), most=most)
    found = []
    for _ in range(times):
        rows = law(rng, size)
        if rows[1].any():
            found.append(share_excess_interval(*rows, tail=tail, generator=rng, most=most))
    low, high = (np.array([getattr(each, end) for each in found]) for end in ("low", "high"))
    return (
        f"{law.__name__:10}{most:6}{size:6}{truth:+8.3f}{np.mean(low > truth):9.4f}"
        f"{np.mean(high < truth):9.4f}   [{low.mean():+.2f}, {high.mean():+.2f}]"
    )


def main() -> None:
    """Print a table of laws, limits and numbers of paragraphs."""
    parser = argparse.ArgumentParser(description="Errors of the interval of an excess share.")
    parser.add_argument("--tail", type=float, default=0.001)
    parser.add_argument("--experiments", type=int, default=2000)
    parser.add_argument("--paragraphs", type=int, nargs="+", default=[8, 32])
    parser.add_argument("--most", type=int, nargs="+", default=[1, MOST])
    asked = parser.parse_args()
    print(f"tail {asked.tail}, {asked.experiments} experiments; share of wrong bounds")
    print(f"{'law':10}{'most':>6}{'texts':>6}{'truth':>8}{'low':>9}{'high':>9}   mean interval")
    for law in LAWS:
        for most in asked.most:
            for size in asked.paragraphs:
                print(errors(law, size, most, asked.tail, asked.experiments), flush=True)


if __name__ == "__main__":
    main()
