"""Intervals for a proportion, a paired difference and an unpaired difference.

All are exact or conservative at every sample size. ``tail`` is everywhere the error of *each*
bound: the lower bound lies above the truth with probability at most ``tail``, and so does the upper
bound lie below it; an interval misses with probability at most ``2 * tail``. The ``*_bounds`` forms
take arrays, which the others call with one element.

A paired difference of n strings has ``wins`` (first task right, second wrong) and ``losses`` (the
reverse); the truth is ``delta = p10 - p01``, the discordance ``d = p10 + p01``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from claimkit.errors import InvalidInput
from claimkit.evidence.staircase import staircase
from claimkit.evidence.verdicts import Interval

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats]

# Within this many 1/sqrt(trials) of no difference the sign test sets the bound. The staircase is
# about 0.3 standard errors wider, one being sqrt(d / trials) at most; so from here on out it
# refutes nearly all that the sign test refutes.
_SIGN_ZONE = 0.25
_DISCORDANCE_SHARE = 0.1


def proportion(successes: int, trials: int, tail: float) -> Interval:
    """Return the Clopper-Pearson interval of a proportion; ``tail`` is the error of each bound.

    Raises:
        InvalidInput: If nothing was observed, counts contradict each other or ``tail`` is not in
            (0, 1/2).
    """
    return _only(proportion_bounds(successes, trials, tail))


def paired_difference(wins: int, losses: int, trials: int, tail: float) -> Interval:
    """Return an interval for P(first right) - P(second right) on the same strings.

    Args:
        wins: Strings on which the first task is right and the second wrong.
        losses: Strings on which the second is right and the first wrong.
        trials: All strings, those with equal outcomes included.
        tail: Error of each bound.

    Raises:
        InvalidInput: As for :func:`proportion`, and if ``wins + losses > trials``.
    """
    return _only(paired_bounds(wins, losses, trials, tail))


def unpaired_difference(
    successes_a: int, trials_a: int, successes_b: int, trials_b: int, tail: float
) -> Interval:
    """Return an interval for the difference a - b of two proportions seen on independent strings.

    Raises:
        InvalidInput: As for :func:`proportion`.
    """
    return _only(unpaired_bounds(successes_a, trials_a, successes_b, trials_b, tail))


def proportion_bounds(successes: ArrayLike, trials: ArrayLike, tail: float) -> Bounds:
    """Return Clopper-Pearson bounds, elementwise over broadcast counts.

    Each bound inverts a one-sided binomial test, so it errs with probability at most ``tail``.
    Source: Clopper & Pearson 1934, Biometrika 26.
    """
    hits, total = _counts(tail, successes, trials)
    _some(total)
    _refuse(hits > total, "more successes than trials", hits, total)
    return _lowest(hits, total, tail), _highest(hits, total, tail)


def paired_bounds(wins: ArrayLike, losses: ArrayLike, trials: ArrayLike, tail: float) -> Bounds:
    """Return bounds on a paired difference, elementwise over broadcast counts.

    The interval of (losses, wins) is the mirror image of that of (wins, losses). See
    :func:`_paired_low` for the proof.
    """
    won, lost, total = _counts(tail, wins, losses, trials)
    _some(total)
    _refuse(won + lost > total, "more wins and losses than trials", won + lost, total)
    return _paired_low(won, lost, total, tail), -_paired_low(lost, won, total, tail)


def unpaired_bounds(
    successes_a: ArrayLike,
    trials_a: ArrayLike,
    successes_b: ArrayLike,
    trials_b: ArrayLike,
    tail: float,
) -> Bounds:
    """Return bounds on the difference of two independent proportions, elementwise.

    With p-values for "a is at most p_a" and "b is at least p_b", independent because the samples
    are, a pair (p_a, p_b) is refuted when the p-values fall under the staircase, which has
    probability at most ``tail``; the lower bound is the smallest p_a - p_b left (see
    :mod:`claimkit.evidence.staircase`).
    """
    hits_a, total_a, hits_b, total_b = _counts(tail, successes_a, trials_a, successes_b, trials_b)
    _some(np.minimum(total_a, total_b))
    _refuse(hits_a > total_a, "more successes than trials", hits_a, total_a)
    _refuse(hits_b > total_b, "more successes than trials", hits_b, total_b)
    low = _unpaired_low(hits_a, total_a, hits_b, total_b, tail)
    return low, -_unpaired_low(hits_b, total_b, hits_a, total_a, tail)


def _unpaired_low(
    hits_a: Floats, total_a: Floats, hits_b: Floats, total_b: Floats, tail: float
) -> Floats:
    u, v = staircase(tail).left_over()
    above = _lowest(hits_a[..., None], total_a[..., None], u)
    below = _highest(hits_b[..., None], total_b[..., None], v)
    return np.asarray((above - below).min(axis=-1))


def _paired_low(wins: Floats, losses: Floats, trials: Floats, tail: float) -> Floats:
    """Return a lower bound on delta: the smallest value that its own test does not refute.

    Every candidate value is tested at level ``tail``, those within the zone around 0 by the sign
    test and those outside it by the staircase, so the true one is refuted, and the bound above it,
    with probability at most ``tail``. Which test a candidate gets is fixed before the data are
    seen.
    """
    zone = _SIGN_ZONE / np.sqrt(trials)
    sign, stairs = _sign_low(wins, losses, trials, tail), _stair_low(wins, losses, trials, tail)
    inside = np.maximum(sign, -zone)
    outside = np.maximum(stairs, zone)
    return np.where(stairs <= -zone, stairs, np.where(sign < zone, inside, outside))


def _sign_low(wins: Floats, losses: Floats, trials: Floats, tail: float) -> Floats:
    """Return the bound that rests on the share theta of wins among the discordant strings.

    Given their number, wins are binomial with theta, and delta = d (2 theta - 1). Nine tenths of
    the error go to a bound on theta, one tenth to the one bound on d that matters: the lower one if
    theta surely exceeds 1/2, else the upper one. So delta > 0 is licensed by an exact sign test at
    0.9 ``tail``.
    """
    discordant = wins + losses
    theta = _lowest(wins, discordant, (1 - _DISCORDANCE_SHARE) * tail)
    lowest = _lowest(discordant, trials, _DISCORDANCE_SHARE * tail)
    highest = _highest(discordant, trials, _DISCORDANCE_SHARE * tail)
    return np.where(theta > 0.5, lowest, highest) * (2 * theta - 1)


def _stair_low(wins: Floats, losses: Floats, trials: Floats, tail: float) -> Floats:
    """Return the bound that tests wins and losses apart and combines the two p-values.

    Losses are binomial with p01; given them, wins are binomial among the other strings with q = p10
    / (1 - p01). So the second p-value is uniform or larger given the first, and the two together
    fall under the staircase with probability at most ``tail``. On a corner that is left over, delta
    = q (1 - p01) - p01 is smallest where p01 is largest and q smallest.
    """
    u, v = staircase(tail).left_over()
    won, lost, total = wins[..., None], losses[..., None], trials[..., None]
    p01, q = _highest(lost, total, u), _lowest(won, total - lost, v)
    return np.asarray((q * (1 - p01) - p01).min(axis=-1))


def _lowest(hits: Floats, trials: Floats, tail: float | Floats) -> Floats:
    """Return the proportion at which ``hits`` or more has probability ``tail``; 0 without hits."""
    from scipy.special import betaincinv

    some = np.maximum(hits, 1)
    return np.where(hits > 0, betaincinv(some, np.maximum(trials, some) - some + 1, tail), 0.0)


def _highest(hits: Floats, trials: Floats, tail: float | Floats) -> Floats:
    """Return the proportion at which ``hits`` or fewer has probability ``tail``; 1 if all hit."""
    from scipy.special import betainccinv

    return np.where(hits < trials, betainccinv(hits + 1, np.maximum(trials - hits, 1), tail), 1.0)


def _counts(tail: float, *counts: ArrayLike) -> list[Floats]:
    """Return the counts as float arrays of one shape, having refused what cannot be counted."""
    if not 0 < tail < 0.5:
        raise InvalidInput(
            f"tail is the error of one bound, in (0, 1/2), got {tail}; write 0.001 for 0.1 %"
        )
    arrays = np.broadcast_arrays(*(np.asarray(count, dtype=np.float64) for count in counts))
    for array in arrays:
        _refuse(
            ~(array >= 0) | (array != np.floor(array)), "counts are whole and at least 0", array
        )
    return list(arrays)


def _refuse(wrong: NDArray[np.bool_], what: str, *values: Floats) -> None:
    if np.any(wrong):
        quoted = " and ".join(f"{array[wrong].flat[0]:g}" for array in values)
        raise InvalidInput(f"{what}, got {quoted}; give counts of strings of one sample")


def _some(trials: Floats) -> None:
    if np.any(trials == 0):
        raise InvalidInput(
            "nothing observed gives no interval, got trials=0; measure at least one string"
        )


def _only(bounds: Bounds) -> Interval:
    low, high = bounds
    return Interval(float(low), float(high))
