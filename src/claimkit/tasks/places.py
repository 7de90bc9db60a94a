"""Where and how often a context holds its query, and how many symbols a source with repeats has.

Places are counted from 0. The sampler draws within these bounds, and a string is well-formed if it
keeps to them; see :mod:`claimkit.tasks.domains`.

Source: arXiv:2505.21785, the published generator of the prompting experiments.
Differs: far retrieval is ours.
"""

from __future__ import annotations

from claimkit.tasks.base import Group


def first_place(group: Group) -> int:
    """Return the first place, counted from 0, at which a context of the group holds its query."""
    return 1 if group is Group.UNIQUE_RETRIEVAL else 2


def last_place(group: Group, length: int) -> int:
    """Return the last place at which a context of the group holds its query.

    >>> [last_place(Group.FAR_RETRIEVAL, length) for length in (6, 11, 12, 30)]
    [4, 4, 5, 14]
    """
    return max(4, length // 2 - 1) if group is Group.FAR_RETRIEVAL else length - 2


def most_occurrences(group: Group, length: int) -> int:
    """Return how often a context of the group holds its query at most."""
    if group is Group.UNIQUE_RETRIEVAL:
        return 1
    return max(2, length // (10 if group is Group.FAR_RETRIEVAL else 5))


def pool_size(length: int, symbols: int) -> int:
    """Return how many different symbols a source with repeats of over 5 symbols holds."""
    return min(length // 2, max(2, length // 3), symbols)
