"""Covering strings: long strings of different symbols that meet many conditions at once.

A flaw that shows only where two conditions meet gives the search no slope, so it has to be met by
chance, and the best chance is a string in which much comes together: each of its symbols precedes
all that follow. The strings of one round cover every triple (u, s, t) in which u stands first and s
before t: the alphabet is dealt into hands, every two hands fill one string behind every u, once as
they are and once turned round. Rounds differ in how the alphabet is dealt.

Source: sequence covering arrays, Kuhn et al. 2012, "Combinatorial Methods for Event Sequence
Testing", ICST; here with hands instead of a greedy choice, which takes more strings and no time.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, cycle, islice
from math import gcd
from random import Random

from claimkit.auditing.hunting.domain import Domain
from claimkit.auditing.hunting.questions import Question
from claimkit.tasks import Group
from claimkit.tasks.places import first_place, last_place

UNIQUE = (Group.UNIQUE_RETRIEVAL, Group.UNIQUE_COPYING)


def covering_strings(domain: Domain, random: Random) -> Iterator[Question]:
    """Yield questions of the longest length, round after round, without end."""
    while True:
        yield from one_round(domain, random)


def one_round(domain: Domain, random: Random) -> Iterator[Question]:
    """Yield one round, its strings in an order in which any part covers its share."""
    everyone = list(range(domain.symbols))
    random.shuffle(everyone)
    # One place is the first symbol's; a repeated query, or a repeat, takes another one.
    room = domain.longest - (1 if domain.group in UNIQUE else 2)
    size = max(1, room // 2)
    hands = [everyone[i : i + size] for i in range(0, len(everyone), size)]
    pairs = list(combinations(hands, 2)) or [(everyone, [])]
    for number in _strides(2 * len(pairs) * len(everyone), random):
        rest, turned = divmod(number, 2)
        which, first = divmod(rest, len(everyone))
        dealt = [symbol for hand in pairs[which] for symbol in hand]
        # Whatever is not dealt fills up behind; a small alphabet comes round again.
        order = dict.fromkeys([first, *(dealt[::-1] if turned else dealt), *everyone])
        yield _asked(domain, list(islice(cycle(order), room + 1)), random)


def _strides(count: int, random: Random) -> Iterator[int]:
    """Yield 0 … count − 1 in steps of a random size; a shuffled list could take much memory."""
    step = random.randrange(1, count + 1)
    while gcd(step, count) > 1:
        step = random.randrange(1, count + 1)
    start = random.randrange(count)
    yield from ((start + step * i) % count for i in range(count))


def _asked(domain: Domain, symbols: list[int], random: Random) -> Question:
    """Return a question that holds all these symbols."""
    group, query = domain.group, None
    if group is Group.NON_UNIQUE_COPYING:
        symbols = [*symbols, random.choice(symbols)]
    if group.is_retrieval:
        first, last = first_place(group), last_place(group, domain.longest)
        place = random.randint(first, last if group in UNIQUE else last - 2)
        query = symbols[place]
        if group not in UNIQUE:
            symbols.insert(random.randint(place + 2, last), query)
    return domain.repaired(symbols, query, random)
