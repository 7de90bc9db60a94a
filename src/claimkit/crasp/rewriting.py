"""One operation within another: where it stands, and the whole with something else in its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, Final, final

from claimkit.crasp.operations import AnySymbol, EverySymbol, Operation, SumOver

Path = tuple[str, ...]
"""The operands that lead to an operation, by the names of their fields."""
ROOT: Final[Path] = ()


@final
@dataclass(frozen=True)
class Place:
    """An operation where it stands.

    Attributes:
        path: The way to it.
        operation: What stands there.
        parent: What it is an operand of; None for the whole.
        scope: The indices that are bound there, outermost first.
    """

    path: Path
    operation: Operation
    parent: Operation | None
    scope: tuple[str, ...]


def places(operation: Operation, scope: tuple[str, ...] = ()) -> Iterator[Place]:
    """Yield every operation that an operation is made of, itself first, each before its operands.

    Args:
        operation: The whole.
        scope: The indices that are bound around it.

    >>> from claimkit.crasp.operations import Not, Top
    >>> [place.path for place in places(Not(Not(Top())))]
    [(), ('operand',), ('operand', 'operand')]
    """
    yield from _places(Place(ROOT, operation, None, scope))


def _places(place: Place) -> Iterator[Place]:
    yield place
    whole, scope = place.operation, place.scope
    if isinstance(whole, AnySymbol | EverySymbol | SumOver):
        scope = (*scope, whole.binder.variable)
    for field in fields(whole):
        operand = getattr(whole, field.name)
        if isinstance(operand, Operation):
            yield from _places(Place((*place.path, field.name), operand, whole, scope))


def replaced(whole: Operation, path: Path, new: Operation) -> Operation:
    """Return an operation with another one at a place of it, all else as it was.

    >>> from claimkit.crasp.operations import And, Not, Top
    >>> replaced(And(Top(), Not(Top())), ("right", "operand"), Not(Top()))
    And(left=Top(), right=Not(operand=Not(operand=Top())))
    """
    if not path:
        return new
    name, *rest = path
    changes: dict[str, Any] = {name: replaced(getattr(whole, name), tuple(rest), new)}
    return replace(whole, **changes)
