"""Samples: the outcomes of a stream's first strings, in a file and back, whatever they are."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import InvalidInput
from claimkit.evidence.samples import OPENING, Sample
from claimkit.tasks import Setting

SETTING = Setting(length=30, symbols=62, template="rule")


def sample_of(right, **changes):
    plain = {
        "task": "UR",
        "setting": json.dumps(SETTING.canonical()),
        "purpose": "claim",
        "sampler_version": 1,
        "prompt": "9a5e",
        "opening": "f00d",
    }
    return Sample(**{**plain, **changes}, right=tuple(right))


@given(st.lists(st.booleans(), max_size=300))
def test_a_sample_comes_back_from_json_as_it_was(right):
    """Every number of strings, also one that fills no whole byte."""
    sample = sample_of(right)

    assert Sample.from_dict(json.loads(json.dumps(sample.to_dict()))) == sample


@given(st.lists(st.booleans(), min_size=1, max_size=100), st.data())
def test_a_changed_outcome_does_not_pass_for_what_was_written(right, data):
    """The count beside the bits shows a bit that was changed by hand."""
    record = sample_of(right).to_dict()
    bits = np.frombuffer(bytes.fromhex(record["outcomes"]), np.uint8).copy()
    place = data.draw(st.integers(0, len(right) - 1))
    bits[place // 8] ^= 128 >> place % 8

    with pytest.raises(InvalidInput, match=r"but say \d+ of \d+"):
        Sample.from_dict({**record, "outcomes": bits.tobytes().hex()})


@pytest.mark.parametrize(
    "damage",
    [
        {"outcomes": "zz"},
        {"outcomes": ""},
        {"strings": 9},
        # More than memory holds, and more than fits a machine's number.
        {"strings": 10**13},
        {"strings": 10**30},
        {"strings": -1},
        {"sampler_version": float("inf")},
        {"setting": {"length": 0}},
        {"setting": {**SETTING.canonical(), "demonstrations": 1.5}},
        {"setting": {**SETTING.canonical(), "separator": []}},
        {"setting": {**SETTING.canonical(), "vocabulary": "numbers"}},
        {"setting": {**SETTING.canonical(), "vocabulary": ["words"]}},
        {"task": 3},
    ],
    ids=str,
)
def test_what_is_no_sample_is_refused_in_one_sentence(damage):
    """Whatever was edited by hand, the error is claimkit's own."""
    record = {**sample_of([True] * 20).to_dict(), **damage}
    if damage == {"task": 3}:
        del record["task"]

    with pytest.raises(InvalidInput):
        Sample.from_dict(record)


def test_a_sample_says_which_strings_it_is_of(observed, key):
    """Label and stream come from the key; the opening tells other strings from these."""
    key = type(key)(**{**key.fields, "setting": SETTING.canonical()})

    sample = Sample.of(key, "claim", observed(0, 40))

    assert sample.label == "UR at length 30, template rule"
    assert (sample.size, sample.successes) == (40, 26)
    assert sample.opening == Sample.of(key, "claim", observed(0, OPENING)).opening
    assert sample.opening != Sample.of(key, "claim", observed(1, 41)).opening


def test_the_same_stream_of_another_order_of_fields_is_the_same():
    """A setting is its values, in whatever order a file has them."""
    fields = dict(reversed(SETTING.canonical().items()))

    assert sample_of([], setting=json.dumps(fields)).stream == sample_of([]).stream


def test_a_sample_of_words_is_another_stream_and_comes_back():
    """The vocabulary is written where it is not the usual one, and label and stream tell it."""
    words = sample_of(
        [True] * 20, setting=json.dumps({**SETTING.canonical(), "vocabulary": "words"})
    )

    assert Sample.from_dict(json.loads(json.dumps(words.to_dict()))) == words
    assert words.label == "UR at length 30, template rule, words"
    assert words.stream != sample_of([True] * 20).stream


def test_the_usual_vocabulary_may_be_written_and_changes_nothing():
    """A sample has one form, whoever wrote it."""
    said = json.dumps({**SETTING.canonical(), "vocabulary": "characters"})

    assert sample_of([True], setting=said) == sample_of([True])
