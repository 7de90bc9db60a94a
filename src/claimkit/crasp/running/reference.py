"""Programs run straight from the definition, one position at a time.

This is what the definition says, written so that it can be compared with it line by line. It is
slow, and the measure of :mod:`claimkit.crasp.running.interpreting`, with which it shares nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.operations import (
    Add,
    And,
    AtMost,
    Conditional,
    Count,
    Initial,
    Not,
    One,
    Operation,
    Periodic,
    Ref,
    Subtract,
    Symbol,
    Top,
)
from claimkit.crasp.program import Program
from claimkit.crasp.symbols import Alphabet
from claimkit.crasp.windows import Everywhere, Window

Values = dict[str, list[int | bool]]
"""By line, its value at every position, the first one first."""


def values(flat: Program, tokens: Sequence[int], alphabet: Alphabet, offset: int = 0) -> Values:
    """Return what every line is at every position.

    Args:
        flat: Made of core operations whose operands are earlier lines; no line has an index. See
            :func:`claimkit.crasp.running.expanding.expand`.
        tokens: One string, by code.
        alphabet: Σ.
        offset: What is added to the number of a position.

    Raises:
        InvalidProgram: If the program is not flat.

    Source: arXiv:2410.02140, definition of C-RASP[periodic, local].
    """
    found: Values = {}
    for line in flat.definitions:
        if line.indices:
            raise InvalidProgram(f"{line.title} has indices; expand the program first")
        found[line.name] = [
            _at(i, line.body, tokens, alphabet, offset, found) for i in range(1, len(tokens) + 1)
        ]
    return found


def _at(
    i: int,
    operation: Operation,
    tokens: Sequence[int],
    alphabet: Alphabet,
    offset: int,
    found: Mapping[str, list[int | bool]],
) -> int | bool:
    """Return an operation's value at position i."""

    def line(operand: Operation, j: int = i) -> int | bool:
        if not isinstance(operand, Ref):
            raise InvalidProgram(f"{operand} is no earlier line; expand the program first")
        return found[operand.name][j - 1]

    match operation:
        case Initial(Symbol(symbol)):
            return tokens[i - 1] == alphabet.codes[symbol]
        case Not(operand):
            return not line(operand)
        case And(left, right):
            return bool(line(left) and line(right))
        case Top():
            return True
        case Periodic(period=period, residues=residues):
            return (i + offset) % period in residues
        case AtMost(left, right):
            return line(left) <= line(right)
        case Count(body, window):
            return sum(1 for j in range(1, i + 1) if _seen(window, i, j) and line(body, j))
        case Conditional(condition, then, otherwise):
            return line(then) if line(condition) else line(otherwise)
        case Add(left, right):
            return line(left) + line(right)
        case Subtract(left, right):
            return line(left) - line(right)
        case One():
            return 1
    raise InvalidProgram(f"{operation} is no core operation; expand the program first")


def _seen(window: Window, i: int, j: int) -> bool:
    """Return ψ(i, j)."""
    return isinstance(window, Everywhere) or i - j in window.distances
