"""Mutations: from one string a batch of strings that are like it.

An edit returns symbols and query as they come, perhaps no question of the group any more;
:meth:`claimkit.auditing.hunting.domain.Domain.repaired` makes them one.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from claimkit.auditing.hunting.domain import Domain
from claimkit.auditing.hunting.questions import Question

Raw = tuple[list[int], int | None]
Edit = Callable[[Question, Question, int, Random], Raw]
"""(question, another question, symbols, random) → symbols of the context and query."""

TRIES = 4
"""Edits tried per mutation wanted; of short strings there are few."""


def mutations(
    question: Question, size: int, domain: Domain, random: Random, other: Question | None = None
) -> list[Question]:
    """Return up to ``size`` different questions, each one to three edits away from a question.

    Args:
        question: Where the mutations start; not among them.
        size: Mutations wanted; fewer are returned where there are no more.
        domain: What the mutations have to be questions of.
        random: Drawn from.
        other: What is spliced into the question; without one the question itself.
    """
    found: dict[Question, None] = {}
    for _ in range(TRIES * size):
        if len(found) == size:
            break
        mutated = question
        for _ in range(random.choice((1, 1, 2, 3))):
            edit = random.choice(EDITS)
            context, query = edit(mutated, other or question, domain.symbols, random)
            mutated = domain.repaired(context, query, random)
        if mutated != question:
            found[mutated] = None
    return list(found)


def substitute(question: Question, other: Question, symbols: int, random: Random) -> Raw:
    """Put a random symbol at a random place."""
    context = list(question.context)
    context[random.randrange(len(context))] = random.randrange(symbols)
    return context, question.query


def swap(question: Question, other: Question, symbols: int, random: Random) -> Raw:
    """Exchange two places, which may move the query's occurrence."""
    context = list(question.context)
    one, two = random.randrange(len(context)), random.randrange(len(context))
    context[one], context[two] = context[two], context[one]
    return context, question.query


def duplicate(question: Question, other: Question, symbols: int, random: Random) -> Raw:
    """Copy a symbol to another place."""
    context = list(question.context)
    context[random.randrange(len(context))] = random.choice(context)
    return context, question.query


def ask_another(question: Question, other: Question, symbols: int, random: Random) -> Raw:
    """Ask for another symbol, mostly one of the context."""
    if question.query is None:
        return swap(question, other, symbols, random)
    asked = random.choice((random.choice(question.context), random.randrange(symbols)))
    return list(question.context), asked


def delete(question: Question, other: Question, symbols: int, random: Random) -> Raw:
    """Leave out a block."""
    context = list(question.context)
    start, stop = _block(context, random)
    return context[:start] + context[stop:], question.query


def insert(question: Question, other: Question, symbols: int, random: Random) -> Raw:
    """Put a random symbol between two places."""
    context = list(question.context)
    context.insert(random.randrange(len(context) + 1), random.randrange(symbols))
    return context, question.query


def repeat_block(question: Question, other: Question, symbols: int, random: Random) -> Raw:
    """Write a block once more somewhere."""
    context = list(question.context)
    start, stop = _block(context, random)
    place = random.randrange(len(context) + 1)
    return context[:place] + context[start:stop] + context[place:], question.query


def turn_block(question: Question, other: Question, symbols: int, random: Random) -> Raw:
    """Turn a block round."""
    context = list(question.context)
    start, stop = _block(context, random)
    return context[:start] + context[start:stop][::-1] + context[stop:], question.query


def splice(question: Question, other: Question, symbols: int, random: Random) -> Raw:
    """Go on with the end of another string."""
    kept = random.randrange(len(question.context) + 1)
    start = random.randrange(len(other.context) + 1)
    return [*question.context[:kept], *other.context[start:]], question.query


def _block(context: list[int], random: Random) -> tuple[int, int]:
    """Return start and stop of a block, short ones being likelier than long ones."""
    width = min(len(context), 1 + int(random.expovariate(0.4)))
    start = random.randrange(len(context) - width + 1)
    return start, start + width


EDITS: tuple[Edit, ...] = (
    substitute,
    swap,
    duplicate,
    ask_another,
    delete,
    insert,
    repeat_block,
    turn_block,
    splice,
)
