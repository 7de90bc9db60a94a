"""All questions of a task, by length, and all of them up to the names of their symbols.

A program that names no symbol and does not order them treats all symbols alike. What it does with
a question depends only on which places hold the same symbol, and on the size of the alphabet. So
one question stands for all that differ in names: the one in which the i-th new symbol is the i-th
of the alphabet (a *restricted growth string*).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, permutations, product
from math import perm
from typing import Final

from claimkit.crasp.laws.forms import Form, RetrievalForm, Word
from claimkit.crasp.operations import AnySymbol, EverySymbol, SumOver
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.rewriting import places
from claimkit.errors import InvalidQuestion
from claimkit.tasks import FILLER, Language

DISTINCT: Final = frozenset({"UF", "UB", "Sort", "Copy Unique"})
"""Tasks whose questions have no symbol twice."""
_MOST: Final = 2**14
_LONGEST: Final = 40


def letters(count: int) -> Word:
    """Return so many symbols: a … z, A … Z, then s52, s53 and so on.

    >>> letters(4)
    ('a', 'b', 'c', 'd')
    """
    simple = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return (*simple[:count], *(f"s{number}" for number in range(len(simple), count)))


def strides(form: Form | Language) -> int:
    """Return how far Strided Copy steps; 1 for any other task."""
    return int(form.name.rpartition(" ")[2]) if form.name.startswith("Strided Copy") else 1


def distinct(form: Form | Language) -> bool:
    """Whether the task's questions have no symbol twice, fillers apart."""
    return form.name in DISTINCT or strides(form) > 1


def inputs(form: Form | Language, symbols: Word) -> Word:
    """Return the symbols of which questions are made: Parity's e and o only answer."""
    if form.name == "Parity":
        return tuple(symbol for symbol in symbols if symbol in ("0", "1"))
    return tuple(symbol for symbol in symbols if symbol != FILLER or strides(form) == 1)


def usual_length(form: Form | Language) -> int:
    """Return up to which length all questions are tried.

    7, as the claims say; with a task's own alphabet of k symbols as long as there are at most
    16,384 strings of that length, and at most 40.
    """
    if form.alphabet is None:
        return 7
    size = len(inputs(form, form.alphabet))
    lengths = (n for n in range(_LONGEST, 0, -1) if size**n <= _MOST)
    return next(lengths)


def how_many(form: Form | Language, symbols: Word, length: int, by_pattern: bool = False) -> int:
    """Return how many strings are gone through for the questions of up to a length.

    Args:
        form: Of the task.
        symbols: The alphabet.
        length: The greatest.
        by_pattern: Whether one string stands for all that differ in names only.

    >>> from claimkit.crasp.laws.forms import form_of
    >>> how_many(form_of("NF"), ("a", "b"), 3), how_many(form_of("NF"), ("a", "b"), 3, True)
    (14, 8)
    """
    size = len(inputs(form, symbols))
    query = isinstance(form, RetrievalForm)
    lengths = range(1, length + 1)
    if by_pattern:
        return sum(map(_bell, (number + query for number in lengths)))
    if distinct(form):
        return sum(perm(size, number) for number in lengths)
    return sum(size ** (number + query) for number in lengths)


def _bell(length: int) -> int:
    """Return how many patterns of equal and different symbols there are."""
    row = [1]
    for _ in range(length - 1):
        row = list(accumulate(row, initial=row[-1]))
    return row[-1]


def questions(form: Form, symbols: Word, length: int) -> Iterator[Word]:
    """Yield all well-formed questions of one length over an alphabet, in its order.

    Args:
        form: Of the task.
        symbols: The alphabet.
        length: Symbols of the context, source or input; the query and fillers not counted.
    """
    made_of = inputs(form, symbols)
    if distinct(form):
        fillers = (FILLER,) * (strides(form) - 1)
        candidates = ((*fillers, *drawn) for drawn in permutations(made_of, length))
    else:
        extra = 1 if isinstance(form, RetrievalForm) else 0
        candidates = (tuple(drawn) for drawn in product(made_of, repeat=length + extra))
    return (question for question in candidates if _answered(form, question, symbols))


def words(language: Language, length: int) -> Iterator[Word]:
    """Yield all words of one length over a language's alphabet, in its order."""
    return product(language.alphabet, repeat=length)


def patterns(form: Form, symbols: Word, length: int) -> Iterator[Word]:
    """Yield well-formed questions of one length, one for all that differ in names only.

    Args:
        form: Of a task for which all symbols are alike.
        symbols: The alphabet; with one symbol more than the length, no pattern is missing.
        length: As for :func:`questions`.
    """
    if distinct(form):
        candidates: Iterator[Word] = iter([symbols[:length]])
    else:
        extra = 1 if isinstance(form, RetrievalForm) else 0
        grown = _grown(length + extra, len(symbols))
        candidates = (tuple(symbols[number] for number in numbers) for numbers in grown)
    return (question for question in candidates if _answered(form, question, symbols))


def symmetric(program: Program, form: Form | Language) -> bool:
    """Whether a program and its task treat all symbols of every alphabet alike."""
    if form.name == "Sort" or strides(form) > 1 or form.alphabet or program.alphabet:
        return False
    return not any(map(_ordered, program.definitions))


def _answered(form: Form, question: Word, symbols: Word) -> bool:
    try:
        form.answer(question, symbols)
    except InvalidQuestion:
        return False
    return True


def _grown(length: int, symbols: int) -> Iterator[tuple[int, ...]]:
    """Yield the restricted growth strings: each entry is at most one above all before it."""
    if length == 0:
        yield ()
        return
    for front in _grown(length - 1, symbols):
        for last in range(min(max(front, default=-1) + 2, symbols)):
            yield (*front, last)


def _ordered(line: Definition) -> bool:
    """Whether ``<`` between indices stands somewhere in a line."""
    binders = (
        place.operation.binder
        for place in places(line.body)
        if isinstance(place.operation, AnySymbol | EverySymbol | SumOver)
    )
    return any(constraint.relation == "<" for binder in binders for constraint in binder.where)
