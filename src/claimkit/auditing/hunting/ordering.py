"""Questions in order of their simplicity: the shortest first, then by their symbols.

A wrong question that comes first in this order is the minimum, with no search and no luck. Models
that fail often fail on one of the first few hundred questions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import combinations, pairwise, permutations, product

from claimkit.auditing.hunting.domain import Domain
from claimkit.auditing.hunting.questions import Question
from claimkit.tasks import Group
from claimkit.tasks.places import first_place, last_place

MOST_STREAMS = 4096
"""Streams, one per query and set of places, that are merged into one."""


def in_order(domain: Domain, alphabet: Sequence[int]) -> Iterator[Question]:
    """Yield a domain's questions that are made of some symbols only, the simplest first.

    Args:
        domain: Whose questions.
        alphabet: Ascending symbols of the domain.

    Yields:
        All there are; but contexts only up to the length at which queries can stand in more than
        :data:`MOST_STREAMS` ways, of which none ever comes early enough to be asked.
    """
    for length in range(domain.shortest, domain.longest + 1):
        if not domain.group.is_retrieval:
            yield from _sources(domain.group, alphabet, length)
            continue
        places = place_sets(domain.group, length)
        if len(places) * len(alphabet) > MOST_STREAMS:
            return
        streams = [
            _contexts(query, some, alphabet, length) for query in alphabet for some in places
        ]
        yield from merge(*streams, key=lambda question: question.simplicity)


def place_sets(group: Group, length: int) -> list[tuple[int, ...]]:
    """Return all sets of places at which a context of this length can hold its query."""
    places = range(first_place(group), last_place(group, length) + 1)
    if group is Group.UNIQUE_RETRIEVAL:
        return [(place,) for place in places]
    sizes = range(2, (len(places) + 1) // 2 + 1)
    every = (some for size in sizes for some in combinations(places, size))
    return [some for some in every if all(b - a > 1 for a, b in pairwise(some))]


def _contexts(
    query: int, places: tuple[int, ...], alphabet: Sequence[int], length: int
) -> Iterator[Question]:
    """Yield the contexts that hold this query at these places, in order."""
    others = [symbol for symbol in alphabet if symbol != query]
    free = [place for place in range(length) if place not in places]
    context = [query] * length
    for symbols in product(others, repeat=len(free)):
        for place, symbol in zip(free, symbols, strict=True):
            context[place] = symbol
        yield Question(tuple(context), query)


def _sources(group: Group, alphabet: Sequence[int], length: int) -> Iterator[Question]:
    """Yield the sources of this length, in order."""
    if group is Group.UNIQUE_COPYING:
        yield from map(Question, permutations(alphabet, length))
        return
    for source in product(alphabet, repeat=length):
        if len(set(source)) < length:
            yield Question(source)
