"""Graded with another string's key, a model must be right at chance only.

An answer that depends on its own prompt alone agrees with the gold answer of another string as
often as that gold answer happens to occur. Where it agrees more often, the model or the harness
sees answers of other strings.

The rows of a batch must stand in random order. Then, whatever the model answers, each agrees with
the key of the row after it with a chance of at most the largest number of rows with the same gold
answer, over the number of other rows; so neither small alphabets, nor heuristics, nor gold answers
that all agree or go with a string's length can raise an alarm.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["RARE", "ShuffledKey", "chance_of", "tail"]

Ids = NDArray[np.int64]

RARE = 1e-9
"""What happens less often than this by chance did not happen by chance."""
# The rows after and before, and those next to them.
_SHIFTS = (1, -1, 2, -2)
# In very small batches neighbours are hardly random: with four rows and four gold answers, getting
# one right by chance gets the others right, too.
_FEWEST = 8


class ShuffledKey:
    """Counts over batches how often answers agree with the keys of rows nearby."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._strings, self._expected = 0, 0.0
        self._hits = dict.fromkeys(_SHIFTS, 0)

    def see(self, choices: Ids, golds: Ids) -> str | None:
        """Return what is wrong after one more batch, or None.

        Args:
            choices: Int ``(string,)``; what was answered, in the random order of the rows.
            golds: Int ``(string,)``; the right answers.
        """
        if len(golds) < _FEWEST:
            return None
        self._strings += len(golds)
        self._expected += len(golds) * chance_of(golds)
        for shift in _SHIFTS:
            self._hits[shift] += int((choices == np.roll(golds, -shift)).sum())
        return self._verdict()

    def _verdict(self) -> str | None:
        shift = max(_SHIFTS, key=self._hits.__getitem__)
        hits, chance = self._hits[shift], self._expected / self._strings
        # A sum of unlike chances has no heavier a tail than that of their mean (Hoeffding 1956).
        if tail(hits, self._strings, chance) >= RARE:
            return None
        return (
            f"{hits} of {self._strings} strings got the answer of the string {abs(shift)} "
            f"{'after' if shift > 0 else 'before'} them in the batch, where chance gives at most "
            f"{self._expected:.0f}"
        )


def chance_of(golds: Ids | Sequence[int]) -> float:
    """Return the most that any answer agrees by chance with another row's gold answer.

    >>> chance_of([4, 4, 7, 9, 4])
    0.75
    """
    if len(golds) < 2:
        return 1.0
    commonest = int(np.unique_counts(np.asarray(golds)).counts.max())
    return min(1.0, commonest / (len(golds) - 1))


def tail(hits: int, trials: int, chance: float) -> float:
    """Return the chance of at least so many hits; exact.

    >>> tail(2, 2, 0.5), tail(0, 2, 0.5)
    (0.25, 1.0)
    """
    if hits <= trials * chance:
        return 1.0
    # Imported where it is needed: most runs never get here.
    from scipy.special import betainc

    return float(betainc(hits, trials - hits + 1, chance))
