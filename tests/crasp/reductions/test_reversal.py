"""Word-order reversal and backward copying solve one another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.crasp.reductions.fooling import Question
from claimkit.crasp.reductions.reversal import (
    BLANK,
    copy_backward_by,
    embedding_law,
    reversals,
    reverse_words,
    reverse_words_by,
    spaced,
    words_of,
)
from claimkit.errors import InvalidInput
from claimkit.tasks import NB

TEXTS = st.lists(st.sampled_from(["a", "b", "c", BLANK]))


@pytest.mark.parametrize(
    "text, answer",
    [
        ("", ""),
        ("ab", "ab"),
        ("ab_c", "c_ab"),
        ("a_b_ca", "ca_b_a"),
        ("_ab", "ab_"),
        ("a__b", "b__a"),
    ],
)
def test_words_are_reversed_and_kept(text, answer):
    """The order of words changes, that of their symbols does not."""
    assert "".join(reverse_words(text)) == answer


def test_lines_are_words_whose_blank_is_the_line_end():
    """A list of commits, newest first, in the order to apply them."""
    commits = "3f add\n3f fix\n77 add"

    assert "".join(reverse_words(commits, "\n")) == "77 add\n3f fix\n3f add"


@given(TEXTS)
def test_reversing_twice_changes_nothing(text):
    """Empty words and all."""
    assert reverse_words(reverse_words(text)) == text
    assert words_of(reverse_words(text)) == words_of(text)[::-1]


def test_a_solver_of_reversal_solves_backward_copying():
    """On all 3 + … + 3^7 sources, and the other way round on as many texts."""
    law = embedding_law()

    assert law.counterexample == ""
    # 3 + 9 + 27 + 81 + 243 + 729 + 2187 = 3279 of either kind.
    assert law.how == "all 6,558 strings up to length 7 over a b c, both ways"


def test_another_rewriting_does_not():
    """Reversing nothing, or the symbols and not the words."""
    law = embedding_law(solver=list)

    assert law.counterexample == "('a', 'b') becomes ['a', 'b']"
    assert reverse_words_by(list, "a_b") != reverse_words("a_b")


@given(st.lists(st.sampled_from("abc"), min_size=1))
def test_words_of_one_symbol_are_copied_backward(source):
    """Sources of any length."""
    assert copy_backward_by(reverse_words, source) == NB.answer(source)


@given(TEXTS)
def test_backward_copies_reverse_words(text):
    """Texts of any length, the empty one and empty words among them."""
    assert reverse_words_by(NB.answer, text) == reverse_words(text)


def test_questions_are_spaced_sources():
    """One symbol a word, between the beginning and the separator."""
    assert reversals("ab").ask(tuple("aab")) == Question(tuple("$a_a_b|"), tuple("b_a_a"))


def test_a_blank_in_the_source_is_refused():
    """It would end a word."""
    with pytest.raises(InvalidInput, match="the blank '_' stands in the source"):
        spaced("a_b")
    with pytest.raises(InvalidInput, match="take another"):
        reversals("a_")
