"""Checks that a list of lines is a program, and finds the kind of each line."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.operations import (
    Add,
    And,
    AnySymbol,
    AtMost,
    Binder,
    Compare,
    Conditional,
    Count,
    EverySymbol,
    Exists,
    Initial,
    Not,
    Number,
    One,
    Operation,
    Or,
    Periodic,
    Ref,
    Subtract,
    SumOver,
    Symbol,
    Term,
    Top,
    Variable,
    operands,
)
from claimkit.crasp.symbols import SPECIAL, Alphabet

if TYPE_CHECKING:
    from claimkit.crasp.program import Definition, Kind, Program

_KINDS: Final[dict[type, tuple[Kind, tuple[Kind, ...]]]] = {
    Initial: ("boolean", ()),
    Top: ("boolean", ()),
    Periodic: ("boolean", ()),
    Not: ("boolean", ("boolean",)),
    And: ("boolean", ("boolean", "boolean")),
    Or: ("boolean", ("boolean", "boolean")),
    AnySymbol: ("boolean", ("boolean",)),
    EverySymbol: ("boolean", ("boolean",)),
    Exists: ("boolean", ("boolean",)),
    AtMost: ("boolean", ("count", "count")),
    Compare: ("boolean", ("count", "count")),
    Count: ("count", ("boolean",)),
    Conditional: ("count", ("boolean", "count", "count")),
    Add: ("count", ("count", "count")),
    Subtract: ("count", ("count", "count")),
    SumOver: ("count", ("count",)),
    One: ("count", ()),
    Number: ("count", ()),
}
"""What an operation is, and what it is made of."""

Earlier = dict[str, list[tuple["Definition", "Kind"]]]
"""The lines before one, with their kinds, by name."""


def kinds_of(program: Program) -> dict[str, Kind]:
    """Return the kind of every line of a program, by key.

    Raises:
        InvalidProgram: Naming the first line that is none, and why.
    """
    if program.alphabet is not None:
        _ = Alphabet(program.alphabet)
    earlier: Earlier = {}
    kinds: dict[str, Kind] = {}
    for definition in program.definitions:
        kind = _Line(program, definition, earlier).kind()
        earlier.setdefault(definition.name, []).append((definition, kind))
        kinds[definition.key] = kind
    return kinds


def lines_for(lines: Iterable[Definition], ref: Ref) -> list[Definition]:
    """Return the lines that a reference means: none if it is unknown, several if it clashes."""
    return [line for line in lines if line.name == ref.name and _covers(line, ref.indices)]


class _Line:
    """One line, looked at with those before it."""

    def __init__(self, program: Program, definition: Definition, earlier: Earlier) -> None:
        self._program = program
        self._definition = definition
        self._earlier = earlier

    def kind(self) -> Kind:
        """Return the line's kind, or raise."""
        variables = self._definition.variables
        for name in sorted(variables):
            if variables.count(name) > 1:
                raise self._wrong(f"has the index {name!r} twice; give each index its own name")
        for term in self._definition.indices:
            self._check_term(term, frozenset(variables))
        self._check_new()
        return self._kind(self._definition.body, frozenset(variables))

    def _check_new(self) -> None:
        for line, _ in self._earlier.get(self._definition.name, ()):
            if len(line.indices) != len(self._definition.indices):
                raise self._wrong(f"has other indices than {line.title}; name it otherwise")
            if _overlap(line.indices, self._definition.indices):
                raise self._wrong(f"is defined already by {line.title}")

    def _kind(self, operation: Operation, bound: frozenset[str]) -> Kind:
        """Return an operation's kind, having looked at all that it is made of."""
        if isinstance(operation, Ref):
            return self._reference(operation, bound)
        if isinstance(operation, Initial):
            self._check_term(operation.symbol, bound)
        if isinstance(operation, AnySymbol | EverySymbol | SumOver):
            bound = self._bind(operation.binder, bound)
        kind, wanted = _KINDS[type(operation)]
        for operand, want in zip(operands(operation), wanted, strict=True):
            got = self._kind(operand, bound)
            if got != want:
                raise self._wrong(
                    f"has a {got} where {_name(operation)} needs a {want}"
                    + (f": {operand.name!r} is a {got}" if isinstance(operand, Ref) else "")
                )
        return kind

    def _reference(self, ref: Ref, bound: frozenset[str]) -> Kind:
        for term in ref.indices:
            self._check_term(term, bound)
        kinds = self._earlier.get(ref.name, ())
        named = [line for line, _ in kinds]
        if not named:
            raise self._wrong(self._unknown(ref.name))
        if any(len(line.indices) != len(ref.indices) for line in named):
            count = len(named[0].indices)
            raise self._wrong(
                f"uses {ref.name!r} with {len(ref.indices)} indices, but {named[0].title} has "
                f"{count}"
            )
        found = lines_for(named, ref)
        if not found:
            titles = ", ".join(line.title for line in named)
            raise self._wrong(f"uses {ref.name!r} at indices that no line covers; lines: {titles}")
        return next(kind for line, kind in kinds if line is found[0])

    def _unknown(self, name: str) -> str:
        known = list(self._earlier)
        if name == self._definition.name:
            return f"uses {name!r} itself; a line uses only earlier ones"
        if any(line.name == name for line in self._program.definitions):
            return f"uses {name!r} before it is defined; move that line up"
        near = get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        listed = ", ".join(known) or "none"
        return f"uses the unknown name {name!r}{hint} Earlier lines: {listed}"

    def _bind(self, binder: Binder, bound: frozenset[str]) -> frozenset[str]:
        if binder.variable in bound:
            raise self._wrong(
                f"binds the index {binder.variable!r} a second time; give it another name"
            )
        bound = bound | {binder.variable}
        for constraint in binder.where:
            for term in (constraint.left, constraint.right):
                self._check_term(term, bound)
                special = isinstance(term, Symbol) and term.symbol in SPECIAL
                if constraint.relation == "<" and special:
                    raise self._wrong("orders a special symbol; only symbols of Σ have an order")
        return bound

    def _check_term(self, term: Term, bound: frozenset[str]) -> None:
        """Refuse an index that nothing binds, and a symbol that the alphabet lacks."""
        if isinstance(term, Variable):
            if term.name not in bound:
                raise self._wrong(
                    f"uses the index {term.name!r}, which nothing binds; bound here: "
                    f"{', '.join(sorted(bound)) or 'none'} (a symbol is quoted: {term.name!r})"
                )
        elif term.symbol not in SPECIAL:
            if self._program.alphabet is None:
                raise self._wrong(
                    f"names the symbol {term.symbol!r}, so the program needs a line "
                    "'alphabet …' that lists its symbols"
                )
            if term.symbol not in self._program.alphabet:
                listed = " ".join(self._program.alphabet)
                raise self._wrong(f"names {term.symbol!r}, which is not in the alphabet {listed}")

    def _wrong(self, what: str) -> InvalidProgram:
        program = f" of {self._program.name}" if self._program.name else ""
        return InvalidProgram(f"{self._definition.title}{program} {what}")


