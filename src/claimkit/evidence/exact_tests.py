"""Exact tests of whether accuracy fell or rose, and Holm's rule for many of them.

Each test conditions on what tells nothing of the direction and leaves one random number, *new
successes*, whose distribution is known exactly if accuracy is what it was. Too few speak for a
fall, too many for a rise. Independent such numbers are added by convolution.

Binomial and hypergeometric weights are ratios of integers, so no p-value is approximated, and none
needs scipy, whose import takes longer than a warm run's comparisons.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import final

import numpy as np
from numpy.typing import NDArray

from claimkit.errors import InvalidInput


@final
@dataclass(frozen=True, eq=False)
class Chance:
    """New successes: how likely each number is if nothing changed, and the number seen.

    Attributes:
        probability: Float ``(number,)``, sums to 1; entry 0 is the least number possible.
        seen: The number observed, counted from the least possible.
    """

    probability: NDArray[np.float64]
    seen: int

    @property
    def worse(self) -> float:
        """The probability of so few new successes, or fewer."""
        return min(1.0, float(self.probability[: self.seen + 1].sum()))

    @property
    def better(self) -> float:
        """The probability of so many new successes, or more."""
        return min(1.0, float(self.probability[self.seen :].sum()))


def paired(lost: int, gained: int) -> Chance:
    """Return the chance of McNemar's exact test, the sign test of the discordant strings.

    If accuracy is the same, a discordant string is lost or gained with equal probability, so that
    given their number the gained ones are binomial with 1/2. If accuracy rose, there are
    stochastically more of them; so ``worse`` errs with at most its level there, too. All that it
    needs is that the pairs of outcomes are independent from string to string.

    Source: McNemar 1947, Psychometrika 12.

    >>> paired(lost=4, gained=0).worse
    0.0625
    """
    return Chance(_binomial(lost + gained), gained)


def unpaired(base_right: int, base_strings: int, new_right: int, new_strings: int) -> Chance:
    """Return the chance of Fisher's exact test.

    If accuracy is the same and the two samples are independent, then given how many of all strings
    were right, the new ones among them are hypergeometric, whatever the accuracy is. If accuracy
    rose, there are stochastically more. The test is conservative: it keeps its level for every
    margin, and few distinct p-values are possible, most of which lie well under the level.

    Source: Fisher 1934, Statistical Methods for Research Workers, 5th edition, §21.02.

    >>> round(unpaired(4, 4, 0, 4).worse, 6)  # 1 of the 70 ways to choose 4 of 8
    0.014286
    """
    right, strings = base_right + new_right, base_strings + new_strings
    least = max(0, right - base_strings)
    return Chance(_hypergeometric(right, strings, new_strings), new_right - least)


def together(chances: Iterable[Chance]) -> Chance:
    """Return the chance of the sum of independent new successes.

    The null is that accuracy fell in none of the parts, and each part keeps its own conditions, so
    parts of different accuracies cannot imitate a change (Simpson's paradox).
    """
    return reduce(
        lambda a, b: Chance(np.convolve(a.probability, b.probability), a.seen + b.seen),
        chances,
        Chance(np.ones(1), 0),
    )


def holm(p_values: Sequence[float], alpha: float) -> tuple[bool, ...]:
    """Return which nulls are rejected so that any true one is with probability at most ``alpha``.

    The p-values may depend on each other in any way: the tasks of a group share their strings.

    Raises:
        InvalidInput: If ``alpha`` is not in (0, 1).

    Source: Holm 1979, Scandinavian Journal of Statistics 6.

    >>> holm([0.02, 0.6, 0.03, 0.001], alpha=0.05)
    (False, False, False, True)
    """
    require_alpha(alpha)
    rejected = [False] * len(p_values)
    ascending = sorted(range(len(p_values)), key=p_values.__getitem__)
    for left, place in zip(range(len(p_values), 0, -1), ascending, strict=True):
        if p_values[place] > alpha / left:
            break
        rejected[place] = True
    return tuple(rejected)


def require_alpha(alpha: float) -> None:
    """Refuse what is no error rate.

    Raises:
        InvalidInput: If it is not in (0, 1).
    """
    if not 0 < alpha < 1:
        raise InvalidInput(f"the gate's alpha is in (0, 1), got {alpha}; write 0.05 for 5 %")


def least_losses(right: int, level: float) -> int | None:
    """Return how many losses without a gain the paired test calls worse at a level.

    Args:
        right: Strings that were right; no more can be lost.
        level: The largest p-value that is called worse, in (0, 1).

    Returns:
        The number, or None if even losing all ``right`` would pass.

    >>> least_losses(64, 0.05), least_losses(4, 0.05)
    (5, None)
    """
    # One more than needed costs nothing, where a logarithm rounds the wrong way.
    losses = max(1, math.floor(-math.log2(level)))
    losses += paired(losses, 0).worse > level
    return losses if losses <= right else None


def most_right(base_right: int, base_strings: int, strings: int, level: float) -> int | None:
    """Return how many right strings of a new sample the unpaired test still calls worse.

    Returns:
        The number, or None if even none right of ``strings`` would pass.
    """

    def worse(right: int) -> bool:
        return unpaired(base_right, base_strings, right, strings).worse <= level

    # Fewer right strings are the stronger evidence, so the numbers called worse are 0 … most.
    low, high = -1, strings + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if worse(middle) else (low, middle)
    return None if low < 0 else low


@lru_cache(maxsize=512)
def _binomial(trials: int) -> NDArray[np.float64]:
    """Return the probabilities of 0 … ``trials`` heads of a fair coin."""
    ways = [1]
    for heads in range(trials):
        ways.append(ways[-1] * (trials - heads) // (heads + 1))
    return np.array([number / 2**trials for number in ways])


@lru_cache(maxsize=512)
def _hypergeometric(marked: int, total: int, drawn: int) -> NDArray[np.float64]:
    """Return the probabilities of the numbers of marked ones among the drawn, least first."""
    blank = total - marked
    least, most = max(0, drawn - blank), min(marked, drawn)
    # Each number from the one before: thousands of binomials of thousands would take seconds.
    ways = [math.comb(marked, least) * math.comb(blank, drawn - least)]
    for hit in range(least, most):
        chosen, left = (marked - hit) * (drawn - hit), (hit + 1) * (blank - drawn + hit + 1)
        ways.append(ways[-1] * chosen // left)
    everything = math.comb(total, drawn)
    return np.array([number / everything for number in ways])
