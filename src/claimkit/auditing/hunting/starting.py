"""Starts of a search: strings drawn by Hypothesis, whose mutations fill the batches.

A strategy draws a length, a pool of symbols and the symbols themselves; a small pool gives strings
with many repeats, which uniform strings hardly have. All draws are made of fair coins: other
strategies of Hypothesis favour constants that occur in whatever modules are loaded, and two
processes could then hunt differently.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from random import Random
from typing import TYPE_CHECKING

from claimkit.auditing.hunting.domain import Domain
from claimkit.auditing.hunting.questions import Question
from claimkit.auditing.indices import drawn_examples

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

SEED_BITS = 32

MOST_COINS = 4096
"""Coins of one draw; Hypothesis refuses to draw twice as many."""


def drawn_starts(domain: Domain, count: int, seed: int) -> list[Question]:
    """Return at most ``count`` different questions, the same in every process.

    Args:
        domain: What to draw from.
        count: Examples that Hypothesis draws; it may draw a question twice.
        seed: Of the draws.
    """
    return list(dict.fromkeys(drawn_examples(questions(domain), count, seed)))


def questions(domain: Domain) -> SearchStrategy[Question]:
    """Return a strategy for the questions of a domain.

    All of them can be drawn, up to the length that :data:`MOST_COINS` suffice for; what is longer
    goes on with symbols that follow from the drawn seed.
    """
    from hypothesis import strategies

    widths = [_width(domain.longest), _width(domain.symbols), SEED_BITS]
    room = (MOST_COINS - sum(widths)) // max(1, _width(domain.symbols))
    widths += [_width(domain.symbols)] * min(domain.longest, room)
    # One list of coins: a list for every number takes Hypothesis four times as long.
    coins = strategies.lists(strategies.booleans(), min_size=sum(widths), max_size=sum(widths))
    return coins.map(lambda drawn: _question(domain, _numbers(drawn, widths)))


def _width(bound: int) -> int:
    """Return the coins that it takes to draw one of so many numbers."""
    return (bound - 1).bit_length()


def _numbers(coins: list[bool], widths: list[int]) -> Iterator[int]:
    """Read the coins as binary numbers of these widths."""
    rest = iter(coins)
    for width in widths:
        yield sum(coin << place for place, coin in enumerate(islice(rest, width)))


def _question(domain: Domain, numbers: Iterator[int]) -> Question:
    """Return the question that these numbers stand for.

    Numbers are taken modulo what is needed and are not quite uniform; no rate is measured on them.
    """
    length = domain.shortest + next(numbers) % (domain.longest - domain.shortest + 1)
    pool = 1 + next(numbers) % domain.symbols
    random = Random(next(numbers))
    kinds = random.sample(range(domain.symbols), pool)
    context = [kinds[place % pool] for place in islice(numbers, length)]
    context += random.choices(kinds, k=length - len(context))
    query = random.choice(context) if domain.group.is_retrieval else None
    return domain.repaired(context, query, random)
