"""Mutants: programs that differ from one by a single operation.

A law that no mutant breaks is not worth much. So the laws are run on every mutant of every program;
those that pass must be equivalent to the program, and each is listed with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import final

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.mutants.brief_text import brief
from claimkit.crasp.mutants.mutations import MUTATIONS
from claimkit.crasp.mutants.sites import Site
from claimkit.crasp.operations import FALSE, Operation
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.rewriting import Place, places, replaced


@final
@dataclass(frozen=True)
class Mutant:
    """A program with one operation changed.

    Attributes:
        operator: What kind of change, one of :data:`claimkit.crasp.mutants.mutations.MUTATIONS`.
        line: The line that is changed, as it is now.
        before: The operation that stood there.
        after: The one that stands there.
        program: The changed program.
    """

    operator: str
    line: Definition
    before: Operation
    after: Operation
    program: Program

    @property
    def text(self) -> str:
        """The changed line in brief."""
        return brief(self.line)


def mutants(program: Program) -> Iterator[Mutant]:
    """Yield every mutant of a program that is a program again, no two of them equal."""
    seen = {program.definitions}
    for number, definition in enumerate(program.definitions):
        for operator, place, after in _changes(program, number):
            line = replace(definition, body=replaced(definition.body, place.path, after))
            lines = (*program.definitions[:number], line, *program.definitions[number + 1 :])
            if lines in seen:
                continue
            seen.add(lines)
            try:
                changed = replace(program, definitions=lines)
            except InvalidProgram:
                # Such as a name with a count in place of one with a Boolean.
                continue
            yield Mutant(operator, line, place.operation, after, changed)


def _changes(program: Program, number: int) -> Iterator[tuple[str, Place, Operation]]:
    """Yield what can be changed in one line: what kind of change, where, into what."""
    definition, earlier = program.definitions[number], program.definitions[:number]
    for place in places(definition.body, definition.variables):
        # ⊥ is one constant, not the negation of another.
        if place.parent == FALSE:
            continue
        for operator, mutation in MUTATIONS.items():
            site = Site(program, earlier, place)
            yield from ((operator, place, after) for after in mutation(site))
