"""Spelling programs out: no families, no sugar, one core operation a line.

What is short for something is written as what it is short for:

==================  ==============================================
P₁ ∨ P₂             ¬(¬P₁ ∧ ¬P₂)
∃[…] P              1 ≤ #[…] P
C₁ < C₂             ¬(C₂ ≤ C₁)
C₁ = C₂             (C₁ ≤ C₂) ∧ (C₂ ≤ C₁)
0, 5, −2            1 − 1, ((1 + 1) + (1 + 1)) + 1, 0 − (1 + 1)
⋁, ⋀, ∑             ∨, ∧, + of all members; ¬⊤, ⊤, 0 of none
==================  ==============================================
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import final

from claimkit.crasp.operations import (
    Add,
    And,
    AnySymbol,
    AtMost,
    Binder,
    Compare,
    Conditional,
    Constraint,
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
    Relation,
    Subtract,
    Sugar,
    SumOver,
    Symbol,
    Term,
    Top,
    number,
)
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.running.inputs import check_alphabet
from claimkit.crasp.symbols import Alphabet

Environment = Mapping[str, str]
"""What symbol each bound index is."""


def expand(program: Program, alphabet: Alphabet) -> Program:
    """Return a program spelled out for one alphabet.

    A line ``BIGRAM[a,b]`` becomes one line for all symbols, named as in ``BIGRAM[0,1]``; lines for
    parts of it are named after it, as ``BIGRAM[0,1].2``, and after their value where that is
    shorter, as ``Q[0]``. An operation that occurs twice becomes one line.

    Args:
        program: Any.
        alphabet: Σ.

    Returns:
        Lines without indices, each one core operation of earlier lines.

    Raises:
        InvalidProgram: If the program is for another alphabet.
    """
    check_alphabet(program, alphabet)
    lines = _Lines(program, alphabet)
    for definition in program.definitions:
        for environment in environments(definition, alphabet):
            lines.define(definition, environment)
    return Program(program.name, tuple(lines.written), alphabet.symbols)


def environments(definition: Definition, alphabet: Alphabet) -> Iterator[Environment]:
    """Yield what the indices of a line can be, the first one changing slowest."""
    chosen: list[dict[str, str]] = [{}]
    for name in definition.variables:
        chosen = [{**so_far, name: symbol} for so_far in chosen for symbol in alphabet.symbols]
    yield from chosen


def member_name(name: str, indices: tuple[Term, ...], environment: Environment) -> str:
    """Return the name of one member of a family, such as ``BIGRAM[0,1]``."""
    if not indices:
        return name
    return f"{name}[{','.join(symbol_of(term, environment) for term in indices)}]"


def symbol_of(term: Term, environment: Environment) -> str:
    """Return the symbol that an index is."""
    return term.symbol if isinstance(term, Symbol) else environment[term.name]


def members(binder: Binder, environment: Environment, alphabet: Alphabet) -> list[Environment]:
    """Return what the bound indices are, for every symbol that a binder runs over."""
    found = ({**environment, binder.variable: symbol} for symbol in alphabet.symbols)
    return [inside for inside in found if all(_meets(c, inside, alphabet) for c in binder.where)]


def _meets(constraint: Constraint, environment: Environment, alphabet: Alphabet) -> bool:
    left = symbol_of(constraint.left, environment)
    right = symbol_of(constraint.right, environment)
    if constraint.relation == "<":
        return alphabet.codes[left] < alphabet.codes[right]
    return (left == right) == (constraint.relation == "=")


@final
class _Lines:
    """The lines written so far."""

    def __init__(self, program: Program, alphabet: Alphabet) -> None:
        self.written: list[Definition] = []
        self._program = program
        self._alphabet = alphabet
        self._refs: dict[Operation, Ref] = {}
        self._names = {
            member_name(line.name, line.indices, environment)
            for line in program.definitions
            for environment in environments(line, alphabet)
        }
        self._owner = ""
        self._source = 0
        self._parts = 0

    def define(self, definition: Definition, environment: Environment) -> None:
        """Write the lines of one member of a family, its own last."""
        self._owner = member_name(definition.name, definition.indices, environment)
        self._source = definition.line
        self._parts = 0
        operation = self._core(definition.body, environment)
        if isinstance(operation, Ref):
            # No core operation gives a value a second name, so one is used that changes nothing.
            boolean = self._program.kind(definition.key) == "boolean"
            same = And(operation, operation)
            operation = same if boolean else Conditional(self._ref(Top(), {}), operation, operation)
        self._write(self._owner, operation)

    def _write(self, name: str, operation: Operation) -> Ref:
        self.written.append(Definition(name, (), operation, self._source))
        return self._refs.setdefault(operation, Ref(name))

    def _ref(self, operation: Operation, environment: Environment) -> Ref:
        """Return the line for an operation, written now if there is none."""
        core = self._core(operation, environment)
        if isinstance(core, Ref):
            return core
        return self._refs.get(core) or self._write(self._part_name(operation, core), core)

    def _part_name(self, operation: Operation, core: Operation) -> str:
        match core:
            case _ if isinstance(operation, Number):
                name = f"{operation.value}"
            case Top():
                name = "⊤"
            case One():
                name = "1"
            case Initial(Symbol(symbol)):
                name = f"Q[{symbol}]"
            case _:
                self._parts += 1
                name = f"{self._owner}.{self._parts}"
        while name in self._names:
            name += "′"
        self._names.add(name)
        return name

    def _core(self, operation: Operation, environment: Environment) -> Operation:
        """Return a core operation of lines, or the line itself where one has the value already."""
        match operation:
            case Ref(name, indices):
                return Ref(member_name(name, indices, environment))
            case Initial(term):
                return Initial(Symbol(symbol_of(term, environment)))
            case Top() | One() | Periodic():
                return operation
            case Not(operand):
                return Not(self._ref(operand, environment))
            case Count(body):
                return replace(operation, body=self._ref(body, environment))
            case And() | AtMost() | Add() | Subtract():
                left = self._ref(operation.left, environment)
                return replace(operation, left=left, right=self._ref(operation.right, environment))
            case Conditional():
                condition = self._ref(operation.condition, environment)
                then = self._ref(operation.then, environment)
                return Conditional(condition, then, self._ref(operation.otherwise, environment))
            case _:
                return self._core(self._unsugared(operation, environment), environment)

    def _unsugared(self, operation: Sugar, environment: Environment) -> Operation:
        """Return what an operation is short for."""
        match operation:
            case Or(left, right):
                return Not(And(Not(left), Not(right)))
            case Exists(body, window):
                return AtMost(One(), Count(body, window))
            case Compare():
                left = self._ref(operation.left, environment)
                return _compared(left, operation.relation, self._ref(operation.right, environment))
            case Number(value):
                return self._sum_of_ones(value)
            case AnySymbol(binder, body):
                none = [Not(member) for member in self._members(binder, body, environment)]
                return Not(self._joined(And, none) or Top())
            case EverySymbol(binder, body):
                return self._joined(And, self._members(binder, body, environment)) or Top()
            case SumOver(binder, body):
                return self._joined(Add, self._members(binder, body, environment)) or Number(0)

    def _sum_of_ones(self, value: int) -> Operation:
        """Return a number other than 1; it is doubled together, so that large ones stay short."""
        if value == 0:
            return Subtract(One(), One())
        if value < 0:
            return Subtract(Number(0), number(-value))
        if value % 2:
            return Add(number(value - 1), One())
        half = self._ref(number(value // 2), {})
        return Add(half, half)

    def _members(self, binder: Binder, body: Operation, environment: Environment) -> list[Ref]:
        inside = members(binder, environment, self._alphabet)
        return [self._ref(body, one) for one in inside]

    def _joined(self, kind: type[And | Add], parts: Sequence[Operation]) -> Operation | None:
        """Return the conjunction or the sum of some lines; None if there is none."""
        joined: Operation | None = None
        for part in parts:
            # Line by line, so that large alphabets make no deep operations.
            joined = part if joined is None else kind(self._ref(joined, {}), self._ref(part, {}))
        return joined


def _compared(left: Ref, relation: Relation, right: Ref) -> Operation:
    """Return a comparison by ≤ alone."""
    match relation:
        case "<":
            return Not(AtMost(right, left))
        case ">":
            return Not(AtMost(left, right))
        case "≥":
            return AtMost(right, left)
        case "=":
            return And(AtMost(left, right), AtMost(right, left))
        case "≠":
            return Not(And(AtMost(left, right), AtMost(right, left)))
