import re

import pytest

from claimkit.tasks.natural import common_words, lorem_words


@pytest.mark.parametrize("words", [common_words(), lorem_words()], ids=["common", "lorem"])
def test_words_are_plain_and_different(words):
    """Lower-case ASCII letters, no word twice: each can stand for one symbol."""
    assert all(re.fullmatch("[a-z]+", word) for word in words)
    assert len(set(words)) == len(words)


def test_there_are_twice_the_words_that_a_claim_needs():
    """Half of them may be several tokens of a model, and 300 are left."""
    assert len(common_words()) >= 600
    assert common_words()[:3] == ("the", "of", "and")


def test_lorem_words_have_the_one_of_the_worked_example():
    """The paper's hallucinated chain stands behind *magnam* (section C.5)."""
    assert {"magnam", "ipsum", "dolor"} <= set(lorem_words())
