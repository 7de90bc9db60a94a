"""Writes operations in some notation, with as few parentheses as the grammar needs.

What a notation has to say is how signs, names and brackets look; where parentheses go and what
positions are called is the same for all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import IntEnum
from typing import Final

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
    Term,
    Top,
)
from claimkit.crasp.program import Definition
from claimkit.crasp.text.positions import position_name
from claimkit.crasp.windows import Window


class Level(IntEnum):
    """How tightly an operation holds together, from the loosest."""

    CONDITIONAL = 0
    OR = 1
    AND = 2
    COMPARISON = 3
    SUM = 4
    PREFIX = 5
    ATOM = 6


_JOINED: Final[dict[type, tuple[str, Level]]] = {
    Or: ("∨", Level.OR),
    And: ("∧", Level.AND),
    Add: ("+", Level.SUM),
    Subtract: ("−", Level.SUM),
}
_COUNTED: Final[dict[type, str]] = {Count: "#", Exists: "∃"}
_BOUND: Final[dict[type, str]] = {AnySymbol: "⋁", EverySymbol: "⋀", SumOver: "∑"}


class Notation(ABC):
    """A way to write operations. Signs are asked for by their Unicode spelling."""

    @abstractmethod
    def sign(self, sign: str) -> str:
        """Return how an operator, ⊤, ⊥ or a relation looks."""

    @abstractmethod
    def applied(self, name: str, indices: tuple[Term, ...], position: str) -> str:
        """Return how the value of a line at a position looks."""

    @abstractmethod
    def periodic(self, position: str, phi: Periodic) -> str:
        """Return how φ looks."""

    @abstractmethod
    def counted(self, sign: str, counted: str, here: str, window: Window) -> str:
        """Return how # or ∃ looks, with its bracket and what parts it from its body."""

    @abstractmethod
    def bound(self, sign: str, binder: Binder) -> str:
        """Return how ⋁, ⋀ or ∑ looks, with its binder and what parts it from its body."""

    @abstractmethod
    def negated(self, operand: str) -> str:
        """Return how ¬ looks before something."""

    def head(self, definition: Definition) -> str:
        """Return the left-hand side of a line."""
        return self.applied(definition.name, definition.indices, position_name(0))

    def operation(self, operation: Operation, depth: int = 0) -> str:
        """Return an operation inside of some number of counts."""
        return self._at(Level.CONDITIONAL, operation, depth)

    def _at(self, level: Level, operation: Operation, depth: int) -> str:
        """Return an operation where only those of a level can stand without parentheses."""
        text, its = self._leveled(operation, depth)
        return text if its >= level else f"({text})"

    def _leveled(self, operation: Operation, depth: int) -> tuple[str, Level]:
        here = position_name(depth)
        match operation:
            case Initial(symbol):
                return self.applied("Q", (symbol,), here), Level.ATOM
            case Ref(name, indices):
                return self.applied(name, indices, here), Level.ATOM
            case One():
                return "1", Level.ATOM
            case Number(value):
                return self._number(value), Level.ATOM
            case Top():
                return self.sign("⊤"), Level.ATOM
            case Not(Top()):
                return self.sign("⊥"), Level.ATOM
            case Not(operand):
                return self.negated(self._at(Level.PREFIX, operand, depth)), Level.PREFIX
            case Periodic():
                return self.periodic(here, operation), Level.COMPARISON
            case AtMost(left, right):
                return self._compared(left, "≤", right, depth), Level.COMPARISON
            case Compare(left, relation, right):
                return self._compared(left, relation, right, depth), Level.COMPARISON
            case Conditional():
                return self._conditional(operation, depth), Level.CONDITIONAL
            case Count(body, window) | Exists(body, window):
                inner = position_name(depth + 1)
                start = self.counted(_COUNTED[type(operation)], inner, here, window)
                return start + self._at(Level.PREFIX, body, depth + 1), Level.PREFIX
            case AnySymbol(binder, body) | EverySymbol(binder, body) | SumOver(binder, body):
                start = self.bound(_BOUND[type(operation)], binder)
                return start + self._at(Level.PREFIX, body, depth), Level.PREFIX
            case And(left, right) | Or(left, right) | Add(left, right) | Subtract(left, right):
                sign, level = _JOINED[type(operation)]
                # What stands first is read first: only the right operand needs parentheses.
                tighter = Level(level + 1)
                joined = self._joined(
                    self._at(level, left, depth), sign, self._at(tighter, right, depth)
                )
                return joined, level

    def _compared(self, left: Operation, sign: str, right: Operation, depth: int) -> str:
        return self._joined(
            self._at(Level.SUM, left, depth), sign, self._at(Level.SUM, right, depth)
        )

    def _conditional(self, operation: Conditional, depth: int) -> str:
        condition, then, otherwise = (
            self._at(Level.OR, part, depth)
            for part in (operation.condition, operation.then, operation.otherwise)
        )
        return self._joined(condition, "?", self._joined(then, ":", otherwise))

    def _joined(self, left: str, sign: str, right: str) -> str:
        return f"{left} {self.sign(sign)} {right}"

    def _number(self, value: int) -> str:
        return f"{self.sign('−')}{-value}" if value < 0 else str(value)
