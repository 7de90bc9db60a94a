"""Neighbours: questions that are a little simpler than another one, for the minimizer.

All functions yield candidates that may be no questions of the group, or no simpler; the minimizer
sorts them out. :func:`shorter` and :func:`lower` together hold every single deletion and every
single lowering of a symbol; whatever else they hold makes the way shorter or leads out of dead
ends, which two edits at once do.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations
from random import Random

from claimkit.auditing.hunting.questions import Question

WIDE = 24
"""Contexts of more symbols have too many pairs of places to try them all."""


def shorter(question: Question) -> Iterator[Question]:
    """Yield questions with some symbols left out, the shortest first."""
    context, query, length = question.context, question.query, len(question.context)
    for start, stop in _blocks(length):
        yield Question(context[:start] + context[stop:], query)
    if query is not None:
        for asked in sorted(set(context) - {query}):
            yield Question(tuple(symbol for symbol in context if symbol != query), asked)


def _blocks(length: int) -> Iterator[tuple[int, int]]:
    """Yield start and stop of blocks of many sizes, the widest first; single places are all there.

    >>> list(_blocks(3))
    [(0, 2), (1, 3), (0, 1), (1, 2), (2, 3)]
    """
    sizes = {length * eighths // 8 for eighths in range(1, 8)} | {1, 2, 3, 4}
    for size in sorted(size for size in sizes if 0 < size < length)[::-1]:
        for start in range(0, length - size + 1, max(1, size // 4)):
            yield start, start + size


def two_at_once(question: Question) -> Iterator[Question]:
    """Yield questions with two places left out, or one that took another one's place before."""
    context, query = question.context, question.query
    if len(context) > WIDE:
        return
    for one, two in combinations(range(len(context)), 2):
        yield Question(context[:one] + context[one + 1 : two] + context[two + 1 :], query)
    for source, target in permutations(range(len(context)), 2):
        moved = list(context)
        moved[target] = context[source]
        del moved[source]
        yield Question(tuple(moved), query)


def subsequences(
    question: Question, shortest: int, count: int, random: Random
) -> Iterator[Question]:
    """Yield random parts of a question in their order, about as many of each short length.

    Args:
        question: Kept are its query and, at least twice if it repeats, the query's occurrences.
        shortest: The least length.
        count: Parts wanted.
        random: Drawn from.
    """
    context, query = question.context, question.query
    there = [place for place, symbol in enumerate(context) if symbol == query]
    rest = [place for place, symbol in enumerate(context) if symbol != query]
    lengths = range(shortest, min(len(context), shortest + 8))
    for number in range(count if lengths else 0):
        length = lengths[number % len(lengths)]
        kept = random.sample(there, min(len(there), 2))
        kept += random.sample(rest, min(len(rest), max(0, length - len(kept))))
        yield Question(tuple(context[place] for place in sorted(kept)), query)


def lower(question: Question, symbols: int) -> Iterator[Question]:
    """Yield questions of the same length whose symbols are smaller, the boldest steps first."""
    yield from _renamed(question)
    yield from _filled(question)
    yield from _rearranged(question)
    yield from _asked_otherwise(question)
    yield from _single(question, symbols)


def _renamed(question: Question) -> Iterator[Question]:
    """Yield the question with its symbols numbered as they come, all but at most two of them."""
    kinds = list(dict.fromkeys(question.context))
    for kept in ((), *combinations(kinds, 1), *combinations(kinds[:WIDE], 2)):
        free = (symbol for symbol in range(len(kinds) + len(kept)) if symbol not in kept)
        names = {symbol: symbol if symbol in kept else next(free) for symbol in kinds}
        yield _mapped(question, names)


def _mapped(question: Question, names: dict[int, int]) -> Question:
    context = tuple(names.get(symbol, symbol) for symbol in question.context)
    query = question.query
    return Question(context, query if query is None else names.get(query, query))


def _filled(question: Question) -> Iterator[Question]:
    """Yield the question with blocks of it made one small symbol, the query left alone."""
    context, query = question.context, question.query
    for filler in (0, 1):
        for start, stop in [(0, len(context)), *_blocks(len(context))]:
            middle = (symbol if symbol == query else filler for symbol in context[start:stop])
            yield Question((*context[:start], *middle, *context[stop:]), query)


def _rearranged(question: Question) -> Iterator[Question]:
    """Yield the question in ascending order, with places exchanged, and with symbols moved on."""
    context, query = question.context, question.query
    yield Question(tuple(sorted(context)), query)
    if len(context) > WIDE:
        return
    for one, two in combinations(range(len(context)), 2):
        swapped = list(context)
        swapped[one], swapped[two] = context[two], context[one]
        yield Question(tuple(swapped), query)
        for filler in (0, 1):
            moved = list(context)
            moved[one], moved[two] = filler, context[one]
            yield Question(tuple(moved), query)


def _asked_otherwise(question: Question) -> Iterator[Question]:
    """Yield the question about a small symbol instead, its own query moved to another place."""
    context, query = question.context, question.query
    if query is None:
        return
    for asked, other in permutations(range(3), 2):
        names = {query: asked, asked: other}
        renamed = _mapped(question, names).context
        yield Question(renamed, asked)
        for place in range(len(context)):
            yield Question((*renamed[:place], query, *renamed[place + 1 :]), asked)


def _single(question: Question, symbols: int) -> Iterator[Question]:
    """Yield the question with one place, or one symbol wherever it stands, made smaller."""
    context, query = question.context, question.query
    for place, symbol in enumerate(context):
        for smaller in range(symbol):
            yield Question((*context[:place], smaller, *context[place + 1 :]), query)
    kinds = sorted(set(context) | ({query} if query is not None else set()))
    for symbol in kinds:
        for smaller in range(symbol):
            yield _mapped(question, {symbol: smaller})
            yield _mapped(question, {symbol: smaller, smaller: symbol})
    if query is not None:
        for asked in range(min(query, symbols)):
            yield Question(context, asked)
