"""Domains: which strings a group has.

:func:`well_formed` is the support of the group's sampler, no more and no less. A hunt for a wrong
answer looks in the slightly wider domain of :func:`well_posed`. The sampler lets a context of N
symbols hold its query at most N / 5 times and gives a source of N symbols N / 3 different ones, so
that a rate is about strings of one kind; there such a tie of content to length would keep a
failing string with three occurrences from getting shorter than 15 symbols. *Where* a query may
stand is the same in both: that is what the tasks of a group are about.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from claimkit.errors import InvalidInput
from claimkit.tasks.base import Group
from claimkit.tasks.places import first_place, last_place, most_occurrences, pool_size
from claimkit.tasks.sampling import shortest, symbols_needed
from claimkit.tasks.strings import Ints, Strings

Bools = npt.NDArray[np.bool_]


def well_formed(group: Group, strings: Strings, symbols: int) -> Bools:
    """Return, for every string, whether the group's sampler can draw it.

    Args:
        group: Which kind of strings.
        strings: Contexts of one length, with queries if it is a retrieval group.
        symbols: Size of the alphabet.

    Returns:
        Bool ``(string,)``.

    Raises:
        InvalidInput: If a retrieval group's strings have no queries, or a copying group's have.

    >>> context = np.array([[5, 6, 1, 7, 1, 1, 8], [5, 6, 1, 7, 1, 9, 8]])
    >>> well_formed(Group.NON_UNIQUE_RETRIEVAL, Strings(context, np.array([1, 1])), symbols=10)
    array([False,  True])
    """
    posed = well_posed(group, strings, symbols)
    if strings.queries is not None:
        times = _hits(strings.contexts, strings.queries).sum(axis=1)
        return np.asarray(posed & (times <= most_occurrences(group, strings.length)))
    if group is Group.UNIQUE_COPYING or strings.length <= 5:
        return posed
    times = (strings.contexts[:, :, None] == strings.contexts[:, None, :]).sum(axis=2)
    # A symbol that stands at n places is counted n times, each for 1 / n.
    kinds = np.rint((1 / times).sum(axis=1))
    all_twice = (times >= 2).all(axis=1)
    return np.asarray(posed & all_twice & (kinds == pool_size(strings.length, symbols)))


def well_posed(group: Group, strings: Strings, symbols: int) -> Bools:
    """Return, for every string, whether it is a question of the group, however it came about.

    A context may hold its query as often as its group's places allow, and the only thing asked of
    a source with repeats is a repeat. Otherwise as :func:`well_formed`.
    """
    if (strings.queries is not None) != group.is_retrieval:
        has = "without" if strings.queries is None else "with"
        raise InvalidInput(f"strings of the group {group} cannot be strings {has} queries")
    length = strings.length
    if length < shortest(group) or symbols < symbols_needed(group, length):
        return np.zeros(len(strings), dtype=np.bool_)
    known = ((strings.rows() >= 0) & (strings.rows() < symbols)).all(axis=1)
    if strings.queries is not None:
        return np.asarray(known & _well_placed(group, _hits(strings.contexts, strings.queries)))
    ordered = np.sort(strings.contexts, axis=1)
    repeats = (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)
    return np.asarray(known & (repeats != (group is Group.UNIQUE_COPYING)))


def _hits(contexts: Ints, queries: Ints) -> Bools:
    """Return where each context holds its query, bool ``(string, place)``."""
    return np.asarray(contexts == queries[:, None], dtype=np.bool_)


def _well_placed(group: Group, hits: Bools) -> Bools:
    """Return whether queries stand often enough, apart, and only where the group has them."""
    first, last = first_place(group), last_place(group, hits.shape[1])
    outside = hits[:, :first].any(axis=1) | hits[:, last + 1 :].any(axis=1)
    adjacent = (hits[:, 1:] & hits[:, :-1]).any(axis=1)
    times = hits.sum(axis=1)
    enough = times == 1 if group is Group.UNIQUE_RETRIEVAL else times >= 2
    return np.asarray(enough & ~adjacent & ~outside, dtype=np.bool_)
