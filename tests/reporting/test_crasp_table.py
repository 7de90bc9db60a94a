"""The trace of a program as tables that fit a terminal."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from claimkit.crasp.operations import Symbol, Top, Variable
from claimkit.crasp.program import Definition
from claimkit.reporting.crasp_table import (
    Tabulated,
    TracedLine,
    answers,
    lines_of,
    render,
    tabulated,
)

PRED = Definition("PRED", (Variable("a"),), Top())
TWICE = Definition("TWICE", (), Top())
END = Definition("NEXT", (Symbol("#"),), Top())
BIGRAM = Definition("BIGRAM", (Variable("a"), Variable("b")), Top())


def bools(*rows):
    """Bool arrays, from rows such as ``010``."""
    return np.array([[bit == "1" for bit in row] for row in rows])


def trace():
    """PRED_a, PRED_b and a count, on the string ``a b a``."""
    count = np.array([0, -2, 12])
    return tabulated([(PRED, bools("010", "000")), (TWICE, count)], "aba", "ab")


def test_a_row_is_a_line_and_a_column_a_position():
    """Positions are counted from 1, as the theory does; what is false is a small dot."""
    assert render(trace(), width=80, color=False).splitlines() == [
        "position  1   2   3",
        "symbol    a   b   a",
        "PRED[a]   ·   ●   ·",
        "TWICE     0  −2  12",
        "false or 0 everywhere: 1 of PRED (--all shows them)",
    ]


def test_plain_text_is_ascii():
    """What holds is 1, and a minus sign is a hyphen."""
    text = render(trace(), width=80, color=False, plain=True)

    assert text.isascii()
    assert text.splitlines()[2:4] == ["PRED[a]   0   1   0", "TWICE     0  -2  12"]


def test_a_line_without_indices_is_shown_even_if_it_holds_nowhere():
    """Only of families there may be hundreds."""
    table = tabulated([(END, np.zeros(3, dtype=np.bool_))], "aba", "ab")

    assert [line.label for line in table.lines] == ["NEXT[#]"]
    assert table.left_out == ()


def test_indices_run_in_the_order_of_the_alphabet():
    """The last one fastest; a line is labelled with its own values."""
    values = np.arange(8).reshape(2, 2, 2)

    lines = list(lines_of(BIGRAM, values, ["x", "yy"]))

    assert [line.label for line in lines] == [
        "BIGRAM[x,x]",
        "BIGRAM[x,yy]",
        "BIGRAM[yy,x]",
        "BIGRAM[yy,yy]",
    ]
    assert [line.values.tolist() for line in lines] == [[0, 1], [2, 3], [4, 5], [6, 7]]


def test_everything_is_shown_on_demand():
    """Then nothing is said to be missing."""
    table = tabulated([(PRED, bools("010", "000"))], "aba", "ab", everywhere=True)

    assert [line.label for line in table.lines] == ["PRED[a]", "PRED[b]"]
    assert "everywhere" not in render(table, width=80, color=False)


@pytest.mark.parametrize(
    "only, labels",
    [({"TWICE"}, ["TWICE"]), ({"PRED"}, ["PRED[a]"]), ({"PRED[b]"}, ["PRED[b]"])],
    ids=["line", "family", "one of a family"],
)
def test_some_lines_are_shown_alone(only, labels):
    """One that is asked for by its symbols is shown even if it holds nowhere."""
    traced = [(PRED, bools("010", "000")), (TWICE, np.array([0, 0, 0]))]

    table = tabulated(traced, "aba", "ab", only=only)

    assert [line.label for line in table.lines] == labels


def test_a_wide_table_becomes_several():
    """Each has as many positions as fit, and all lines."""
    table = Tabulated(tuple("abcdef"), (TracedLine("P", (), bools("101010")[0]),))

    assert render(table, width=18, color=False).splitlines() == [
        "position  1  2  3",
        "symbol    a  b  c",
        "P         ●  ·  ●",
        "",
        "position  4  5  6",
        "symbol    d  e  f",
        "P         ·  ●  ·",
    ]


def test_each_of_several_tables_leaves_out_what_is_nowhere_in_it():
    """Lines without indices stay."""
    table = tabulated(
        [(PRED, bools("000001", "100000")), (TWICE, np.zeros(6, dtype=np.int64))], "abcdef", "ab"
    )

    rows = [line.split()[0] for line in render(table, width=18, color=False).splitlines() if line]

    assert rows == [
        *("position", "symbol", "PRED[b]", "TWICE"),
        *("position", "symbol", "PRED[a]", "TWICE"),
    ]


words = st.text(st.characters(categories=["L", "N"], max_codepoint=0xFFFF), min_size=1, max_size=9)


@given(
    st.lists(st.tuples(words, st.integers(-(10**9), 10**9)), min_size=1, max_size=30),
    words,
    st.integers(16, 100),
)
def test_no_width_cuts_or_overflows(string, name, width):
    """Every symbol and every number stands whole in one line, at any width that has room for one.

    Wide characters take two columns of a terminal.
    """
    symbols, values = zip(*string, strict=True)
    table = Tabulated(symbols, (TracedLine(name, (), np.array(values)),))

    lines = render(table, width=max(width, 24 + cell_len(name)), color=False).splitlines()

    assert all(cell_len(line) <= max(width, 24 + cell_len(name)) for line in lines)
    heads = [line.split()[1:] for line in lines if line.startswith("symbol ")]
    rows = [line.split() for before, line in pairwise(lines) if before.startswith("symbol ")]
    assert [symbol for head in heads for symbol in head] == list(symbols)
    shown = [value.replace("−", "-") for row in rows for value in row[1:]]
    assert list(map(int, shown)) == list(values)


def test_a_terminal_that_is_too_narrow_folds():
    """Nothing is lost even then."""
    table = Tabulated(("abcdefghij",), (TracedLine("LONGNAME", (), np.array([123456])),))

    text = "".join(render(table, width=6, color=False).split())

    assert set("abcdefghij123456LONGNAME") <= set(text)
    assert "…" not in text


def test_answers_stand_out_in_colour_alone():
    """Without colour there is not one escape."""
    table = Tabulated(("a",), (TracedLine("NEXT", ("a",), bools("1")[0]),))

    assert "\x1b[1mNEXT[a]" in render(table, width=80, color=True)
    assert "\x1b" not in render(table, width=80, color=False)


def line(name, symbol, bits):
    """A Boolean line of at most one index."""
    return TracedLine(name, tuple(symbol), bools(bits)[0])


@pytest.mark.parametrize(
    "lines, said",
    [
        ([line("NEXT", "a", "10"), line("NEXT", "b", "01")], ["NEXT: b"]),
        ([line("NEXT", "a", "10"), line("NEXT", "#", "10")], ["NEXT: none"]),
        (
            [line("NEXT", "a", "01"), line("NEXT", "#", "01"), line("PRED", "a", "01")],
            ["NEXT: a and # (more than one: nothing can be generated)"],
        ),
        (
            [line("ACCEPT", "", "01"), line("MAY", "a", "01"), line("MAY", "b", "01")],
            ["ACCEPT: yes", "MAY: a and b"],
        ),
        ([line("ACCEPT", "", "10"), line("MAY", "a", "10")], ["ACCEPT: no", "MAY: none"]),
        ([TracedLine("NEXT", ("a",), np.array([0, 1]))], []),
    ],
    ids=["one", "none", "several", "member", "not a member", "a count"],
)
def test_what_a_program_says_is_read_at_the_last_position(lines, said):
    """A language may be followed by several symbols; a string is continued by one."""
    assert list(answers(lines)) == said
