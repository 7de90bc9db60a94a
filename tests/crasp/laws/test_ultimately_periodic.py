"""Long words that end in a repeated one."""

from itertools import product

import pytest

from claimkit.crasp.laws.ultimately_periodic import longest_part, ultimately_periodic


@pytest.mark.parametrize("symbols", ["a", "ab", "abc", "abcde"])
def test_words_are_distinct_and_of_one_length(symbols):
    """Each once."""
    words = list(ultimately_periodic(tuple(symbols), 30))

    assert {len(word) for word in words} == {30}
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("symbols", ["a", "ab", "abcd"])
def test_every_short_start_is_followed_by_every_short_word_again_and_again(symbols):
    """None is missing, and there are no others."""
    longest = longest_part(len(symbols))
    short = [w for n in range(longest + 1) for w in product(symbols, repeat=n)]

    expected = {(u + w * 20)[:20] for u in short for w in short if w}

    assert set(ultimately_periodic(tuple(symbols), 20)) == expected


def test_a_fault_far_back_is_followed_by_a_flawless_rest():
    """Brackets closed before they are opened, and in order ever after."""
    assert tuple("ba" + "ab" * 99) in set(ultimately_periodic(("a", "b")))
