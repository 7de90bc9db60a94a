"""ψ(i, j) and φ(i), read off comparisons of positions: what they are, or why they are none.

A ψ compares sums of the two positions and whole numbers. It is *translation invariant* if only the
distance i − j matters, and *local* if it holds for finitely many distances.

Source: arXiv:2410.02140, definition of C-RASP[periodic, local].
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, final

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.windows import EVERYWHERE, Local, Window

MOST_DISTANCES: Final = 10_000
"""How many distances a ψ with < ≤ > ≥ may hold for."""

_HOLDS: Final[Mapping[str, Callable[[int, int], bool]]] = MappingProxyType(
    {
        "=": operator.eq,
        "≠": operator.ne,
        "<": operator.lt,
        "≤": operator.le,
        ">": operator.gt,
        "≥": operator.ge,
    }
)


class NoRelation(InvalidProgram):
    """A comparison is no ψ; the message goes on from a quotation of it."""


@final
@dataclass(frozen=True)
class Linear:
    """A whole number plus multiples of the position i and of the counted position j."""

    constant: int = 0
    here: int = 0
    counted: int = 0

    @property
    def invariant(self) -> bool:
        """Whether it depends on the distance i − j only."""
        return self.here + self.counted == 0

    def __add__(self, other: Linear) -> Linear:
        return Linear(
            self.constant + other.constant, self.here + other.here, self.counted + other.counted
        )

    def __neg__(self) -> Linear:
        return Linear(-self.constant, -self.here, -self.counted)

    def __sub__(self, other: Linear) -> Linear:
        return self + -other


def compared(left: Linear, relation: str, right: Linear, counted: str, here: str) -> Window:
    """Return the window in which one sum of positions stands in a relation to another.

    Args:
        left: Over the counted position and the one counted from.
        relation: One of ``= ≠ < ≤ > ≥``.
        right: As the left one.
        counted: What messages call the counted position, such as j.
        here: What they call the one that is counted from, such as i.

    Raises:
        NoRelation: If this is no ψ.
    """
    difference = left - right
    slope = _slope(difference, counted, here)

    def holds(distance: int) -> bool:
        return _HOLDS[relation](slope * distance + difference.constant, 0)

    if slope and relation == "=":
        return _local(_roots(slope, [-difference.constant]), counted, here)
    # From there on slope · distance + constant has one sign, whatever the slope.
    beyond = abs(difference.constant) + 1
    found = [distance for distance in range(min(beyond, MOST_DISTANCES + 1)) if holds(distance)]
    if not holds(beyond):
        return _local(found, counted, here)
    if len(found) == beyond:
        return EVERYWHERE
    ending = f' — for "before {here}" count with ψ = ⊤ and subtract what holds at {here} itself'
    all_but_here = found == list(range(1, beyond))
    raise NoRelation(infinitely_many(counted, here) + (ending if all_but_here else ""))


def among(left: Linear, values: Iterable[int], counted: str, here: str) -> Window:
    """Return the window in which a sum of positions is one of some numbers.

    Raises:
        NoRelation: If this is no ψ.
    """
    slope = _slope(left, counted, here)
    if slope:
        roots = _roots(slope, [value - left.constant for value in values])
        return _local(roots, counted, here)
    return EVERYWHERE if left.constant in set(values) else _local([], counted, here)


def infinitely_many(counted: str, here: str) -> str:
    """Return that a ψ is not local; goes on from a quotation of it."""
    return (
        f"holds for infinitely many distances {here} − {counted}; a local ψ holds for finitely "
        f"many, such as {counted} = {here}−1 or {here}−{counted} ≤ 3"
    )


def relation_of(window: Local, counted: str, here: str) -> str:
    """Return the ψ of a local window as text.

    >>> relation_of(Local({1}), "j", "i"), relation_of(Local({1, 2}), "j", "i")
    ('j = i−1', 'i−j ∈ {1, 2}')
    """
    if len(window.distances) > 1:
        listed = ", ".join(map(str, window.distances))
        return f"{here}−{counted} ∈ {{{listed}}}"
    (distance,) = window.distances
    return f"{counted} = {here}−{distance}" if distance else f"{counted} = {here}"


def residues_wrong(period: int, residues: Iterable[int]) -> str | None:
    """Return why i mod Δ cannot be one of some residues; None if it can."""
    if period < 1:
        return f"has the period {period}; a period is at least 1"
    for residue in residues:
        if not 0 <= residue < period:
            return f"asks for the residue {residue}; residues modulo {period} are 0 to {period - 1}"
    return None


def _slope(difference: Linear, counted: str, here: str) -> int:
    """Return by how much a difference grows with the distance."""
    if not difference.invariant:
        raise NoRelation(
            f"is not translation invariant: it depends on where {here} and {counted} are, not only "
            f"on {here} − {counted}; a local ψ is one such as {counted} = {here}−1"
        )
    return difference.here


def _roots(slope: int, values: Iterable[int]) -> list[int]:
    return [value // slope for value in values if value % slope == 0]


def _local(distances: Iterable[int], counted: str, here: str) -> Local:
    found = [distance for distance in distances if distance >= 0]
    if not found:
        raise NoRelation(
            f"holds for no {counted} ≤ {here}; programs look back only, as in {counted} = {here}−1"
        )
    if len(found) > MOST_DISTANCES:
        raise NoRelation(
            f"holds for more than {MOST_DISTANCES} distances {here} − {counted}; shorten the window"
        )
    return Local(found)
