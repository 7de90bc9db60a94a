"""The fast alignment takes the path of the textbook's, tie for tie."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import InvalidInput
from claimkit.evaluation.glitches import alignment as module
from claimkit.evaluation.glitches.alignment import ABSENT, Operation, align

MATCH, SUBSTITUTE, INSERT, DELETE = Operation
PAIRS = 10_000

tokens = st.lists(st.integers(-2, 3), max_size=30)


def textbook(gold, output):
    """Fill the whole table, then walk back from its end: insert before delete before diagonal."""
    best = [[-j for j in range(len(output) + 1)]]
    for i, token in enumerate(gold):
        row = [-i - 1]
        for j, other in enumerate(output):
            row.append(max(best[i][j] + (token == other), best[i][j + 1] - 1, row[j] - 1))
        best.append(row)
    i, j, backwards = len(gold), len(output), []
    while i or j:
        if j and best[i][j] == best[i][j - 1] - 1:
            backwards.append(INSERT)
            j -= 1
        elif i and best[i][j] == best[i - 1][j] - 1:
            backwards.append(DELETE)
            i -= 1
        else:
            i, j = i - 1, j - 1
            backwards.append(MATCH if gold[i] == output[j] else SUBSTITUTE)
    return backwards[::-1], best[-1][-1]


def random_pairs(count, longest=40):
    """Sequences over 1 to 6 symbols, so that many alignments score the same."""
    rng = np.random.default_rng(8)
    for _ in range(count):
        symbols = rng.integers(1, 7)
        yield tuple(
            rng.integers(symbols, size=rng.integers(longest + 1)).tolist() for _ in range(2)
        )


def found(gold, output):
    """Return the operations and the score of an alignment."""
    aligned = align(gold, output)
    return aligned.operations.tolist(), aligned.score


def test_ten_thousand_random_pairs_are_aligned_as_in_the_textbook():
    """Operations and scores are those of the full table with the published tie order."""
    differ = [pair for pair in random_pairs(PAIRS) if found(*pair) != textbook(*pair)]

    assert differ == []


def test_the_order_of_ties_matters():
    """With ties broken otherwise most of these pairs would be aligned otherwise."""
    pairs = list(random_pairs(200))
    # Mirrored texts have mirrored alignments, whose gaps come early where ours come late.
    early = [textbook(gold[::-1], output[::-1])[0][::-1] for gold, output in pairs]

    assert np.mean([found(*pair)[0] != one for pair, one in zip(pairs, early, strict=True)]) > 0.3


@pytest.mark.parametrize("cells", [1, 7, 100])
def test_pieces_of_the_table_are_joined_seamlessly(monkeypatch, cells):
    """However few rows are worked on at once, the path is the same."""
    monkeypatch.setattr(module, "_CELLS", cells)

    assert all(found(*pair) == textbook(*pair) for pair in random_pairs(200))


@pytest.mark.parametrize(
    "gold, output, operations",
    [
        ("", "", []),
        ("ab", "", [DELETE, DELETE]),
        ("", "ab", [INSERT, INSERT]),
        ("abc", "abc", [MATCH] * 3),
        ("abc", "axc", [MATCH, SUBSTITUTE, MATCH]),
        # Gaps come late: which of two equal tokens is too many or missing is told by the order.
        ("a", "aa", [MATCH, INSERT]),
        ("aa", "a", [MATCH, DELETE]),
        # One match and two gaps score -1, two substitutes 0.
        ("ab", "ba", [SUBSTITUTE, SUBSTITUTE]),
        # Two matches and two gaps tie with three substitutes; read from the end, insert comes
        # before diagonal.
        ("abc", "bcd", [DELETE, MATCH, MATCH, INSERT]),
        # The same tie, where delete comes before diagonal.
        ("bcd", "abc", [INSERT, MATCH, MATCH, DELETE]),
    ],
)
def test_worked_examples(gold, output, operations):
    """Small texts are aligned as the scores and the tie order say."""
    assert found([*map(ord, gold)], [*map(ord, output)])[0] == operations


def test_trimming_a_common_end_would_take_another_path():
    """Of "a" copied as "aa" the first is matched; without the common last "a" the last would be."""
    whole, trimmed = found([1], [1, 1])[0], found([], [1])[0]

    assert whole != [*trimmed, MATCH]


@given(gold=tokens, output=tokens)
def test_the_columns_give_back_both_texts(gold, output):
    """Each token stands in one column, in order, and columns show what their operation says."""
    aligned = align(gold, output)
    shown = [aligned.gold, aligned.output]

    assert [side[side != ABSENT].tolist() for side in shown] == [
        list(range(len(gold))),
        list(range(len(output))),
    ]
    for operation, i, j in zip(aligned.operations, *shown, strict=True):
        assert (operation == INSERT) == (i == ABSENT)
        assert (operation == DELETE) == (j == ABSENT)
        if operation in (MATCH, SUBSTITUTE):
            assert (operation == MATCH) == (gold[i] == output[j])


@given(gold=tokens, output=tokens)
def test_the_score_is_the_sum_of_the_columns(gold, output):
    """A match adds one, a gap takes one away, a substitute does neither."""
    operations, score = found(gold, output)

    assert score == operations.count(MATCH) - operations.count(INSERT) - operations.count(DELETE)


@given(gold=tokens, output=tokens)
def test_the_score_is_the_same_both_ways(gold, output):
    """Exchanging the texts, or reversing both, changes the path and not its score."""
    score = align(gold, output).score

    assert align(output, gold).score == align(gold[::-1], output[::-1]).score == score


@given(gold=tokens)
def test_a_right_copy_is_all_matches(gold):
    """No tie makes a gap in a copy without error."""
    assert found(gold, gold) == ([MATCH] * len(gold), len(gold))


@given(gold=tokens, output=tokens)
def test_common_beginnings_are_matched(gold, output):
    """Texts are aligned without a gap up to their first difference."""
    common = 0
    while common < min(len(gold), len(output)) and gold[common] == output[common]:
        common += 1

    assert found(gold, output)[0][:common] == [MATCH] * common


def test_large_scores_do_not_overflow():
    """Where three times the length is beyond 16 bits, the table gets more."""
    gold = np.arange(11_000)

    aligned = align(gold, np.delete(gold, [3, 10_000]))

    assert aligned.score == 11_000 - 3 - 1
    assert np.flatnonzero(aligned.operations == DELETE).tolist() == [3, 10_000]


def test_an_alignment_cannot_be_changed():
    """Its arrays are read-only, and the caller's own stay as they are."""
    gold = np.array([1, 2])

    with pytest.raises(ValueError, match="read-only"):
        align(gold, gold).operations[0] = INSERT
    assert gold.flags.writeable


@pytest.mark.parametrize(
    "gold, output, words",
    [
        ([[1, 2]], [1], r"gold is one row of token ids, got int64 of shape \(1, 2\)"),
        ([1], [0.5], r"output is one row of token ids, got float64 of shape \(1,\)"),
        ("text", [1], r"gold .* got <U4 of shape \(\)"),
        ([True], [1], "got bool"),
    ],
)
def test_what_is_no_row_of_tokens_is_refused(gold, output, words):
    """Batches, text and other numbers give an error that names what was given."""
    with pytest.raises(InvalidInput, match=words):
        align(gold, output)
