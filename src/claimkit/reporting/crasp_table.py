"""The trace of a program as tables: a row for each line, a column for each position.

Everything here is a pure function of its values. A table that is wider than the terminal becomes
several, one below the other, each with some of the positions; nothing is cut off.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final, final

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from claimkit.crasp.operations import Symbol
from claimkit.crasp.program import Definition
from claimkit.reporting.console import as_text

Values = npt.NDArray[Any]

ANSWERS: Final = ("NEXT", "ACCEPT", "MAY")
"""Names of the lines that say what a program answers."""

_HEAD: Final = ("position", "symbol")
_GAP: Final = 2
"""Columns of the terminal between two columns of a table."""


@final
@dataclass(frozen=True)
class TracedLine:
    """What one line of a program is at every position of a string.

    Attributes:
        name: Such as ``BIGRAM``.
        symbols: Its indices, such as ``("a", "b")``.
        values: Bool or integer ``(position,)``.
        always: Whether it is shown in a table in which it is false or 0 everywhere.
    """

    name: str
    symbols: tuple[str, ...]
    values: Values
    always: bool = True

    @property
    def label(self) -> str:
        """Its name with its indices, such as ``BIGRAM[a,b]``."""
        return f"{self.name}[{','.join(self.symbols)}]" if self.symbols else self.name

    def shown(self, *, plain: bool) -> tuple[str, ...]:
        """Return its values as text; without symbols beyond ASCII if ``plain``."""
        if self.values.dtype == np.bool_:
            no, yes = ("0", "1") if plain else ("·", "●")
            return tuple(yes if value else no for value in self.values.tolist())
        minus = "-" if plain else "−"
        return tuple(str(value).replace("-", minus) for value in self.values.tolist())


@final
@dataclass(frozen=True)
class Tabulated:
    """The trace of one string.

    Attributes:
        symbols: The string.
        lines: In the order of the program.
        left_out: How many lines of each name were left out, since they hold nowhere.
    """

    symbols: tuple[str, ...]
    lines: tuple[TracedLine, ...]
    left_out: tuple[tuple[str, int], ...] = ()


def lines_of(
    definition: Definition, values: Values, alphabet: Sequence[str], *, everywhere: bool = False
) -> Iterator[TracedLine]:
    """Yield the lines that one definition stands for, in the order of the alphabet.

    Args:
        definition: A family stands for a line per symbol, or pair of symbols, and so on.
        values: Bool or integer ``(*indices, position)``, as in a trace of one string.
        alphabet: What the indices run over.
        everywhere: Also those of a family that hold at no position, or are zero at all.
    """
    axes = len(definition.variables)
    for indices in product(range(len(alphabet)), repeat=axes):
        found = values[indices]
        if everywhere or not axes or found.any():
            running = (alphabet[index] for index in indices)
            symbols = (
                term.symbol if isinstance(term, Symbol) else next(running)
                for term in definition.indices
            )
            yield TracedLine(definition.name, tuple(symbols), found, everywhere or not axes)


def tabulated(
    traced: Sequence[tuple[Definition, Values]],
    symbols: Sequence[str],
    alphabet: Sequence[str],
    *,
    only: Collection[str] = (),
    everywhere: bool = False,
) -> Tabulated:
    """Return what is to be shown of a trace.

    Args:
        traced: Definitions in their order with their values, bool or int ``(*indices, position)``.
        symbols: The string.
        alphabet: What the indices run over.
        only: Names of definitions, or labels of single lines, to show; empty for all.
        everywhere: Also lines of families that hold nowhere.
    """
    shown: list[TracedLine] = []
    left_out: dict[str, int] = {}
    for definition, values in traced:
        whole = not only or definition.name in only
        lines = lines_of(definition, values, alphabet, everywhere=everywhere or not whole)
        kept = [line for line in lines if whole or line.label in only]
        shown += kept
        if whole:
            missing = len(alphabet) ** len(definition.variables) - len(kept)
            left_out[definition.name] = left_out.get(definition.name, 0) + missing
    found = tuple((name, count) for name, count in left_out.items() if count)
    return Tabulated(tuple(symbols), tuple(shown), found)


def render(table: Tabulated, *, width: int, color: bool, plain: bool = False) -> str:
    """Return a trace as text of at most ``width`` columns.

    Args:
        table: What is to be shown.
        width: Of the terminal.
        color: With ANSI colours.
        plain: In ASCII: 1 and 0 for what holds and does not.
    """
    blocks = _blocks(table, width, plain=plain)
    parts: list[RenderableType] = []
    for block in blocks:
        parts += [Text()] if parts else []
        parts.append(_table(table, block, plain=plain))
    if table.left_out:
        counts = ", ".join(f"{count} of {name}" for name, count in table.left_out)
        each = ", and in some of the tables others" if len(blocks) > 1 else ""
        parts.append(Text(f"false or 0 everywhere: {counts}{each} (--all shows them)"))
    return as_text(Group(*parts), width=width, color=color)


def answers(lines: Iterable[TracedLine]) -> Iterator[str]:
    """Yield what a program says at the last position, such as ``NEXT: b``, in sentences.

    Args:
        lines: All lines of the program.
    """
    said: dict[str, list[str]] = {}
    for line in lines:
        if line.name in ANSWERS and line.values.dtype == np.bool_:
            holds = bool(line.values[-1])
            named = said.setdefault(line.name, [])
            named += [" ".join(line.symbols) or "yes"] if holds else []
    for name in ANSWERS:
        if name in said:
            several = name == "NEXT" and len(said[name]) > 1
            warning = " (more than one: nothing can be generated)" if several else ""
            none = "no" if name == "ACCEPT" else "none"
            yield f"{name}: {' and '.join(said[name]) or none}{warning}"


def _blocks(table: Tabulated, width: int, *, plain: bool) -> list[range]:
    """Return positions, counted from 0, that fit into the width together; at least one each."""
    label = max(cell_len(name) for name in (*_HEAD, *(line.label for line in table.lines)))
    columns = _columns(table, plain=plain)
    blocks: list[range] = []
    start, used = 0, label
    for position, column in enumerate(columns):
        if position > start and used + _GAP + column > width:
            blocks.append(range(start, position))
            start, used = position, label
        used += _GAP + column
    return [*blocks, range(start, len(columns))]


def _columns(table: Tabulated, *, plain: bool) -> list[int]:
    """Return how wide the widest text of every position is."""
    rows = [line.shown(plain=plain) for line in table.lines]
    numbers = tuple(str(position + 1) for position in range(len(table.symbols)))
    return [
        max(map(cell_len, column)) for column in zip(table.symbols, numbers, *rows, strict=True)
    ]


def _table(table: Tabulated, block: range, *, plain: bool) -> Table:
    made = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    made.add_column(Text("\n".join(_HEAD)), overflow="fold")
    for position in block:
        header = Text(f"{position + 1}\n{table.symbols[position]}")
        made.add_column(header, justify="right", overflow="fold")
    for line in table.lines:
        if not line.always and not line.values[block.start : block.stop].any():
            continue
        shown = line.shown(plain=plain)
        cells = [Text(shown[position], style=_style(shown[position])) for position in block]
        made.add_row(Text(line.label), *cells, style="bold" if line.name in ANSWERS else "")
    return made


def _style(value: str) -> str:
    return "dim" if value in ("·", "0") else ""
