import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import InvalidInput
from claimkit.tasks import Setting


@pytest.mark.parametrize(
    "change, words",
    [
        ({"length": 0}, "length is a number of at least 1, got length=0"),
        ({"symbols": 0}, "symbols is a number of at least 1, got symbols=0"),
        ({"demonstrations": -1}, "demonstrations is a number of at least 0, got demonstrations=-1"),
        ({"demonstration_length": "long"}, "demonstration_length is 'short' or 'same', got 'long'"),
        ({"vocabulary": "numbers"}, "vocabulary is 'characters' or 'words', got 'numbers'"),
    ],
    ids=str,
)
def test_a_setting_that_cannot_be_asked_is_refused(change, words):
    """The message names the field, what it may be, and what it was."""
    with pytest.raises(InvalidInput, match=words):
        Setting(**{"length": 10, "symbols": 26, **change})


def test_the_headline_setting_is_the_papers():
    """Five short demonstrations, lines alone, separator shown."""
    assert Setting(length=10, symbols=26).canonical() == {
        "length": 10,
        "symbols": 26,
        "demonstrations": 5,
        "demonstration_length": "short",
        "template": "bare",
        "separator": True,
    }


def test_a_setting_survives_being_written_and_read():
    """Plain values lead back to an equal setting."""
    setting = Setting(30, 52, demonstrations=0, demonstration_length="same", separator=False)

    assert Setting(**json.loads(json.dumps(setting.canonical()))) == setting


settings_of_both = st.builds(
    Setting,
    length=st.integers(1, 2),
    symbols=st.integers(2, 3),
    demonstrations=st.integers(4, 5),
    demonstration_length=st.sampled_from(["short", "same"]),
    template=st.sampled_from(["bare", "words"]),
    separator=st.booleans(),
    vocabulary=st.sampled_from(["characters", "words"]),
)


@given(settings_of_both)
def test_any_setting_survives_being_written_and_read(setting):
    """In either vocabulary, the one that is left out among them."""
    assert Setting(**json.loads(json.dumps(setting.canonical()))) == setting


@given(settings_of_both, settings_of_both)
def test_no_two_settings_are_written_alike(one, other):
    """Else they would share their seeds, keys and words."""
    assert (one.canonical() == other.canonical()) == (one == other)
    assert (one.place == other.place) == (replace(one, symbols=9) == replace(other, symbols=9))


def test_words_are_written_where_they_are_meant_alone():
    """Evidence from before there was a choice is of characters."""
    characters, words = Setting(10, 26), Setting(10, 26, vocabulary="words")

    assert words.canonical() == {**characters.canonical(), "vocabulary": "words"}
    assert "vocabulary" not in characters.canonical()


def test_a_place_says_words_where_they_are_meant():
    """Behind the length and the template; characters go without saying."""
    setting = Setting(10, 26, template="rule", separator=False, vocabulary="words")

    assert setting.place == "length 10, template rule, words, no separator"
