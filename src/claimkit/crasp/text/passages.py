"""A program's text, cut into passages: a line, and the indented lines that go on from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent
from typing import Final, final

from claimkit.crasp.errors import InvalidProgram

_LONG: Final = 200
"""From where on messages shorten a line that they quote."""


@final
@dataclass(frozen=True)
class Passage:
    """A header or a definition.

    Attributes:
        text: Its lines, joined.
        line: The number of its first line, counted from 1.
    """

    text: str
    line: int

    def wrong(self, what: str, line: int = 1) -> InvalidProgram:
        """Return the error that something is wrong in one line, counted from the first as 1."""
        text = self.text.split("\n")[line - 1].strip()
        shown = text if len(text) <= _LONG else f"{text[:_LONG]}…"
        return InvalidProgram(f"line {self.line + line - 1}: {what} (in: {shown})")

    @property
    def last(self) -> int:
        """Which of its lines is the last that is neither blank nor a comment."""
        lines = self.text.split("\n")
        return max(at for at, line in enumerate(lines, 1) if not _empty(line))


def passages(text: str) -> Iterator[Passage]:
    """Cut a text into passages; blank lines and comments begin none."""
    lines = dedent(text.removeprefix("\ufeff").replace("\r\n", "\n")).split("\n")
    first, gathered = 0, list[str]()
    for number, line in enumerate(lines, 1):
        if line.startswith("#"):
            gathered.append("")
        elif _empty(line) or (line[0].isspace() and gathered and first):
            gathered.append(line)
        else:
            if first:
                yield Passage("\n".join(gathered), first)
            first, gathered = number, [line]
    if first:
        yield Passage("\n".join(gathered), first)


def _empty(line: str) -> bool:
    return re.fullmatch(r"\s*(#(?!\[).*)?", line) is not None
