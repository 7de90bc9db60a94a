"""The operations of C-RASP[pos], as values.

Every operation is taken at a position i of a string and is either *Boolean* or a *count*. The core
operations are those of the definition: :class:`Initial`, :class:`Not`, :class:`And`, :class:`Top`,
:class:`Periodic`, :class:`AtMost` (Boolean); :class:`Count`, :class:`Conditional`, :class:`Add`,
:class:`Subtract`, :class:`One` (counts). The others are sugar, which
:func:`claimkit.crasp.running.expanding.expand` spells out in core operations.

Operations have indices, so that one line stands for a family: a :class:`Variable` runs over the
alphabet Σ, a :class:`Symbol` is one symbol.

Source: arXiv:2410.02140, definition of C-RASP[periodic, local]; arXiv:2505.21785, section 2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Final, Literal, final

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.windows import EVERYWHERE, Window

Relation = Literal["<", ">", "≥", "=", "≠"]
IndexRelation = Literal["=", "≠", "<"]
RELATIONS: Final = ("<", ">", "≥", "=", "≠")
INDEX_RELATIONS: Final = ("=", "≠", "<")


@final
@dataclass(frozen=True)
class Variable:
    """An index that runs over Σ."""

    name: str


@final
@dataclass(frozen=True)
class Symbol:
    """An index that is one symbol, special or of Σ."""

    symbol: str


Term = Variable | Symbol


@final
@dataclass(frozen=True)
class Constraint:
    """What holds between two indices; ``<`` is the order of the alphabet.

    Raises:
        InvalidProgram: If the relation is unknown.
    """

    left: Term
    relation: IndexRelation
    right: Term

    def __post_init__(self) -> None:
        """Refuse unknown relations."""
        _known(self.relation, INDEX_RELATIONS)


@final
@dataclass(frozen=True)
class Binder:
    """An index that ⋁, ⋀ or ∑ runs over: all symbols of Σ that meet the constraints."""

    variable: str
    where: tuple[Constraint, ...] = ()


@final
@dataclass(frozen=True)
class Ref:
    """The value of an earlier line at the same position."""

    name: str
    indices: tuple[Term, ...] = ()


@final
@dataclass(frozen=True)
class Initial:
    """Q_σ(i): the symbol at i is σ."""

    symbol: Term


@final
@dataclass(frozen=True)
class Top:
    """⊤."""


@final
@dataclass(frozen=True)
class Not:
    """¬P."""

    operand: Operation


@final
@dataclass(frozen=True)
class And:
    """P₁ ∧ P₂."""

    left: Operation
    right: Operation


@final
@dataclass(frozen=True)
class Periodic:
    """φ(i): the position, counted from 1, leaves one of some residues modulo a period.

    Every periodic unary predicate is of this form: φ(i) = φ(i + Δ) for all i says that φ depends on
    i mod Δ only.

    Raises:
        InvalidProgram: If the period is not positive or a residue is not below it.
    """

    period: int
    residues: frozenset[int]

    def __init__(self, period: int, residues: Iterable[int]) -> None:
        object.__setattr__(self, "period", period)
        object.__setattr__(self, "residues", frozenset(residues))
        if period < 1 or not all(0 <= residue < period for residue in self.residues):
            raise InvalidProgram(
                "φ is periodic: i mod Δ is one of some residues 0 … Δ − 1 with Δ ≥ 1, got "
                f"Δ = {period} and residues {sorted(self.residues)}"
            )


@final
@dataclass(frozen=True)
class AtMost:
    """C₁ ≤ C₂."""

    left: Operation
    right: Operation


@final
@dataclass(frozen=True)
class Count:
    """#[j ≤ i, ψ(i, j)] P(j): at how many such positions P holds."""

    body: Operation
    window: Window = EVERYWHERE


@final
@dataclass(frozen=True)
class Conditional:
    """P ? C₁ : C₂."""

    condition: Operation
    then: Operation
    otherwise: Operation


@final
@dataclass(frozen=True)
class Add:
    """C₁ + C₂."""

    left: Operation
    right: Operation


@final
@dataclass(frozen=True)
class Subtract:
    """C₁ − C₂."""

    left: Operation
    right: Operation


@final
@dataclass(frozen=True)
class One:
    """The constant 1."""


@final
@dataclass(frozen=True)
class Or:
    """P₁ ∨ P₂, short for ¬(¬P₁ ∧ ¬P₂)."""

    left: Operation
    right: Operation


@final
@dataclass(frozen=True)
class Exists:
    """∃[j ≤ i, ψ(i, j)] P(j), short for 1 ≤ #[j ≤ i, ψ(i, j)] P(j)."""

    body: Operation
    window: Window = EVERYWHERE


@final
@dataclass(frozen=True)
class Compare:
    """C₁ < C₂ and its like, short for comparisons by ≤.

    Raises:
        InvalidProgram: If the relation is unknown.
    """

    left: Operation
    relation: Relation
    right: Operation

    def __post_init__(self) -> None:
        """Refuse unknown relations."""
        _known(self.relation, RELATIONS)


@final
@dataclass(frozen=True)
class Number:
    """A whole number, short for sums and differences of 1.

    1 itself is :class:`One`.

    Raises:
        InvalidProgram: If the value is 1.
    """

    value: int

    def __post_init__(self) -> None:
        """Keep one value for one number."""
        if self.value == 1:
            raise InvalidProgram("the number 1 is the operation One(), got Number(1)")


@final
@dataclass(frozen=True)
class AnySymbol:
    """⋁ over the symbols of a binder."""

    binder: Binder
    body: Operation


@final
@dataclass(frozen=True)
class EverySymbol:
    """⋀ over the symbols of a binder; ⊤ if there is none."""

    binder: Binder
    body: Operation


@final
@dataclass(frozen=True)
class SumOver:
    """∑ of counts over the symbols of a binder; 0 if there is none."""

    binder: Binder
    body: Operation


Sugar = Or | Exists | Compare | Number | AnySymbol | EverySymbol | SumOver
Core = Initial | Top | Not | And | Periodic | AtMost | Count | Conditional | Add | Subtract | One
Operation = Ref | Core | Sugar

FALSE: Final = Not(Top())


def number(value: int) -> One | Number:
    """Return the operation for a whole number."""
    return One() if value == 1 else Number(value)


def operands(operation: Operation) -> tuple[Operation, ...]:
    """Return the operations that an operation is made of, in their order."""
    values = (getattr(operation, field.name) for field in fields(operation))
    return tuple(value for value in values if isinstance(value, Operation))


def _known(relation: str, relations: tuple[str, ...]) -> None:
    if relation not in relations:
        raise InvalidProgram(f"no relation {relation!r}; relations: {' '.join(relations)}")
