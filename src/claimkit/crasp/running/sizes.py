"""How large the values of a program can get: numbers, and arrays of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from claimkit.crasp.checking import lines_for
from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.operations import (
    Add,
    AnySymbol,
    Conditional,
    Count,
    EverySymbol,
    Number,
    Operation,
    Ref,
    Subtract,
    SumOver,
    operands,
)
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.windows import Local

_TYPES: Final[tuple[type[np.signedinteger], ...]] = (np.int8, np.int16, np.int32, np.int64)


def count_dtype(program: Program, symbols: int, length: int) -> np.dtype[np.signedinteger]:
    """Return the smallest integer type that holds every count of a program.

    Args:
        program: Any.
        symbols: How many symbols Σ has.
        length: How many positions are read.

    Raises:
        InvalidProgram: If its counts may need more than 64 bits.
    """
    largest = largest_count(program, symbols, length)
    for kind in _TYPES:
        if largest <= np.iinfo(kind).max:
            return np.dtype(kind)
    raise InvalidProgram(
        f"counts of {program.name or 'the program'} may reach {largest} at {length} positions, "
        "more than 64 bits hold; use smaller numbers"
    )


@lru_cache(maxsize=4096)
def largest_count(program: Program, symbols: int, length: int) -> int:
    """Return a bound on the magnitude of all counts of a program, operands included."""
    named = lines_by_name(program)
    bounds: dict[str, int] = {}
    largest = 1

    def bound(operation: Operation) -> int:
        nonlocal largest
        parts = [bound(operand) for operand in operands(operation)]
        match operation:
            case Number(value):
                found = abs(value)
            case Count(window=Local(distances)):
                found = min(len(distances), length)
            case Count():
                found = length
            case Add() | Subtract():
                found = sum(parts)
            case Conditional():
                found = max(parts[1:])
            case SumOver():
                found = symbols * parts[0]
            case Ref():
                (line,) = lines_for(named[operation.name], operation)
                found = bounds[line.key]
            case _:
                found = 1
        largest = max(largest, found)
        return found

    for line in program.definitions:
        bounds[line.key] = bound(line.body)
    return largest


def lines_by_name(program: Program) -> dict[str, list[Definition]]:
    """Return the lines of every name, so that references are found without a search."""
    named: dict[str, list[Definition]] = {}
    for line in program.definitions:
        named.setdefault(line.name, []).append(line)
    return named


def largest_value(program: Program, symbols: int, length: int) -> int:
    """Return how many values one string's largest array has: positions × indices bound at once."""

    def depth(operation: Operation) -> int:
        deepest = max((depth(operand) for operand in operands(operation)), default=0)
        return deepest + isinstance(operation, AnySymbol | EverySymbol | SumOver)

    deepest = max(
        (len(line.variables) + depth(line.body) for line in program.definitions), default=0
    )
    found: int = length * symbols**deepest
    return found
