"""All tasks with the program or the lemma of each, for terminals and for pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

from rich.console import Group
from rich.table import Table
from rich.text import Text

from claimkit.crasp.library import program_of
from claimkit.crasp.operations import Count, Exists, Operation, Periodic, operands
from claimkit.crasp.program import Program
from claimkit.crasp.registry import REGISTRY, A, B, Expressibility
from claimkit.crasp.windows import Local
from claimkit.reporting.console import as_text
from claimkit.reporting.plain import in_ascii
from claimkit.tasks import ALGORITHMIC, LANGUAGES

HEADS: Final = ("task", "program", "uses", "C-RASP[]", "what says so")
SOURCES: Final[Mapping[str, str]] = {A: "[A]", B: "[B]"}
"""How a table calls the papers."""


@final
@dataclass(frozen=True)
class Listed:
    """A task and what is known of it, as texts.

    Attributes:
        task: Its name, and in parentheses its key where the name is no word of a shell.
        program: Whether there is one.
        uses: Which of φ (periodic positions) and ψ (local windows) stand in the program.
        without: Whether there is one without both; what is known here, and what was published.
        by: The paper and the lemma.
    """

    task: str
    program: str
    uses: str
    without: str
    by: str

    @property
    def cells(self) -> tuple[str, ...]:
        """One text for each of :data:`HEADS`."""
        return (self.task, self.program, self.uses, self.without, self.by)


def listed() -> Iterator[Listed]:
    """Yield a line for each task, in the order of the registry."""
    for entry in REGISTRY.values():
        uses = "–" if entry.program is None else uses_of(program_of(entry.program))
        by = f"{entry.source}: {entry.lemma}"
        for source, short in SOURCES.items():
            by = by.replace(source, short)
        expressible = "yes" if entry.expressible else "no"
        yield Listed(_with_key(entry.task), expressible, uses, _without(entry), by)


def uses_of(program: Program) -> str:
    """Return which of φ and ψ stand in a program, such as ``φ, ψ`` or ``neither``."""
    found = {sign for line in program.definitions for sign in _signs(line.body)}
    return ", ".join(sorted(found)) or "neither"


def render(lines: Sequence[Listed], *, width: int, color: bool, plain: bool = False) -> str:
    """Return the lines as a table of at most ``width`` columns, in ASCII if ``plain``."""
    spelled = in_ascii if plain else str
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for head in HEADS:
        table.add_column(head, overflow="fold", max_width=20 if head == HEADS[0] else None)
    for line in lines:
        table.add_row(*(Text(spelled(cell)) for cell in line.cells))
    papers = (Text(f"{short} {source}") for source, short in SOURCES.items())
    return as_text(Group(table, Text(), *papers), width=width, color=color)


def markdown(lines: Sequence[Listed]) -> str:
    """Return the lines as a table of a page."""
    rows = [HEADS, ("---",) * len(HEADS), *(line.cells for line in lines)]
    return "\n".join(f"| {' | '.join(map(_escaped, row))} |" for row in rows)


def _signs(operation: Operation) -> Iterator[str]:
    if isinstance(operation, Periodic):
        yield "φ"
    if isinstance(operation, Count | Exists) and isinstance(operation.window, Local):
        yield "ψ"
    for operand in operands(operation):
        yield from _signs(operand)


def _with_key(task: str) -> str:
    known = (ALGORITHMIC.get(task), LANGUAGES.get(task))
    key = next((one.key for one in known if one is not None), task)
    plain = re.fullmatch(r"[\w -]+", task)
    return task if plain else f"{task} ({key})"


def _without(entry: Expressibility) -> str:
    if entry.positionless and entry.without_positions is False:
        return "yes; published: no"
    if entry.positionless or entry.without_positions:
        return "yes"
    return "no" if entry.without_positions is False else "–"


def _escaped(cell: str) -> str:
    return re.sub(r"([*|{}_])", r"\\\1", cell)
