"""An interval for how far a share exceeds another, by resampling the strings they are counted in.

Of the *trials* of all strings a share are *hits*, and of their *base trials* a share are *base
hits*; the excess is the difference of the two shares. Trials of one string go together, so the
string is what is resampled: every resample weighs the strings at random, with independent
exponential weights (the Bayesian bootstrap). The plain one cannot see what the sample did not show:
where all trials are hits its interval has no width. So each resample also weighs, like any other
string, one that was not seen and is as bad as any can be: for the lower bound it has as many trials
as a string may have and no hit, and only base hits; for the upper bound the reverse.

Where strings have one trial each and the base is known, a bound is exactly Clopper and Pearson's.
For any bounded numbers it is Gaffke's bound, whose error no distribution is known to exceed, though
that is a conjecture; here it is applied to hits - share * trials. It needs a limit to what one
string may weigh: a string that went to pieces has a hundred trials, and no sample without one can
tell what it would do to a ratio of sums. So a string speaks for at most ``most`` trials, and one
with more keeps its share of hits.

The bounds are order statistics of the resamples: the k-th lowest of R errs with k / (R + 1) where
the distribution that all resamples have errs with ``tail``, so drawing finitely many costs nothing.

Sources: Rubin 1981, Annals of Statistics 9 (weights); Gaffke 2005, "Three test statistics for a
nonparametric one-sided hypothesis on the mean of a nonnegative variable", Mathematical Methods of
Statistics 14; Learned-Miller & Thomas 2019, arXiv:1905.06208 (the conjecture).
Differs: two shares are resampled together, where the conjecture is about one; what that does to the
error is measured in the tests.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from claimkit.errors import InvalidInput, NotApplicable
from claimkit.evidence.verdicts import Interval

__all__ = ["FEWEST", "MOST", "share_excess", "share_excess_interval"]

Floats = NDArray[np.float64]

MOST = 4
"""For so many trials a string speaks at most, unless told otherwise."""

FEWEST = 4
"""Of fewer strings nobody can tell how they differ."""

_BELOW = 10  # resamples at or below the lower bound; more make it vary less
_AT_ONCE = 2**20  # weights that are in memory together


def share_excess(
    hits: ArrayLike,
    trials: ArrayLike,
    base_hits: ArrayLike,
    base_trials: ArrayLike,
    most: int = MOST,
) -> float:
    """Return hits / trials - base hits / base trials, each a ratio of sums over strings.

    Args:
        hits: Int ``(string,)``.
        trials: Int ``(string,)``; a string with more than ``most`` counts for that many.
        base_hits: Int ``(string,)``.
        base_trials: Int ``(string,)``.
        most: At least 1; as many as the largest of ``trials``, or more, leaves all as they are.

    Raises:
        InvalidInput: If there are more hits than trials, or no counts of the same strings.
        NotApplicable: If there are fewer than :data:`FEWEST` strings, or no trials.

    >>> share_excess([1, 2, 1, 3], [1, 2, 1, 4], [40] * 4, [80] * 4)
    0.375
    """
    capped = _capped(_counted(hits, trials, base_hits, base_trials), most)
    return float(_excess(capped.sum(axis=0)))


def share_excess_interval(
    hits: ArrayLike,
    trials: ArrayLike,
    base_hits: ArrayLike,
    base_trials: ArrayLike,
    *,
    tail: float,
    generator: np.random.Generator,
    most: int = MOST,
) -> Interval:
    """Return an interval for :func:`share_excess` that resamples strings.

    It contains the excess of the sample. Counting misses instead of hits mirrors it.

    Args:
        hits: As for :func:`share_excess`, like the next three and ``most``.
        trials: See there.
        base_hits: See there.
        base_trials: See there.
        tail: Error of each bound.
        generator: Where the weights come from; about ``10 / tail`` of them for every string.
        most: See there; the fewer, the shorter the interval where most strings have few trials.

    Raises:
        InvalidInput: As for :func:`share_excess`, and if ``tail`` is not in (0, 1/2).
        NotApplicable: As for :func:`share_excess`.
    """
    if not 0 < tail < 0.5:
        raise InvalidInput(
            f"tail is the error of one bound, in (0, 1/2), got {tail}; write 0.001 for 0.1 %"
        )
    counts = _capped(_counted(hits, trials, base_hits, base_trials), most)
    # Trials and base trials of the string that was not seen; hits or base hits are as many.
    unseen = float(most), counts[:, 3].max()
    lows, highs = _resampled(counts, unseen, math.ceil(_BELOW / tail), generator)
    rank = math.floor(tail * (len(lows) + 1))
    excess = float(_excess(counts.sum(axis=0)))
    low, high = np.partition(lows, rank - 1)[rank - 1], -np.partition(-highs, rank - 1)[rank - 1]
    return Interval(min(float(low), excess), max(float(high), excess))


def _resampled(
    counts: Floats, unseen: tuple[float, float], resamples: int, generator: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return the excesses of resamples with the worst unseen string and with the best one."""
    trials, base_trials = unseen
    worst = np.array([0.0, trials, base_trials, base_trials])
    best = np.array([trials, trials, 0.0, base_trials])
    lows, highs = [], []
    step = max(1, _AT_ONCE // (len(counts) + 1))
    for start in range(0, resamples, step):
        shape = min(step, resamples - start), len(counts) + 1
        weights = generator.standard_exponential(shape)
        seen, of_unseen = weights[:, 1:] @ counts, weights[:, :1]
        lows.append(_excess(seen + of_unseen * worst))
        highs.append(_excess(seen + of_unseen * best))
    return np.concatenate(lows), np.concatenate(highs)


def _excess(sums: Floats) -> Floats:
    """Return the excess of sums of hits, trials, base hits and base trials, the last axis."""
    return np.asarray(sums[..., 0] / sums[..., 1] - sums[..., 2] / sums[..., 3])


def _capped(counts: Floats, most: int) -> Floats:
    """Return the counts with trials of at most ``most``, of which the same share are hits."""
    if most < 1:
        raise InvalidInput(f"a string speaks for at least 1 trial, got most={most}")
    capped = counts.copy()
    capped[:, :2] *= np.minimum(1, most / np.maximum(counts[:, 1:2], 1))
    return capped


def _counted(*columns: ArrayLike) -> Floats:
    """Return hits, trials, base hits and base trials, ``(string, 4)``, if they may be."""
    arrays = [np.asarray(column, np.float64) for column in columns]
    if len({array.shape for array in arrays}) > 1 or arrays[0].ndim != 1:
        shapes = ", ".join(str(array.shape) for array in arrays)
        raise InvalidInput(f"counts are one row of the same strings, got shapes {shapes}")
    counts = np.stack(arrays, axis=1)
    odd = (counts < 0) | (counts != np.floor(counts))
    odd[:, ::2] |= counts[:, ::2] > counts[:, 1::2]
    if odd.any():
        string = int(np.flatnonzero(odd.any(axis=1))[0])
        raise InvalidInput(
            "counts are whole, hits at most as many as trials, got hits, trials, base hits and "
            f"base trials {counts[string].tolist()} at string {string}"
        )
    if len(counts) < FEWEST:
        raise NotApplicable(
            f"resampling needs at least {FEWEST} strings, got {len(counts)}; measure more"
        )
    for name, total in zip(("trials", "base trials"), counts[:, 1::2].sum(axis=0), strict=True):
        if not total:
            raise NotApplicable(f"{len(counts)} strings have no {name}, so no share of them")
    return counts
