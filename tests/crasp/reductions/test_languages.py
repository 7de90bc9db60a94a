"""The language without a program: words whose last symbol other than e is b."""

import re

import pytest

from claimkit.crasp.reductions.languages import is_member, last_letter, recognizer_from, words


def test_all_words_come_once_the_shorter_ones_first():
    """3 + 9 + 27 + 81 words up to length 4."""
    found = list(words(4))

    assert len(found) == len(set(found)) == 3 + 9 + 27 + 81
    assert [len(word) for word in found] == sorted(len(word) for word in found)
    assert set(words(3, shortest=3)) == {word for word in found if len(word) == 3}


def test_membership_is_that_of_the_regular_expression():
    """On all words up to length 8."""
    for word in words(8):
        text = "".join(word)

        assert is_member(word) == bool(re.fullmatch("[abe]*be*", text))
        assert (last_letter(word) == "a") == bool(re.fullmatch("[abe]*ae*", text))
        assert (last_letter(word) is None) == bool(re.fullmatch("e*", text))


@pytest.mark.parametrize("on_e", [True, False])
def test_what_separates_also_recognizes(on_e):
    """Whatever a separator does with words of e alone, which are in neither language."""

    def separator(word):
        return on_e if set(word) == {"e"} else is_member(word)

    assert all(recognizer_from(separator)(word) == is_member(word) for word in words(7))
