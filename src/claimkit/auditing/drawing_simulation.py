"""Models whose truth is known at every point of a grid; only tests and benchmarks use them.

A model is a function from a setting to its true effect and discordance (see
:mod:`claimkit.evidence.intervals`). A setting's verdict is drawn with the exact probabilities of
the sequential test that an audit runs there, so a simulated claim takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from claimkit.auditing.drawing import PAIRS, decide_drawn
from claimkit.auditing.grids import Grid, Options, in_words
from claimkit.evidence.looks import Looks
from claimkit.evidence.simulation import Procedure, above, paired, paired_step
from claimkit.evidence.verdicts import Estimate, Interval, Judgement, Verdict

Truth = Callable[[Options], tuple[float, float]]
"""From a setting to (effect, discordance)."""

MARGIN = 0.02


@lru_cache(maxsize=256)
def shares(effect: float, discordance: float, alpha: float) -> tuple[float, float]:
    """Return the exact probabilities that a drawn setting is said to hold and to fail."""
    looks = Looks(max_samples=PAIRS, alpha=alpha)
    outcome = Procedure(paired, looks, above(0.0, MARGIN)).enumerate(
        paired_step(effect, discordance)
    )
    return max(outcome.holds, 0.0), max(outcome.fails, 0.0)


@dataclass(frozen=True)
class Run:
    """How one simulated claim ended.

    Attributes:
        verdict: Of the claim.
        reported: The setting that the verdict shows.
    """

    verdict: Verdict
    reported: Options


def simulate(
    grid: Grid,
    truth: Truth,
    draws: Sequence[Sequence[Options]],
    rng: np.random.Generator,
    *,
    alpha: float = 0.001,
) -> list[Run]:
    """Judge the claim "the effect is above 0" once at each of some lists of drawn settings."""
    labels = {in_words(point): point for point in grid.points()}

    def decide(options: Options, purpose: str, share: float) -> Judgement:
        return _judged(in_words(options), *truth(options), share, rng)

    judgements = [decide_drawn(drawn, decide, grid, alpha=alpha) for drawn in draws]
    return [Run(judgement.verdict, labels[judgement.label]) for judgement in judgements]


def rate(runs: Sequence[Run], verdict: Verdict) -> float:
    """Return the share of runs that ended with a verdict."""
    return sum(run.verdict is verdict for run in runs) / len(runs)


def found_by(draws: int, corner: int, points: int) -> float:
    """Return the probability that some of the distinct draws lies in a corner (hypergeometric).

    >>> round(found_by(8, 60, 480), 3), round(1 - (1 - 1 / 8) ** 8, 3)
    (0.659, 0.656)
    """
    missed = 1.0
    for before in range(min(draws, points)):
        missed *= max(points - corner - before, 0) / (points - before)
    return 1 - missed


def _judged(
    label: str, effect: float, discordance: float, share: float, rng: np.random.Generator
) -> Judgement:
    holds, fails = shares(effect, discordance, share)
    said = rng.random()
    verdict = Verdict.UNDECIDED
    if said < holds + fails:
        verdict = Verdict.HOLDS if said < holds else Verdict.FAILS
    # A stand-in: the verdict is what is simulated, and no report shows this interval.
    bounds = Interval(max(effect - 0.1, -1.0), min(effect + 0.1, 1.0))
    return Judgement(
        verdict=verdict,
        label=label,
        needs="> 0",
        alpha=share,
        estimate=Estimate(effect, bounds, PAIRS),
        thresholds=(0.0, MARGIN),
    )
