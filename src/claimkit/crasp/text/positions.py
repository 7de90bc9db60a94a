"""ψ in the bracket of a count and φ in an operation: what is written about positions.

Operations are taken at a *position*: i at the top of a line, j inside ``#[j ≤ i]``. Positions are
named from the outside in; the last is the one at which an operation stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from claimkit.crasp.operations import Periodic
from claimkit.crasp.text.reading import Reader, bare_word, parts, sign_of
from claimkit.crasp.text.relations import (
    Linear,
    NoRelation,
    among,
    compared,
    infinitely_many,
    residues_wrong,
)
from claimkit.crasp.windows import EVERYWHERE, Window

if TYPE_CHECKING:
    from claimkit.crasp.text.reading import Node

Positions = tuple[str, ...]

_PREFIXES: Final = ("not", "count", "exists", "any", "every", "sum")
_NUMBERS: Final = ("integer", "negative")


def position_name(depth: int) -> str:
    """Return how a position is called by default: i, j, k, … from the outside in.

    >>> position_name(0), position_name(2), position_name(18)
    ('i', 'k', 'i18')
    """
    return "ijklmnopqrstuvwxyz"[depth] if depth < 18 else f"i{depth}"


def window(reader: Reader, tree: Node, positions: Positions) -> tuple[str, Window]:
    """Return the counted position of a bracket, and its ψ.

    Raises:
        InvalidProgram: If the bracket is not of the form [j ≤ i] or [j ≤ i, ψ] with a local ψ.
    """
    here = positions[-1]
    first, *rest = parts(tree)
    counted = _counted(reader, first, positions)
    if len(rest) > 1:
        raise reader.wrong(
            rest[1],
            f"'{reader.text(tree)}' has several ψ; write one, as {here}−{counted} ∈ {{1, 2}}",
        )
    if not rest:
        return counted, EVERYWHERE
    try:
        return counted, _psi(reader, rest[0], counted, here)
    except NoRelation as error:
        raise reader.wrong(rest[0], f"ψ '{reader.text(rest[0])}' {error}") from None


def periodic(reader: Reader, tree: Node, positions: Positions) -> Periodic:
    """Return the φ that a line speaks of with ``mod`` or ``∈``.

    Raises:
        InvalidProgram: If it is not of the form i mod 3 = 1 or i mod 3 ∈ {0, 2}.
    """
    here = positions[-1]
    text, allowed, subject = reader.text(tree), _allowed(here), parts(tree)[0]
    if subject.data in _PREFIXES:
        raise reader.wrong(tree, f"'{text}' has a φ behind an operator; put the φ into parentheses")
    if tree.data == "member" or bare_word(subject) != here:
        raise reader.wrong(tree, f"'{text}' is no periodic φ of the position {here}; {allowed}")
    residues = _residues(reader, tree)
    if residues is None:
        raise reader.wrong(tree, f"'{text}' is not written as a φ; {allowed}")
    period = reader.digits(tree, str(tree.children[1]))
    wrong = residues_wrong(period, residues)
    if wrong:
        raise reader.wrong(tree, f"φ '{text}' {wrong}")
    return Periodic(period, residues)


def refuse_positions(reader: Reader, tree: Node, positions: Positions, known: set[str]) -> None:
    """Refuse a comparison of counts that takes positions for counts.

    Args:
        reader: Of the line.
        tree: The comparison.
        positions: The positions around it.
        known: The names of earlier lines, which may be called as positions are.

    Raises:
        InvalidProgram: Saying what can be written instead.
    """
    named = [word for word in _summed_words(tree) if word in positions and word not in known]
    if not named:
        return
    text, here = reader.text(tree), positions[-1]
    inner = _fresh(positions)
    if len(set(named)) > 1:
        raise reader.wrong(
            tree,
            f"'{text}' relates two positions outside of a count's bracket; such a ψ is written as "
            f"in #[{inner} ≤ {here}, {inner} = {here}−1]",
        )
    raise reader.wrong(
        tree,
        f"φ '{text}' is not periodic; {_allowed(here)} (how many positions there are up to {here} "
        f"is the count #[{inner} ≤ {here}] ⊤)",
    )


def _counted(reader: Reader, tree: Node, positions: Positions) -> str:
    """Return the name of the position that a bracket counts."""
    here = positions[-1]
    example = f"'{_fresh(positions)} ≤ {here}'"
    sides = parts(tree)
    if tree.data != "compare" or sign_of(sides[1]) != "≤":
        raise reader.wrong(
            tree, f"a count's bracket begins with {example}, not with '{reader.text(tree)}'"
        )
    counted, limit = bare_word(sides[0]), bare_word(sides[2])
    if counted is None or limit != here:
        raise reader.wrong(
            tree, f"'{reader.text(tree)}' does not count positions up to {here}; write {example}"
        )
    if counted in positions:
        raise reader.wrong(
            tree, f"'{reader.text(tree)}' counts a position whose name is taken; write {example}"
        )
    return counted


def _psi(reader: Reader, tree: Node, counted: str, here: str) -> Window:
    sides = parts(tree)
    if tree.data == "true":
        return EVERYWHERE
    if tree.data == "compare":
        left, right = (_linear(reader, side, counted, here) for side in (sides[0], sides[2]))
        return compared(left, sign_of(sides[1]), right, counted, here)
    if tree.data == "member":
        values = [reader.integer(value) for value in parts(sides[1])]
        return among(_linear(reader, sides[0], counted, here), values, counted, here)
    if tree.data in ("modulo", "residue"):
        raise NoRelation(_modular(_linear(reader, sides[0], counted, here), counted, here))
    raise NoRelation(
        f"does not compare {here} and {counted}; a local ψ is one such as {counted} = {here}−1, "
        "and what is counted stands behind the bracket"
    )


def _linear(reader: Reader, tree: Node, counted: str, here: str) -> Linear:
    """Return a sum of positions and whole numbers."""
    if tree.data in _NUMBERS:
        return Linear(constant=reader.integer(tree))
    if tree.data in ("add", "subtract"):
        left, right = (_linear(reader, part, counted, here) for part in parts(tree))
        return left + right if tree.data == "add" else left - right
    word = bare_word(tree)
    if word == here:
        return Linear(here=1)
    if word == counted:
        return Linear(counted=1)
    raise NoRelation(
        f"has '{reader.text(tree)}', which is neither {here} nor {counted} nor a whole number; a "
        f"local ψ is one such as {counted} = {here}−1"
    )


def _modular(subject: Linear, counted: str, here: str) -> str:
    """Return why a ψ with ``mod`` is none."""
    if subject.invariant:
        return infinitely_many(counted, here)
    return (
        f"is not translation invariant; a φ of {counted} is part of what is counted: "
        f"#[{counted} ≤ {here}] (P({counted}) ∧ {counted} mod 3 = 1)"
    )


def _residues(reader: Reader, tree: Node) -> list[int] | None:
    """Return the residues that a φ names; None if it compares in another way."""
    last = parts(tree)[-1]
    if tree.data == "residue":
        return [reader.integer(value) for value in parts(last)]
    if sign_of(parts(tree)[1]) == "=" and last.data in _NUMBERS:
        return [reader.integer(last)]
    return None


def _summed_words(tree: Node) -> Iterator[str]:
    """Yield the words that stand alone in the sums of a comparison."""
    for part in parts(tree):
        word = bare_word(part)
        if word is not None:
            yield word
        if part.data in ("add", "subtract"):
            yield from _summed_words(part)


def _fresh(positions: Positions) -> str:
    names = (position_name(depth) for depth in range(len(positions) + 1))
    return next(name for name in names if name not in positions)


def _allowed(here: str) -> str:
    return f"a φ is one such as {here} mod 3 = 1 or {here} mod 3 ∈ {{0, 2}}"
