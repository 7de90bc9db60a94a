"""The table of all tasks."""

import pytest
from rich.cells import cell_len

from claimkit.crasp.registry import REGISTRY
from claimkit.crasp.text.parsing import parse
from claimkit.reporting.crasp_list import HEADS, listed, markdown, render, uses_of

LINES = list(listed())


@pytest.mark.parametrize(
    "text, uses",
    [
        ("P := ∃[j ≤ i] Q[bos](j)", "neither"),
        ("P := ∃[j ≤ i, j = i−1] Q[bos](j)", "ψ"),
        ("P := 2 ≤ #[j ≤ i, i−j ≤ 1] Q[bos](j) + 1", "ψ"),
        ("P := Q[bos] ∨ i mod 2 = 1", "φ"),
        ("P := ∃[j ≤ i] (Q[bos](j) ∧ j mod 2 = 1)\nR := ¬∃[j ≤ i, i−j = 2] P(j)", "φ, ψ"),
    ],
)
def test_a_program_uses_what_stands_in_it(text, uses):
    """Wherever it stands, also inside of other operations."""
    assert uses_of(parse(text)) == uses


def test_every_task_has_a_line():
    """In the order of the registry, those without a program included."""
    assert [line.task.partition(" (")[0] for line in LINES] == list(REGISTRY)
    assert [line.program for line in LINES] == [
        "yes" if entry.expressible else "no" for entry in REGISTRY.values()
    ]


def test_names_that_no_shell_takes_have_their_key_beside_them():
    """So that a reader knows what to type."""
    tasks = {line.task for line in LINES}

    assert {"UR", "Copy Unique", "D_2", "(aa)* (aa)", "{a,b}*d{b,c}* (adbc)"} <= tasks


@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_table_fits_and_cuts_nothing(width):
    """Words are folded into several lines of a column."""
    text = render(LINES, width=width, color=False)

    assert max(map(cell_len, text.splitlines())) <= width
    assert "…" not in text


def test_reasons_are_whole_where_there_is_room():
    """In the column that is headed so, and with the papers that they name below."""
    head, *rows = render(LINES, width=300, color=False).splitlines()

    start = head.index(HEADS[-1])
    assert [row[start:] for row in rows if row[start:]] == [line.by for line in LINES]
    assert rows[-2:] == ["[A] arXiv:2505.21785", "[B] arXiv:2410.02140"]


def test_plain_is_ascii():
    """Signs are spelled out."""
    text = render(LINES, width=80, color=False, plain=True)

    assert text.isascii()
    assert "psi" in text


def test_a_page_has_a_row_for_each():
    """What Markdown takes for markup is escaped."""
    rows = markdown(LINES).splitlines()

    assert len(rows) == len(LINES) + 2
    assert all(row.replace(r"\|", "").count("|") == len(HEADS) + 1 for row in rows)
    assert sum(r"(aa)\* (aa)" in row for row in rows) == 1
