"""The value of a line, by walking through its operation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import final

import numpy as np
import numpy.typing as npt

from claimkit.crasp.checking import lines_for
from claimkit.crasp.operations import (
    Add,
    And,
    AnySymbol,
    AtMost,
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
    Top,
    Variable,
)
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.running import counting, layout
from claimkit.crasp.running.layout import Array, Scope
from claimkit.crasp.running.sizes import lines_by_name
from claimkit.crasp.running.states import Memory, Site
from claimkit.crasp.symbols import Alphabet
from claimkit.crasp.windows import Local

_COMPARISONS = {
    "<": np.less,
    ">": np.greater,
    "≥": np.greater_equal,
    "=": np.equal,
    "≠": np.not_equal,
}


@final
@dataclass(frozen=True)
class Setting:
    """What is evaluated: a program for an alphabet, with counts of some integer type."""

    program: Program
    alphabet: Alphabet
    dtype: np.dtype[np.signedinteger]

    @cached_property
    def named(self) -> dict[str, list[Definition]]:
        """The lines of every name."""
        return lines_by_name(self.program)


class Places(ABC):
    """Some positions of strings, and the values of lines there.

    Attributes:
        setting: What is evaluated.
        tokens: Int ``(row, string)``.
        numbers: The numbers of the positions, int ``(row, string)`` or ``(row, 1)``.
        known: The values of the lines that were asked for, by key.
    """

    def __init__(self, setting: Setting, tokens: Array, numbers: Array) -> None:
        self.setting = setting
        self.tokens = tokens
        self.numbers = numbers
        self.known: dict[str, Array] = {}

    def value(self, line: Definition) -> Array:
        """Return a line's value, ``(row, *indices, string)``."""
        if line.key not in self.known:
            self.known[line.key] = Walk(self, line).value(line.body, line.variables)
        return self.known[line.key]

    @abstractmethod
    def counted(self, operation: Count | Exists, walk: Walk, scope: Scope) -> Array:
        """Return the value of a counting operation."""


@final
class Every(Places):
    """Successive positions, all of them, with what was kept of those before."""

    def __init__(self, setting: Setting, tokens: Array, numbers: Array, memory: Memory) -> None:
        super().__init__(setting, tokens, numbers)
        self.memory = memory

    def counted(self, operation: Count | Exists, walk: Walk, scope: Scope) -> Array:
        """Count over the positions up to each position."""
        body = walk.value(operation.body, scope)
        site = walk.site()
        body = np.broadcast_to(body, (len(self.tokens), *body.shape[1:]))
        indices = body.shape[1:-1]
        dtype = _dtype(operation, self.setting)
        if isinstance(operation.window, Local):
            reach = operation.window.reach
            before = self.memory.seen(site, indices, reach)
            self.memory.keep_last(site, counting.preceded(body, before)[len(body) :])
            return counting.windowed(body, before, operation.window.distances, dtype)
        before = self.memory.counted(site, indices, dtype)
        total = counting.running(body, before, dtype)
        self.memory.keep_count(site, total[-1] if len(total) else before)
        return total


@final
class Asked(Places):
    """Some positions out of all, each string's own; what is counted is looked at everywhere.

    Where a place is negative, values mean nothing.
    """

    def __init__(self, every: Every, places: Array) -> None:
        super().__init__(
            every.setting,
            counting.at_places(every.tokens, places),
            counting.at_places(every.numbers, places),
        )
        self.every = every
        self.places = places

    def value(self, line: Definition) -> Array:
        """Return a line's value, looked up where it is known at all positions."""
        if line.key in self.every.known:
            return counting.at_places(self.every.known[line.key], self.places)
        return super().value(line)

    def counted(self, operation: Count | Exists, walk: Walk, scope: Scope) -> Array:
        """Count over the positions up to each position that was asked for."""
        # A walk of its own: what it would keep for later blocks is of no use here.
        body = Walk(self.every, walk.line).value(operation.body, scope)
        dtype = _dtype(operation, self.setting)
        body = np.broadcast_to(body, (len(self.every.tokens), *body.shape[1:]))
        if isinstance(operation.window, Local):
            return counting.windowed_at(body, self.places, operation.window.distances, dtype)
        return counting.running_at(body, self.places, dtype)


@final
class Walk:
    """One line at some positions."""

    def __init__(self, places: Places, line: Definition) -> None:
        self._places = places
        self.line = line
        self._ordinals = count()
        self._alphabet = places.setting.alphabet
        self._dtype = places.setting.dtype

    def site(self) -> Site:
        """Return the next counting operation of the line."""
        return Site(self.line.key, next(self._ordinals))

    def value(self, operation: Operation, scope: Scope) -> Array:
        """Return an operation's value, ``(row, *scope, string)``."""
        match operation:
            case Ref():
                return self._ref(operation, scope)
            case Initial(term):
                return layout.holds(self._places.tokens, term, scope, self._alphabet)
            case Top():
                return layout.constant(True, np.bool_, scope)
            case Periodic(period=period, residues=residues):
                within = np.isin(self._places.numbers % period, sorted(residues))
                return layout.rows(within, scope)
            case One():
                return layout.constant(1, self._dtype, scope)
            case Number(number):
                return layout.constant(number, self._dtype, scope)
            case Not(operand):
                return ~self.value(operand, scope)
            case Count() | Exists():
                return self._places.counted(operation, self, scope)
            case AnySymbol() | EverySymbol() | SumOver():
                return self._bound(operation, scope)
            case Conditional():
                condition = self.value(operation.condition, scope)
                then = self.value(operation.then, scope)
                return np.where(condition, then, self.value(operation.otherwise, scope))
        left, right = self.value(operation.left, scope), self.value(operation.right, scope)
        match operation:
            case And():
                return left & right
            case Or():
                return left | right
            case AtMost():
                return np.less_equal(left, right)
            case Compare():
                compared: Array = _COMPARISONS[operation.relation](left, right)
                return compared
            case Add():
                return left + right
            case Subtract():
                return left - right

    def _ref(self, ref: Ref, scope: Scope) -> Array:
        (line,) = lines_for(self._places.setting.named[ref.name], ref)
        pairs = zip(line.indices, ref.indices, strict=True)
        terms = [given for own, given in pairs if isinstance(own, Variable)]
        return layout.aligned(self._places.value(line), terms, scope, self._alphabet)

    def _bound(self, operation: AnySymbol | EverySymbol | SumOver, scope: Scope) -> Array:
        inside = (*scope, operation.binder.variable)
        body = self.value(operation.body, inside)
        where = layout.mask(operation.binder.where, inside, self._alphabet)
        # In full, since a body that is the same for all symbols counts once for each of them.
        where = np.broadcast_to(where, (*where.shape[:-2], len(self._alphabet), 1))
        found: Array
        if isinstance(operation, SumOver):
            terms = np.where(where, body, self._dtype.type(0))
            found = np.add.reduce(terms, axis=-2, dtype=self._dtype)
        elif isinstance(operation, AnySymbol):
            met = body & where if operation.binder.where else body
            found = np.logical_or.reduce(met, axis=-2)
        else:
            met = body | ~where if operation.binder.where else body
            found = np.logical_and.reduce(met, axis=-2)
        return found


def _dtype(operation: Count | Exists, setting: Setting) -> npt.DTypeLike:
    return np.bool_ if isinstance(operation, Exists) else setting.dtype
