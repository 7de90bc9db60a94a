"""A program that says what another would say after some more symbols.

If P is a program and s = s_1 … s_m a fixed string, there is a program whose lines have at every
position i of a string u the value that P's lines have at the end of u_1 … u_i s. For every line X
and k ≤ m it has a line for "X, after s_1 … s_k more": the suffix's own contributions to counts are
added, local windows reach back over it, and residues of positions are shifted. So
C-RASP[periodic, local] is closed under *asking ahead*, and a program that answers questions
``u | q`` gives one that reads u alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from itertools import count

from claimkit.crasp.operations import (
    FALSE,
    Add,
    Conditional,
    Count,
    Initial,
    Number,
    One,
    Operation,
    Periodic,
    Ref,
    Symbol,
    Top,
)
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.reductions.lines import rebuilt
from claimkit.crasp.running.expanding import expand
from claimkit.crasp.symbols import Alphabet
from claimkit.crasp.windows import Everywhere, Local, Window


def after(program: Program, alphabet: Alphabet, suffix: Sequence[str]) -> Program:
    """Return a program that at i says what another says at the end of u_1 … u_i and a suffix.

    Args:
        program: Any.
        alphabet: Of the strings.
        suffix: Symbols, special or of the alphabet; may be empty.

    Returns:
        A program over the alphabet, without families. A line of ``program``, expanded, keeps its
        name; the lines for shorter suffixes have names of their own.

    Raises:
        InvalidString: If the suffix has a symbol that the alphabet lacks.
    """
    _ = alphabet.encode(suffix)
    flat = expand(program, alphabet)
    ahead = _Ahead(flat, suffix)
    lines = (
        Definition(ahead.name(line.name, more), (), ahead.line(line, more))
        for more in range(len(suffix) + 1)
        for line in flat.definitions
    )
    return Program(program.name, tuple(lines), alphabet.symbols)


class _Ahead:
    """The lines of a flat program, so many symbols of a suffix later."""

    def __init__(self, flat: Program, suffix: Sequence[str]) -> None:
        self._suffix = tuple(suffix)
        names = [line.name for line in flat.definitions]
        marks = (f"+{'′' * primes}" for primes in count())
        self._mark = next(mark for mark in marks if not any(mark in name for name in names))

    def name(self, name: str, more: int) -> str:
        """Return what a line is called: by its own name once the suffix is complete."""
        return name if more == len(self._suffix) else f"{name}{self._mark}{more}"

    def line(self, line: Definition, more: int) -> Operation:
        """Return a line's value after the first so many symbols of the suffix."""

        def change(operation: Operation) -> Operation | None:
            match operation:
                case Ref():
                    return self._value(operation, more)
                case Initial(symbol=Symbol(symbol)) if more:
                    return Top() if symbol == self._suffix[more - 1] else FALSE
                case Periodic(period, residues):
                    return Periodic(period, {(residue - more) % period for residue in residues})
                case Count(Ref() as body, window):
                    return self._count(line, body, window, more)
            return None

        return rebuilt(line.body, change)

    def _value(self, ref: Ref, more: int) -> Ref:
        return replace(ref, name=self.name(ref.name, more))

    def _count(self, line: Definition, body: Ref, window: Window, more: int) -> Operation:
        """Return a count: what it is in the string itself, and what the suffix adds."""
        if isinstance(window, Everywhere):
            if not more:
                return Count(self._value(body, 0))
            return Add(Ref(self.name(line.name, more - 1)), self._one_if(body, more))
        inside = [more - distance for distance in window.distances if distance < more]
        back = [distance - more for distance in window.distances if distance >= more]
        terms: list[Operation] = [self._one_if(body, place) for place in inside]
        if back:
            terms.append(Count(self._value(body, 0), Local(back)))
        return reduce(Add, terms)

    def _one_if(self, body: Ref, place: int) -> Operation:
        return Conditional(self._value(body, place), One(), Number(0))
