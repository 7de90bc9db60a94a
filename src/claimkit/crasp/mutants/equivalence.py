"""Where two programs differ: on all strings whatever, not only on those of a task.

A string here is any sequence of symbols, ``$``, ``|`` and ``#`` included, in any order.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt

from claimkit.crasp.laws.forms import Word
from claimkit.crasp.program import Program
from claimkit.crasp.running.interpreting import evaluate
from claimkit.crasp.symbols import SPECIAL, Alphabet

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

OUTPUTS: Final = ("NEXT", "ACCEPT", "MAY")
"""The lines that are what a program says; the others are its own affair."""
LENGTH: Final = 64
"""Of long strings."""
OFFSETS: Final = (0, 1, 2)
"""What is added to the numbers of positions, in turn."""
_MOST: Final = 40_000


def first_difference(left: Program, right: Program, alphabet: Alphabet) -> Word | None:
    """Return a shortest string after which two programs say different things.

    Tried are all strings up to :func:`length_of_all`, and long ones: one symbol again and again,
    with anything short before and behind it.

    Args:
        left: Any.
        right: With the same outputs.
        alphabet: Of the strings, to which the special symbols come.

    Returns:
        None if they agree after all of these strings, wherever positions are numbered from.

    Raises:
        InvalidProgram: If the alphabet is not the programs'.
    """
    short = product(range(len(alphabet.tokens)), repeat=length_of_all(len(alphabet)))
    for strings in (short, _long(len(alphabet.tokens))):
        tokens = np.array(list(strings))
        found = [_difference(left, right, alphabet, tokens, offset) for offset in OFFSETS]
        if different := [word for word in found if word is not None]:
            return min(different, key=len)
    return None


def length_of_all(symbols: int) -> int:
    """Return up to which length all strings over so many symbols and the special ones are tried.

    >>> [length_of_all(symbols) for symbols in (1, 2, 3, 4, 5)]
    [7, 6, 5, 5, 5]
    """
    return next(n for n in range(9, 0, -1) if (symbols + len(SPECIAL)) ** n <= _MOST)


def _long(tokens: int) -> Iterator[tuple[int, ...]]:
    ends = [end for length in range(3) for end in product(range(tokens), repeat=length)]
    for front, symbol, back in product(ends, range(tokens), ends):
        yield (*front, *[symbol] * (LENGTH - len(front) - len(back)), *back)


def _difference(
    left: Program, right: Program, alphabet: Alphabet, tokens: Ints, offset: int
) -> Word | None:
    """Return the shortest beginning of one of some strings after which two programs differ."""
    one, other = (_outputs(program, alphabet, tokens, offset) for program in (left, right))
    rows, ends = np.nonzero((one != other).any(axis=1))
    if not len(ends):
        return None
    end = int(ends.min())
    return tuple(alphabet.decode(tokens[rows[ends == end][0], : end + 1].tolist()))


def _outputs(program: Program, alphabet: Alphabet, tokens: Ints, offset: int) -> Bools:
    """Return what a program says, bool ``(string, line and indices, position)``."""
    trace = evaluate(program, alphabet, tokens, offset=offset)
    lines = [line.key for line in program.definitions if line.name in OUTPUTS]
    strings, positions = tokens.shape
    values = [trace[key].reshape(strings, -1, positions).astype(np.bool_) for key in lines]
    return np.concatenate(values, axis=1)
