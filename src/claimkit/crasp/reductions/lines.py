"""Lines of one program among those of another: names kept apart, parts exchanged, rest left out."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import fields, replace
from typing import Any

from claimkit.crasp.operations import Operation, Ref
from claimkit.crasp.program import Program
from claimkit.crasp.rewriting import places


def apart(name: str, program: Program) -> str:
    """Return a name that no line of a program has: the name itself, with primes if need be."""
    taken = {line.name for line in program.definitions}
    while name in taken:
        name += "′"
    return name


def rebuilt(operation: Operation, change: Callable[[Operation], Operation | None]) -> Operation:
    """Return an operation with others in the place of some parts.

    Args:
        operation: The whole.
        change: Gives what stands in the place of a part; None keeps it and looks inside.
    """
    changed = change(operation)
    if changed is not None:
        return changed
    inner: dict[str, Any] = {
        field.name: rebuilt(part, change)
        for field in fields(operation)
        if isinstance(part := getattr(operation, field.name), Operation)
    }
    return replace(operation, **inner) if inner else operation


def renamed(program: Program, old: str, new: str) -> Program:
    """Return a program whose lines of one name have another."""

    def change(operation: Operation) -> Operation | None:
        if isinstance(operation, Ref) and operation.name == old:
            return replace(operation, name=new)
        return None

    lines = (
        replace(
            line,
            name=new if line.name == old else line.name,
            body=rebuilt(line.body, change),
        )
        for line in program.definitions
    )
    return replace(program, definitions=tuple(lines))


def needed_for(names: Container[str], program: Program) -> Program:
    """Return a program with the lines of some names, and all that they are made of."""
    needed: set[str] = set()
    for line in reversed(program.definitions):
        if line.name in names or line.name in needed:
            needed.add(line.name)
            parts = (place.operation for place in places(line.body))
            needed.update(part.name for part in parts if isinstance(part, Ref))
    kept = (line for line in program.definitions if line.name in needed)
    return replace(program, definitions=tuple(kept))
