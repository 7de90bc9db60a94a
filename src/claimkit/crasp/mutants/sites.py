"""Where an operation of a program can be changed, and what is known there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

from claimkit.crasp.checking import lines_for
from claimkit.crasp.operations import (
    Add,
    Conditional,
    Count,
    Number,
    One,
    Ref,
    Subtract,
    SumOver,
    Symbol,
    Term,
    Variable,
)
from claimkit.crasp.program import Definition, Kind, Program
from claimkit.crasp.rewriting import Place
from claimkit.crasp.symbols import SPECIAL

_COUNTS: Final = (Count, Conditional, Add, Subtract, One, Number, SumOver)


@final
@dataclass(frozen=True)
class Site:
    """A place, and the program that it is in.

    Attributes:
        program: The whole.
        earlier: The lines before the one of the place; it can use these.
        place: Where something is to change.
    """

    program: Program
    earlier: tuple[Definition, ...]
    place: Place

    @property
    def kind(self) -> Kind:
        """Whether the operation is Boolean or a count."""
        operation = self.place.operation
        if isinstance(operation, Ref):
            return self.program.kind(lines_for(self.earlier, operation)[0].key)
        return "count" if isinstance(operation, _COUNTS) else "boolean"

    def others(self, term: Term) -> Iterator[Term]:
        """Yield all terms that could stand in the stead of one: indices in scope, and symbols."""
        symbols = (*SPECIAL, *(self.program.alphabet or ()))
        terms: tuple[Term, ...] = (*map(Variable, self.place.scope), *map(Symbol, symbols))
        return (other for other in terms if other != term)
