"""From rich's tables and texts to plain text of a given width."""

from __future__ import annotations

from io import StringIO

from rich.console import Console, RenderableType


def as_text(what: RenderableType, *, width: int, color: bool) -> str:
    """Return at most ``width`` columns of text, with ANSI colours if ``color``."""
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        highlight=False,
        legacy_windows=False,
    )
    console.print(what)
    # Cells are padded to the width of their column; copied text should not be.
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())
