"""How many bits a program's messages need, read off its operations without running it.

See :mod:`claimkit.crasp.protocol.messages` for what a message holds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import final

from claimkit.crasp.operations import (
    AnySymbol,
    Count,
    EverySymbol,
    Exists,
    Operation,
    Periodic,
    SumOver,
    Term,
    Variable,
)
from claimkit.crasp.program import Program
from claimkit.crasp.protocol.bits import natural_width, width
from claimkit.crasp.rewriting import places
from claimkit.crasp.running.inputs import check_alphabet
from claimkit.crasp.symbols import Alphabet
from claimkit.crasp.windows import Local


@final
@dataclass(frozen=True)
class MessageSize:
    """What a program's messages hold for one alphabet, in numbers.

    Attributes:
        counts: Counts over all j ≤ i, each member of a family for itself.
        flags: The same, of ∃.
        reaches: How far back each local ψ reaches, each member for itself.
        period: What a position's number is sent modulo; the least common multiple of all periods.
    """

    counts: int
    flags: int
    reaches: tuple[int, ...]
    period: int

    def bits(self, n: int) -> int:
        """Return the most bits that the message about n symbols has."""
        return (
            natural_width(n)
            + width(self.period)
            + self.counts * width(n + 1)
            + self.flags
            + self.local_bits(n)
        )

    def messages(self, n: int) -> int:
        """Return how many different messages there can be about strings of n symbols each.

        What all of them say alike, n and the position's number, is not counted.
        """
        different: int = (n + 1) ** self.counts * 2 ** (self.flags + self.local_bits(n))
        return different

    def local_bits(self, n: int) -> int:
        """Return the bits that local windows take."""
        return sum(min(reach, n) for reach in self.reaches)


def message_size(program: Program, alphabet: Alphabet) -> MessageSize:
    """Return how large the messages of a program are.

    Raises:
        InvalidProgram: If the program is for another alphabet.
    """
    check_alphabet(program, alphabet)
    counts, flags = 0, 0
    reaches: list[int] = []
    for line in program.definitions:
        for place in places(line.body):
            operation = place.operation
            if not isinstance(operation, Count | Exists):
                continue
            members = len(alphabet) ** len(free_variables(operation))
            if isinstance(operation.window, Local):
                reaches += [operation.window.reach] * members
            elif isinstance(operation, Count):
                counts += members
            else:
                flags += members
    return MessageSize(counts, flags, tuple(reaches), period_of(program))


def bits_bound(program: Program, alphabet: Alphabet, n: int) -> int:
    """Return the most bits that a program's message about n symbols has: O(log n).

    Raises:
        InvalidProgram: If the program is for another alphabet.
    """
    return message_size(program, alphabet).bits(n)


def period_of(program: Program) -> int:
    """Return the least common multiple of the periods of a program's φ; 1 if it has none."""
    operations = (place.operation for line in program.definitions for place in places(line.body))
    return math.lcm(*(op.period for op in operations if isinstance(op, Periodic)))


def free_variables(operation: Operation) -> frozenset[str]:
    """Return the indices that an operation depends on and does not bind itself."""
    found: set[str] = set()
    for field in fields(operation):
        value = getattr(operation, field.name)
        if isinstance(value, Operation):
            found |= free_variables(value)
        elif isinstance(value, Variable):
            found.add(value.name)
        elif field.name == "indices":
            found |= _names(value)
    if isinstance(operation, AnySymbol | EverySymbol | SumOver):
        for constraint in operation.binder.where:
            found |= _names((constraint.left, constraint.right))
        found.discard(operation.binder.variable)
    return frozenset(found)


def _names(terms: tuple[Term, ...]) -> set[str]:
    return {term.name for term in terms if isinstance(term, Variable)}
