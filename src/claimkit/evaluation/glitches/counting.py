"""What became of one paragraph that was to be copied, in numbers.

A transition is the last right token before a copy goes wrong, so every aligned token was an
opportunity: after it the copy could have gone wrong, and did or did not.

The *length filter*: outputs whose length is "outside 75 % of the gold's" are left out. Read here:
neither text is shorter than 75 % of the other, so that gold and output are treated alike. The words
may also set only the lower limit, or an upper one at 125 % of the gold, or mean 75 % more or less;
whoever reads them so finds both lengths in :class:`Glitches` and can filter anew.

Source: arXiv:2505.21785, §4.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from claimkit.evaluation.glitches.alignment import align, tokens_of
from claimkit.evaluation.glitches.ambiguity import ambiguous, ambiguous_types
from claimkit.evaluation.glitches.spans import transitions

__all__ = ["SHORTEST", "Glitches", "glitches"]

SHORTEST = Fraction(3, 4)
"""The least length of the shorter text, as a share of the longer, that is not left out."""


@final
@dataclass(frozen=True)
class Glitches:
    """What became of one paragraph.

    Attributes:
        gold_length: Tokens to be copied.
        output_length: Tokens that came out.
        aligned: Tokens that were copied: the opportunities.
        ambiguous_aligned: Those of ambiguous types.
        transitions: Aligned tokens after which the copy went wrong.
        ambiguous_transitions: Those of ambiguous types.
        ambiguous_types: Types of the gold paragraph that are ambiguous in it.
        unambiguous_types: The others.
        first_glitch: How many tokens gold and output have in common before they first differ; None
            if they never do. The first transition, if there is one, is the token before, unless the
            very first token is wrong.
    """

    gold_length: int
    output_length: int
    aligned: int
    ambiguous_aligned: int
    transitions: int
    ambiguous_transitions: int
    ambiguous_types: int
    unambiguous_types: int
    first_glitch: int | None

    @property
    def kept(self) -> bool:
        """Whether the length filter keeps the paragraph."""
        shorter, longer = sorted((self.gold_length, self.output_length))
        return shorter >= SHORTEST * longer


def glitches(gold: ArrayLike, output: ArrayLike) -> Glitches:
    """Return where an output departs from the paragraph that was to be copied.

    Args:
        gold: Int ``(gold,)``.
        output: Int ``(output,)``, without prompt, end marker and padding.

    Raises:
        InvalidInput: If either is not one row of whole numbers.

    >>> found = glitches([4, 7, 4, 9], [4, 9, 4, 9])
    >>> found.transitions, found.ambiguous_transitions, found.first_glitch
    (1, 1, 1)
    """
    left, right = tokens_of(gold, "gold"), tokens_of(output, "output")
    alignment, marked = align(left, right), ambiguous(left)
    copied, ends = alignment.gold[alignment.aligned], transitions(alignment)
    return Glitches(
        len(left),
        len(right),
        len(copied),
        int(marked[copied].sum()),
        len(ends),
        int(marked[ends].sum()),
        *ambiguous_types(left),
        _first_difference(left, right),
    )


def _first_difference(gold: NDArray[np.int64], output: NDArray[np.int64]) -> int | None:
    """Return the first position at which two texts differ; the end of one differs from a token."""
    both = min(len(gold), len(output))
    found = np.flatnonzero(gold[:both] != output[:both])
    if found.size:
        return int(found[0])
    return None if len(gold) == len(output) else both
