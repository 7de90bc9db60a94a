"""Algorithmic tasks: an input in, an answer of one or more symbols out.

A question is the input x_1 … x_L alone. What frames it is no part of it: in a string to be
continued it stands between ``$`` and ``|`` (after Addition's ``=`` there is no ``|``), and ``#``
follows the answer. Symbols are strings, so text is a sequence of one-character symbols.

Source: Huang et al. 2025, arXiv:2410.02140, the algorithmic tasks; Appendix G.7 for Strided Copy.
Differs: these are rules without samplers; alphabets may be larger than those the paper draws from.
Strided Copy's filler is written ``_`` and is a data symbol: the paper's ``#`` ends answers here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from re import fullmatch
from types import MappingProxyType
from typing import final

from claimkit.tasks.answering import Algorithmic, Word
from claimkit.tasks.naming import named

FILLER = "_"
"""What stands in front of Strided Copy's symbols, so that the first is ``step`` away from ``$``."""


@final
class Majority(Algorithmic):
    """Majority: the symbol that stands most often.

    >>> Majority().answer("banana")
    ('a',)
    """

    name = "Majority"

    def _answer(self, symbols: Word, known: Sequence[str] | None) -> Word:
        return (self._most_frequent(symbols, symbols),)


@final
class BinaryMajority(Algorithmic):
    """Binary Majority: the more frequent bit.

    >>> BinaryMajority().answer("01101")
    ('1',)
    """

    name = "Binary Majority"
    alphabet = ("0", "1")

    def _answer(self, symbols: Word, known: Sequence[str] | None) -> Word:
        return (self._most_frequent(symbols, symbols),)


@final
class BinaryMajorityInterleave(Algorithmic):
    """Binary Majority Interleave: the majority of every third bit, from the 1st, 2nd and 3rd on.

    >>> BinaryMajorityInterleave().answer("011010110")
    ('0', '1', '0')
    """

    name = "Binary Majority Interleave"
    alphabet = ("0", "1")
    shortest = 3

    def _answer(self, symbols: Word, known: Sequence[str] | None) -> Word:
        if len(symbols) % 3:
            self._refuse(symbols, "three streams of one length", f"has {len(symbols)} symbols")
        streams = (symbols[first::3] for first in range(3))
        return tuple(
            self._most_frequent(stream, symbols, f" in stream {number}")
            for number, stream in enumerate(streams)
        )


@final
class Sort(Algorithmic):
    """Sort: the same distinct symbols, ascending.

    >>> Sort().answer("cab")
    ('a', 'b', 'c')
    """

    name = "Sort"

    def _answer(self, symbols: Word, known: Sequence[str] | None) -> Word:
        self._refuse_repeats(symbols, symbols)
        return tuple(sorted(symbols, key=None if known is None else list(known).index))


@final
class CopyUnique(Algorithmic):
    """Copy Unique: the same distinct symbols, in the same order.

    >>> CopyUnique().answer("cab")
    ('c', 'a', 'b')
    """

    name = "Copy Unique"

    def _answer(self, symbols: Word, known: Sequence[str] | None) -> Word:
        self._refuse_repeats(symbols, symbols)
        return symbols


@final
class CopyRepeat(Algorithmic):
    """Copy Repeat: the same symbols, which may repeat, in the same order.

    >>> CopyRepeat().answer("abba")
    ('a', 'b', 'b', 'a')
    """

    name = "Copy Repeat"

    def _answer(self, symbols: Word, known: Sequence[str] | None) -> Word:
        return symbols


@final
class Parity(Algorithmic):
    """Parity: ``e`` for an even number of ones, ``o`` for an odd one.

    >>> Parity().answer("0110")
    ('e',)
    """

    name = "Parity"
    alphabet = ("0", "1", "e", "o")
    shortest = 0

    def _answer(self, symbols: Word, known: Sequence[str] | None) -> Word:
        if not {"0", "1"}.issuperset(symbols):
            self._refuse(symbols, "bits", "has an answer's symbol")
        return ("eo"[symbols.count("1") % 2],)


@final
class Addition(Algorithmic):
    """Addition: ``x+y=`` in binary, without leading zeros.

    >>> "".join(Addition().answer("11+1="))
    '100'
    """

    name = "Addition"
    alphabet = ("0", "1", "+", "=")
    shortest = 4

    def _answer(self, symbols: Word, known: Sequence[str] | None) -> Word:
        operand = "(0|1[01]*)"
        found = fullmatch(rf"{operand}\+{operand}=", "".join(symbols))
        if found is None:
            self._refuse(symbols, "x+y= in bits without leading zeros", "is of another form")
        return tuple(f"{int(found[1], 2) + int(found[2], 2):b}")


@final
@dataclass(frozen=True, repr=False)
class StridedCopy(Algorithmic):
    """Strided Copy k: every k-th of distinct symbols, from the first on; k − 1 fillers in front.

    >>> StridedCopy(3).answer("__abcde")
    ('a', 'd')
    """

    step: int

    @property
    def name(self) -> str:
        """As in the paper's appendix, with the step."""
        return f"Strided Copy {self.step}"

    def _answer(self, symbols: Word, known: Sequence[str] | None) -> Word:
        fillers = self.step - 1
        copied = symbols[fillers:]
        if symbols[:fillers] != (FILLER,) * fillers or FILLER in copied or not copied:
            self._refuse(symbols, f"{fillers} × {FILLER!r}, then other symbols", "has not")
        self._refuse_repeats(copied, symbols)
        return copied[:: self.step]


ALGORITHMIC: Mapping[str, Algorithmic] = MappingProxyType(
    {
        task.name: task
        for task in (
            BinaryMajority(),
            Majority(),
            BinaryMajorityInterleave(),
            Sort(),
            CopyUnique(),
            CopyRepeat(),
            Parity(),
            Addition(),
            StridedCopy(2),
            StridedCopy(3),
        )
    }
)
"""The tasks by name, in the paper's order."""


def algorithmic_named(called: str) -> Algorithmic:
    """Return the task of this name or key.

    Raises:
        UnknownTask: If there is none; the message offers the nearest name.
    """
    return named(called, ALGORITHMIC.values(), "algorithmic task")
