"""Tokens after which a copy by induction may go wrong.

An induction head looks for the token just written in the original and continues as the original
does there. A token type is *ambiguous* in a text if it is followed there by two or more different
tokens: then the last token alone does not tell how to go on.

The last token of the text has no follower. That the text ends is not counted as one: the paper
speaks of tokens, and whether a copy stops is told by the prompt. So a type that stands only in
last place is unambiguous, and elsewhere its followers decide, for the last place too.

Source: arXiv:2505.21785, §4.2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from claimkit.evaluation.glitches.alignment import tokens_of

__all__ = ["ambiguous", "ambiguous_types", "followers"]


def ambiguous(gold: ArrayLike) -> NDArray[np.bool_]:
    """Return which tokens of a text are of an ambiguous type.

    Args:
        gold: Int ``(token,)``.

    Returns:
        Bool ``(token,)``.

    Raises:
        InvalidInput: If the tokens are not one row of whole numbers.

    >>> ambiguous([4, 7, 4, 9, 7, 4]).tolist()  # 4 goes on with 7 and with 9, 7 only with 4
    [True, False, True, False, False, True]
    """
    types, counts = followers(gold)
    return np.asarray(counts[np.searchsorted(types, tokens_of(gold, "gold"))] > 1)


def ambiguous_types(gold: ArrayLike) -> tuple[int, int]:
    """Return how many types of a text are ambiguous, and how many are not.

    Raises:
        InvalidInput: If the tokens are not one row of whole numbers.

    >>> ambiguous_types([4, 7, 4, 9, 7, 4])
    (1, 2)
    """
    _, counts = followers(gold)
    many = int(np.count_nonzero(counts > 1))
    return many, len(counts) - many


def followers(gold: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return by how many different tokens each type of a text is followed.

    Returns:
        The types, int64 ``(type,)``, ascending, and their numbers of followers, int64 ``(type,)``.

    Raises:
        InvalidInput: If the tokens are not one row of whole numbers.
    """
    types, places = np.unique(tokens_of(gold, "gold"), return_inverse=True)
    pairs = np.unique(np.stack([places[:-1], places[1:]]), axis=1)
    return types, np.bincount(pairs[0], minlength=len(types)).astype(np.int64)
