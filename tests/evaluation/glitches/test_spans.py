"""Spans cover an alignment; transitions are where an aligned span meets a misaligned one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.evaluation.glitches.alignment import align
from claimkit.evaluation.glitches.spans import spans, transitions

tokens = st.lists(st.integers(0, 3), max_size=30)


def letters(text):
    """One token a letter."""
    return [*map(ord, text)]


@given(gold=tokens, output=tokens)
def test_spans_are_the_columns_grouped(gold, output):
    """Spans follow each other without gap, each of one operation, neighbours of different ones."""
    alignment = align(gold, output)

    found = spans(alignment)

    columns = [span.operation for span in found for _ in range(span.start, span.stop)]
    assert columns == alignment.operations.tolist()
    assert [span.start for span in found] == [0, *(span.stop for span in found)][: len(found)]
    assert all(one.operation != two.operation for one, two in pairwise(found))


@given(gold=tokens, output=tokens)
def test_transitions_follow_from_the_spans(gold, output):
    """They are the last gold tokens of aligned spans with a misaligned one after them."""
    alignment = align(gold, output)
    found = spans(alignment)

    expected = [
        int(alignment.gold[one.stop - 1])
        for one, two in pairwise(found)
        if one.aligned and not two.aligned
    ]

    assert transitions(alignment).tolist() == expected


@pytest.mark.parametrize(
    "gold, output, expected",
    [
        ("abcdef", "abcdef", []),
        ("abcdef", "abxdef", [1]),
        ("abcdef", "abcdefgh", [5]),
        ("abcdef", "abcd", [3]),
        # A glitch at the very first token follows no aligned one.
        ("abcdef", "xbcdef", []),
        # Two misaligned spans in a row, a substitute and an insert, are one glitch.
        ("abcdef", "abxydef", [1]),
        ("abcdef", "axcdxf", [0, 3]),
        ("abc", "xyz", []),
        ("", "", []),
        ("", "x", []),
        ("a", "", []),
    ],
)
def test_worked_examples(gold, output, expected):
    """Where a copy goes wrong is told by the token before."""
    assert transitions(align(letters(gold), letters(output))).tolist() == expected


def test_misaligned_spans_of_different_operations_are_told_apart():
    """One token replaced by two is a substitute and an insert, each a span of its own."""
    found = spans(align(letters("abcdef"), letters("abxydef")))

    assert [(span.operation.name, span.stop - span.start, span.aligned) for span in found] == [
        ("MATCH", 2, True),
        ("SUBSTITUTE", 1, False),
        ("INSERT", 1, False),
        ("MATCH", 3, True),
    ]
