"""Glimpses as lines: what was copied, what should follow, and what was written instead.

Marks say all that colours say: ``«…»`` stands around ambiguous tokens, ``[…]`` around the first
that differs. So a line can be read without colours, and copied.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Final

from claimkit.evidence.glimpses import Glimpse, Piece
from claimkit.reporting.escaping import visible

if TYPE_CHECKING:
    from claimkit.evidence.verdicts import Judgement

AMBIGUOUS: Final = "ambiguous"
PARTS: Final = "parts"
"""Kinds of tokens: ambiguous ones, and the first that differs."""

LEGEND: Final = "«…» is followed by different tokens in this text; […] is where they part"
STYLES: Final = {"": "", AMBIGUOUS: "underline yellow", PARTS: "bold reverse red"}

Run = tuple[str, str]
"""Some text and its kind, or no kind."""

Line = tuple[str, tuple[Run, ...]]
"""What a line holds, in a word, and its text."""


def heading(glimpse: Glimpse) -> str:
    """Return where a glimpse was had, in one line."""
    return (
        f"first glitch of {glimpse.task} at {glimpse.setting}: text {glimpse.index}, "
        f"{place_of(glimpse)}"
    )


def place_of(glimpse: Glimpse) -> str:
    """Return e.g. ``after token 14 of 487, an ambiguous one``."""
    if not glimpse.position:
        return f"from the first of {glimpse.tokens} tokens on"
    kind = "an ambiguous one" if glimpse.ambiguous else "not an ambiguous one"
    return f"after token {glimpse.position} of {glimpse.tokens}, {kind}"


def plain_lines(glimpse: Glimpse) -> list[str]:
    """Return a glimpse as lines of plain text, with a heading and a legend."""
    shown = [f"  {told:<9} {''.join(text for text, _ in runs)}" for told, runs in lines(glimpse)]
    return [heading(glimpse), *shown, f"  ({LEGEND})"]


def lines(glimpse: Glimpse) -> list[Line]:
    """Return the three lines of a glimpse."""
    return [
        ("copied:", _line(glimpse.copied, cut_before=not glimpse.begins)),
        ("expected:", _line(glimpse.expected, parts=True, cut_after=not glimpse.ends)),
        ("written:", _line(written_pieces(glimpse), parts=True, cut_after=glimpse.goes_on)),
    ]


def written_pieces(glimpse: Glimpse) -> tuple[Piece, ...]:
    """Return what was written; whether a token is ambiguous is asked of the original alone."""
    return tuple(map(Piece, glimpse.written))


def visible_piece(text: str) -> str:
    r"""Return a token as text in one line, in which nothing is hidden.

    >>> visible_piece("\n"), visible_piece(" a\x1b")
    ('\\n', ' a\\x1b')
    """
    return str(visible(text)).replace("\n", "\\n").replace("\t", "\\t")


def coloured(judgements: Iterable[tuple[str, Judgement]], *, width: int, color: bool) -> str:
    """Return the glimpses of judgements as text of at most ``width`` columns.

    Args:
        judgements: Each with its claim's number; those without a glimpse are left out.
        width: Columns; longer lines are folded.
        color: Whether to colour them, with ANSI escapes.
    """
    # Heavy; a failing test shows plain lines.
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    from claimkit.reporting.console import as_text

    parts: list[Padding | Text] = []
    for claim, judgement in judgements:
        if judgement.glimpse is None:
            continue
        parts.append(Text(f"{claim} {heading(judgement.glimpse)}".strip()))
        for told, runs in lines(judgement.glimpse):
            text = Text.assemble(f"{told:<9} ", *((part, STYLES[kind]) for part, kind in runs))
            parts.append(Padding(text, (0, 0, 0, 2)))
    return as_text(Group(*parts, Text(LEGEND)), width=width, color=color)


def _line(
    pieces: Sequence[Piece],
    *,
    parts: bool = False,
    cut_before: bool = False,
    cut_after: bool = False,
) -> tuple[Run, ...]:
    shown = chain.from_iterable(
        _piece(piece, parts=parts and not place) for place, piece in enumerate(pieces)
    )
    ending = [] if pieces else [("(the end)", PARTS) if parts else ("(nothing)", "")]
    before, after = [("…", "")] * cut_before, [(" …", "")] * cut_after
    return (*before, *shown, *ending, *after)


def _piece(piece: Piece, *, parts: bool) -> list[Run]:
    """Return a token with its marks, which leave out the space before it, unless that may part."""
    text = visible_piece(piece.text)
    bare = text.lstrip(" ") or text
    space = text[: len(text) - len(bare)]
    marked = f"«{bare}»" if piece.ambiguous else bare
    if parts:
        return [(f"[{space}{marked}]", PARTS)]
    kind = AMBIGUOUS if piece.ambiguous else ""
    return [(space, ""), (marked, kind)] if space else [(marked, kind)]