def _name(operation: Operation) -> str:
    names: dict[type, str] = {
        Not: "¬",
        And: "∧",
        Or: "∨",
        AnySymbol: "⋁",
        EverySymbol: "⋀",
        Exists: "∃",
        AtMost: "≤",
        Count: "#",
        Conditional: "P ? C₁ : C₂",
        Add: "+",
        Subtract: "−",
        SumOver: "∑",
    }
    return operation.relation if isinstance(operation, Compare) else names[type(operation)]


def _covers(line: Definition, indices: tuple[Term, ...]) -> bool:
    """Whether a line is defined at some indices; a variable of theirs may be any symbol of Σ."""
    pairs = zip(line.indices, indices, strict=True)
    return all(
        own == given
        if isinstance(own, Symbol)
        else isinstance(given, Variable) or given.symbol not in SPECIAL
        for own, given in pairs
    )


def _overlap(left: tuple[Term, ...], right: tuple[Term, ...]) -> bool:
    """Whether two lines of one name define the same for some symbols."""

    def meet(a: Term, b: Term) -> bool:
        if isinstance(a, Symbol) and isinstance(b, Symbol):
            return a == b
        if isinstance(a, Symbol):
            return a.symbol not in SPECIAL
        return isinstance(b, Variable) or b.symbol not in SPECIAL

    return all(meet(a, b) for a, b in zip(left, right, strict=True))
