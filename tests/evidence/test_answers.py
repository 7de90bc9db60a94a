"""Answers are kept as they are, beside outcomes and apart from them, and say what outcomes say."""

from __future__ import annotations

import tempfile
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.errors import InvalidInput
from claimkit.evidence.answers import Answer, Answers
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.rows import ANSWERS
from claimkit.evidence.store import Store, StoreWarning

TOKENS = st.lists(st.integers(0, 2**20), max_size=6).map(tuple)


@st.composite
def answer(draw):
    """Return any answer that does not contradict itself."""
    parsed = draw(st.booleans())
    gold, given_ = draw(TOKENS), draw(TOKENS)
    right = parsed and draw(st.booleans())
    return Answer(
        right=right,
        text=draw(st.text(max_size=20)),
        parsed=parsed,
        ended=draw(st.sampled_from(["stop", "end", "cap"])),
        written=draw(st.integers(0, 10**6)),
        margin=draw(st.floats(0, 100, width=32)),
        gold=gold,
        given=gold if right else given_,
    )


@st.composite
def answers(draw, most=8):
    """Return some answers, each with the digest of another string."""
    found = draw(st.lists(answer(), max_size=most))
    first = draw(st.integers(0, 2**64 - 1 - most))
    return Answers.of(found, np.arange(first, first + len(found), dtype=np.uint64))


@given(answers())
def test_a_body_holds_what_was_written(found):
    """Texts in any script, of any length, none at all included."""
    body = ANSWERS.encode(found)

    assert ANSWERS.decode(ANSWERS.rows(body)) == found
    assert [n for n in range(12) if ANSWERS.fits(body, n)] == [len(found)]


@given(answers(), st.data())
def test_a_cut_body_fits_nothing(found, data):
    """Wherever it is cut."""
    body = ANSWERS.encode(found)
    cut = body[: data.draw(st.integers(0, len(body) - 1))]

    assert not any(ANSWERS.fits(cut, n) for n in range(12))


@settings(max_examples=30, deadline=None)
@given(parts=st.lists(answers(most=3).filter(len), min_size=1, max_size=4), order=st.randoms())
def test_the_store_keeps_answers_in_any_order_of_pieces(key, parts, order):
    """Beside outcomes of the same key, which stay as they are."""
    parts = [Answers.of(p.answers, p.digests % 1000 + 1000 * i) for i, p in enumerate(parts)]
    starts = np.cumsum([0, *map(len, parts)])
    pieces = list(zip(starts.tolist(), parts, strict=False))
    order.shuffle(pieces)
    with tempfile.TemporaryDirectory() as root:
        store = Store(root)
        for start, part in pieces:
            store.answers.append(key, start, part)

        assert store.answers.read(key) == Answers.concatenate(parts)
        assert store.answers.missing(key, int(starts[-1])) == []
        assert len(store.read(key)) == 0


def test_a_stream_cut_at_any_byte_keeps_its_whole_records(tmp_path, key):
    """What is damaged is told once and measured again."""
    one = Answer(True, "a b", True, "stop", 3, 0.5, (1, 2), (1, 2))
    store = Store(tmp_path)
    for start in (0, 2):
        digests = np.arange(start, start + 2, dtype=np.uint64)
        store.answers.append(key, start, Answers.of([one, one], digests))
    (path,) = (tmp_path / "answers").rglob("records")
    content = path.read_bytes()

    for cut in range(len(content) // 2 + 1, len(content)):
        path.write_bytes(content[:cut])
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", StoreWarning)
            assert len(store.answers.read(key)) == 2
        assert len(caught) == 1


@given(answers())
def test_outcomes_say_what_answers_say(found):
    """Right where right; else wrong at the first token that differs."""
    outcomes = found.outcomes

    assert isinstance(outcomes, Outcomes)
    assert np.array_equal(outcomes.digests, found.digests)
    for right, wrong, margin, one in zip(
        outcomes.right, outcomes.first_wrong, outcomes.margin, found.answers, strict=True
    ):
        assert (right, margin) == (one.right, one.margin if one.right else -one.margin)
        if not one.right:
            assert one.gold[:wrong] == one.given[:wrong]
            assert (
                one.gold[wrong : wrong + 1] != one.given[wrong : wrong + 1] or not one.gold[wrong:]
            )


def test_an_answer_that_was_not_found_cannot_be_right():
    """Nor can it end by anything else than it can, or be chosen by less than nothing."""
    with pytest.raises(InvalidInput, match="cannot be parsed"):
        Answer(True, "a", False, "stop", 1, 0.5, (1,), (1,))
    with pytest.raises(InvalidInput, match=r"margin of -0\.5"):
        Answer(False, "a", True, "cap", 1, -0.5, (1,), (1,))
    with pytest.raises(InvalidInput, match="'bored'"):
        Answer(False, "a", True, "bored", 1, 0.5, (1,), (1,))


def test_answers_need_a_digest_each():
    """Of the right kind of number."""
    with pytest.raises(InvalidInput, match="0 answers need"):
        Answers((), np.zeros(1, np.uint64))
    with pytest.raises(InvalidInput, match="int64"):
        Answers((), np.zeros(0, np.int64))
