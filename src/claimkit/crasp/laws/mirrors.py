"""The left programs as mirrors of the right ones.

Claim A5 says that direction makes no difference to what can be expressed. Where both tasks of a
pair have a program, more can be run: the left program does on a mirrored string what the right one
does on the string. What "mirrored" means differs by pair.

- UR, UL: the context reversed. This holds for all contexts, well-formed or not, and for the whole
  set of symbols that NEXT names.
- UF, UB: the source reversed, and the same answer behind it; again for all sources.
- NRFirst, NLFirst: the neighbours of every occurrence of the query exchanged. Reversal will not do:
  it turns the first occurrence into the last, so it maps NRFirst to NLLast, which has no program.

Source: arXiv:2505.21785, Theorem 2, which compares what can be expressed, and Lemmas 4, 5 and 7.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise, permutations, product
from typing import Final

import numpy as np

from claimkit.crasp.laws.cases import Bools, padded
from claimkit.crasp.laws.enumerating import letters
from claimkit.crasp.laws.forms import Word
from claimkit.crasp.laws.law import Law
from claimkit.crasp.library import program_of
from claimkit.crasp.program import Program
from claimkit.crasp.registry import expressibility
from claimkit.crasp.running.interpreting import next_tokens
from claimkit.crasp.symbols import BOS, SEP, Alphabet
from claimkit.errors import InvalidInput

APART: Final = 3
"""How far apart occurrences of a query have to be, so that no two share a neighbour."""


def mirror(right: str, left: str, symbols: int = 3, length: int = 7) -> Law:
    """Hold the left program of a pair on mirrored strings against the right one.

    Args:
        right: The right task's name.
        left: The left task's.
        symbols: Size of the alphabet.
        length: Most symbols of a context or source.

    Raises:
        InvalidInput: If the two are no pair of which both have a program.
    """
    laws = {
        ("UR", "UL"): reversed_contexts,
        ("NRFirst", "NLFirst"): exchanged_neighbours,
        ("UF", "UB"): reversed_sources,
    }
    if (right, left) not in laws:
        pairs = ", ".join(f"{one} and {other}" for one, other in laws)
        raise InvalidInput(
            f"{right} and {left} are no pair with a program for both tasks; these are: {pairs}"
        )
    return laws[right, left](program_of(right), program_of(left), symbols, length)


def reversed_contexts(
    right: Program, left: Program, symbols: int = 3, length: int = 7, *, posed: bool = False
) -> Law:
    """Law: on a reversed context the left program names what the right one does on the context.

    Args:
        right: Read on ``x1 … xN | q``.
        left: Read on ``xN … x1 | q``.
        symbols: Size of the alphabet.
        length: Most symbols of a context.
        posed: Whether contexts count only if the query occurs twice and not in last place, so
            that they are questions of NRFirst and their reversals of NLFirst; else all of them do.
    """
    alphabet = letters(symbols)
    pairs = (
        ((*context, SEP, query), (*reversed(context), SEP, query))
        for context, query in _contexts(alphabet, length)
        if not posed or (context.count(query) > 1 and context[-1] != query)
    )
    how = f"all {{:,}} contexts of up to {length} symbols over {' '.join(alphabet)} with a query"
    return _compared(right, left, alphabet, pairs, f"{right.name} and {left.name} reversed", how)


def exchanged_neighbours(right: Program, left: Program, symbols: int = 3, length: int = 7) -> Law:
    """Law: with all neighbours of the query exchanged, the left program names what the right does.

    Args:
        right: Read on ``x1 … xN | q``.
        left: Read on the same with the two neighbours of each q exchanged.
        symbols: Size of the alphabet.
        length: Most symbols of a context, in which the query has two neighbours wherever it stands
            and no two occurrences share one.
    """
    alphabet = letters(symbols)
    pairs = (
        ((*context, SEP, query), (*exchanged(context, query), SEP, query))
        for context, query in _contexts(alphabet, length)
        if _inside(context, query) and _apart(context, query)
    )
    how = (
        f"all {{:,}} contexts of up to {length} symbols over {' '.join(alphabet)} whose query's "
        f"occurrences are {APART} apart and at no edge"
    )
    label = f"{right.name} and {left.name} with neighbours exchanged"
    return _compared(right, left, alphabet, pairs, label, how)


def reversed_sources(right: Program, left: Program, symbols: int = 3, length: int = 7) -> Law:
    """Law: on a reversed source the left program goes through the same answer as the right one.

    All sources are tried, also with symbols twice, and all arrangements of distinct symbols. The
    answer is the source itself, as it stands in the right string.

    Args:
        right: Read from the separator on in ``$ x1 … xN | x1 … xN``.
        left: Read likewise in ``$ xN … x1 | x1 … xN``.
        symbols: Size of the alphabet of sources with repeats.
        length: Most symbols of a source.
    """
    alphabet = letters(max(symbols, length))
    sources = dict.fromkeys((*_words(alphabet[:symbols], length), *_arranged(alphabet, length)))
    pairs = (
        ((BOS, *source, SEP, *source), (BOS, *reversed(source), SEP, *source)) for source in sources
    )
    how = f"all {{:,}} sources of up to {length} symbols, of {symbols} or distinct ones"
    return _compared(right, left, alphabet, pairs, f"{right.name} and {left.name} reversed", how)


def same_expressibility(right: str, left: str) -> Law:
    """Law: of two tasks both have a program or neither has, which is all that Theorem 2 says."""
    one, other = expressibility(right), expressibility(left)
    agree = one.expressible == other.expressible
    return Law(
        f"{right} and {left}",
        f"not run, as published: {one.sentence}; {other.sentence}",
        "" if agree else f"{one.sentence}, but {other.sentence}",
    )


def exchanged(context: Word, query: str) -> Word:
    """Return a context with the two neighbours of every occurrence of a query exchanged.

    >>> "".join(exchanged(tuple("xqycdqe"), "q"))
    'yqxceqd'
    """
    swapped = list(context)
    for place in _places(context, query):
        swapped[place - 1], swapped[place + 1] = context[place + 1], context[place - 1]
    return tuple(swapped)


def _places(context: Word, query: str) -> list[int]:
    return [place for place, symbol in enumerate(context) if symbol == query]


def _inside(context: Word, query: str) -> bool:
    """Whether a query occurs, and at no edge."""
    return query in context[1:-1] and query not in (context[0], context[-1])


def _apart(context: Word, query: str) -> bool:
    """Whether no two occurrences of a query share a neighbour."""
    places = _places(context, query)
    return all(after - before >= APART for before, after in pairwise(places))


def _words(alphabet: Word, length: int) -> Iterator[Word]:
    for number in range(1, length + 1):
        yield from product(alphabet, repeat=number)


def _arranged(alphabet: Word, length: int) -> Iterator[Word]:
    for number in range(1, length + 1):
        yield from permutations(alphabet, number)


def _contexts(alphabet: Word, length: int) -> Iterator[tuple[Word, str]]:
    return ((context, query) for context in _words(alphabet, length) for query in alphabet)


def _compared(
    right: Program,
    left: Program,
    symbols: Word,
    pairs: Iterable[tuple[Word, Word]],
    label: str,
    how: str,
) -> Law:
    """Compare NEXT from the separator on, or where there is a query, at the query alone."""
    alphabet, listed = Alphabet(symbols), list(pairs)
    named = [
        _named(program, alphabet, [pair[side] for pair in listed])
        for side, program in enumerate((right, left))
    ]
    wrong = np.argwhere((named[0] != named[1]).any(axis=2))
    how = how.format(len(listed))
    if not len(wrong):
        return Law(label, how)
    row, step = wrong[0]
    shown = (_shown(alphabet, listed[row][side], step, named[side][row, step]) for side in (0, 1))
    return Law(label, how, ", but ".join(shown))


def _named(program: Program, alphabet: Alphabet, strings: list[Word]) -> Bools:
    """Return what NEXT names from the separator on, bool ``(string, step, token)``."""
    tokens = padded([alphabet.encode(string) for string in strings])
    first = [_first_read(string) for string in strings]
    steps = padded(
        [range(start, len(string)) for start, string in zip(first, strings, strict=True)]
    )
    return next_tokens(program, alphabet, tokens, steps)


def _first_read(string: Word) -> int:
    """Return the first position read: the separator of a copy, the query behind it otherwise."""
    return string.index(SEP) + (string[0] != BOS)


def _shown(alphabet: Alphabet, string: Word, step: int, holds: Bools) -> str:
    read = string[: _first_read(string) + step + 1]
    named = " ".join(np.asarray(alphabet.tokens)[holds]) or "nothing"
    return f"after {' '.join(read)!r} follows {named}"
