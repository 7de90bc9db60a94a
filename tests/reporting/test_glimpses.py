"""Glimpses as lines: marks say what colours say, and nothing of an output is hidden."""

import re
from dataclasses import replace

import pytest

from claimkit.evidence.glimpses import Glimpse, Piece
from claimkit.evidence.verdicts import Judgement, Verdict
from claimkit.reporting.glimpses import LEGEND, coloured, heading, plain_lines

ANSI = re.compile(r"\x1b\[[\d;]*m")
SEEN = Glimpse(
    task="LoremCopy",
    setting="9 tokens, template echo, 3 demonstrations",
    index=3,
    position=4,
    tokens=9,
    copied=(Piece(" dolor"), Piece(" sit", ambiguous=True)),
    expected=(Piece(" amet", ambiguous=True), Piece("\n"), Piece("et", ambiguous=True)),
    written=(" el", "it"),
    goes_on=True,
)


def judged(glimpse):
    """A judgement that shows this."""
    return Judgement(verdict=Verdict.HOLDS, label="", needs="", alpha=0.1, glimpse=glimpse)


def shown(glimpse):
    """Return the three lines between heading and legend."""
    first, *lines, last = plain_lines(glimpse)
    assert (first, last) == (heading(glimpse), f"  ({LEGEND})")
    return lines


def test_marks_need_no_colour():
    """Ambiguous tokens in the original, the first that differs in both, and what was left out."""
    assert shown(SEEN) == [
        "  copied:   … dolor «sit»",
        "  expected: [ «amet»]\\n«et» …",
        "  written:  [ el]it …",
    ]
    assert heading(SEEN) == (
        "first glitch of LoremCopy at 9 tokens, template echo, 3 demonstrations: text 3, "
        "after token 4 of 9, an ambiguous one"
    )


@pytest.mark.parametrize(
    "changes, lines",
    [
        ({"written": (), "goes_on": False}, {2: "  written:  (the end)"}),
        ({"expected": (), "tokens": 4}, {1: "  expected: (the end)"}),
        ({"position": 2, "tokens": 5}, {0: "  copied:    dolor «sit»"}),
        ({"position": 0, "copied": ()}, {0: "  copied:   (nothing)"}),
        # Two tokens that differ by their space alone.
        ({"written": ("amet",), "goes_on": False}, {2: "  written:  [amet]"}),
        ({"written": ("\x1b[2J", "\t"), "goes_on": False}, {2: "  written:  [\\x1b[2J]\\t"}),
    ],
)
def test_what_is_there_is_told(changes, lines):
    """Where one of the texts ends, where nothing was right, and what one does not see."""
    found = shown(replace(SEEN, **changes))

    assert {place: found[place] for place in lines} == lines


def test_a_glitch_at_the_beginning_has_no_token_before():
    """And one after a token that is not ambiguous says so."""
    assert heading(replace(SEEN, position=0, copied=())).endswith("from the first of 9 tokens on")
    plain = replace(SEEN, copied=(Piece(" sit"),))
    assert heading(plain).endswith("after token 4 of 9, not an ambiguous one")


@pytest.mark.parametrize("width", [40, 200])
def test_colours_change_no_text(width):
    """With and without them the same words stand there, in the width that there is."""
    found = [("A17", judged(SEEN)), ("A18", judged(None)), ("", judged(SEEN))]
    plain = coloured(found, width=width, color=False)
    colour = coloured(found, width=width, color=True)

    assert ANSI.sub("", colour) == plain != colour
    assert not ANSI.search(plain)
    assert all(len(line) <= width for line in plain.splitlines())
    assert plain.count("first glitch of LoremCopy") == 2
    assert "A18" not in plain
    # Ambiguous ones are underlined, the first that differs is reversed.
    assert re.search(r"\x1b\[[\d;]*\b4\b[\d;]*m«sit»", colour)
    assert re.search(r"\x1b\[[\d;]*\b7\b[\d;]*m\[ el\]", colour)
