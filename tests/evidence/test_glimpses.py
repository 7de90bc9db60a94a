"""Glimpses: what is shown of one output around the place where it goes wrong."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import InvalidInput
from claimkit.evidence.glimpses import Glimpse, Piece
from claimkit.evidence.verdicts import Judgement, Verdict

SEEN = Glimpse(
    task="LoremCopy",
    setting="9 tokens, template echo, 3 demonstrations",
    index=3,
    position=4,
    tokens=9,
    copied=(Piece(" dolor"), Piece(" sit", ambiguous=True)),
    expected=(Piece(" amet"), Piece(",")),
    written=(" elit", "."),
    goes_on=True,
)
PIECES = st.lists(st.builds(Piece, st.text(max_size=4), st.booleans()), max_size=3).map(tuple)


@st.composite
def glimpses(draw):
    """Any glimpse that does not contradict itself."""
    copied, expected, written = draw(PIECES), draw(PIECES), draw(st.lists(st.text(max_size=4)))
    position = len(copied) + draw(st.integers(0, 3))
    return Glimpse(
        task=draw(st.text(max_size=4)),
        setting=draw(st.text(max_size=4)),
        index=draw(st.integers(0, 9)),
        position=position,
        tokens=position + len(expected) + draw(st.integers(0, 3)),
        copied=copied,
        expected=expected,
        written=tuple(written) if expected else ("x", *written),
        goes_on=draw(st.booleans()),
    )


@given(glimpses())
def test_json_keeps_a_glimpse(glimpse):
    """By itself, and in the judgement that it belongs to."""
    judged = Judgement(verdict=Verdict.FAILS, label="", needs="", alpha=0.1, glimpse=glimpse)

    assert Glimpse.from_dict(json.loads(json.dumps(glimpse.to_dict()))) == glimpse
    assert Judgement.from_dict(json.loads(json.dumps(judged.to_dict()))) == judged


def test_journals_of_earlier_versions_are_read():
    """They know of no glimpses."""
    judged = Judgement(verdict=Verdict.FAILS, label="", needs="", alpha=0.1)
    earlier = {name: value for name, value in judged.to_dict().items() if name != "glimpse"}

    assert Judgement.from_dict(earlier) == judged


def test_it_knows_its_place():
    """Whether the text is shown from its beginning and to its end, and what it goes wrong after."""
    assert (SEEN.begins, SEEN.ends, SEEN.ambiguous) == (False, False, True)
    whole = replace(SEEN, position=2, tokens=4)
    assert (whole.begins, whole.ends) == (True, True)
    assert not replace(SEEN, copied=(Piece(" sit", ambiguous=True), Piece(" et"))).ambiguous
    assert not replace(SEEN, position=0, copied=()).ambiguous


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"position": 1}, "2 tokens up to token 1"),
        ({"tokens": 5}, "which has 5"),
        ({"index": -1}, "text -1"),
        ({"expected": (), "written": ()}, "nothing is wrong there"),
    ],
)
def test_what_contradicts_itself_is_refused(changes, words):
    """With the numbers that do not fit."""
    with pytest.raises(InvalidInput, match=words):
        replace(SEEN, **changes)


@pytest.mark.parametrize("record", [{}, {**SEEN.to_dict(), "mood": 1}, {"copied": [{"txt": ""}]}])
def test_another_record_is_refused(record):
    """Fields that are missing, and fields that nobody knows."""
    with pytest.raises(InvalidInput, match="not a glimpse"):
        Glimpse.from_dict(record)
