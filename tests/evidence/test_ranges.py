"""What a stream lacks is cut into the same pieces by every worker."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from claimkit.evidence.ranges import PIECE, cell, count, gaps, pieces

PLACES = st.integers(0, 3000)
RANGES = st.tuples(PLACES, PLACES).map(lambda ends: (min(ends), max(ends)))


def strings_of(ranges):
    """Return the strings of some ranges, in the order given."""
    return [string for start, stop in ranges for string in range(start, stop)]


@given(RANGES)
def test_pieces_are_the_range(wanted):
    """Nothing is lost, added or repeated by cutting, and every piece lies between two borders."""
    cut = list(pieces(*wanted))

    assert strings_of(cut) == list(range(*wanted))
    assert all(cell(start) == cell(stop - 1) for start, stop in cut)


@given(PLACES)
def test_a_string_lies_in_its_cell(string):
    """Cells are the same from every string in them, and never longer than a piece may be."""
    start, stop = cell(string)

    assert start <= string < stop <= start + PIECE
    assert cell(start) == cell(stop - 1) == (start, stop)


def test_the_first_looks_end_at_borders():
    """A look at 64, 128, 256, 512, … strings measures whole pieces, and no string too many."""
    borders = {0, *(cell(string)[1] for string in range(2048))}

    assert {64, 128, 256, 512, 1024, 2048} <= borders


@given(st.lists(RANGES, max_size=6), PLACES)
def test_gaps_are_what_is_not_stored(stored, stop):
    """Whatever is stored, overlapping or in any order, the gaps are the rest below the stop."""
    lacking = list(gaps(stored, stop))

    assert strings_of(lacking) == sorted({*range(stop)} - {*strings_of(stored)})
    assert count(lacking) == len(strings_of(lacking))
    assert all(a[1] < b[0] for a, b in itertools.pairwise(lacking))
