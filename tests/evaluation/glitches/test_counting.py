"""One paragraph's glitches, counted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.evaluation.glitches.alignment import align
from claimkit.evaluation.glitches.counting import glitches
from claimkit.evaluation.glitches.spans import transitions

tokens = st.lists(st.integers(0, 4), max_size=30)

MAGNAM = (
    "dolorem ut labore magnam aliquam quaerat voluptatem . "
    "quisquam magnam est porro sed . neque magnam tempora dolor velit ."
)


def words(text):
    """One token a word, the same in every text."""
    names = sorted({*MAGNAM.split(), "amet"})
    return [names.index(word) for word in text.split()]


@pytest.mark.parametrize(
    "was, came",
    [
        # The chain that follows another "magnam", in place of the right one …
        ("magnam est porro sed .", "magnam aliquam quaerat voluptatem ."),
        # … or before it, …
        ("magnam est porro", "magnam aliquam quaerat voluptatem magnam est porro"),
        # … or leaving out what is between two of them.
        ("magnam est porro sed . neque magnam tempora", "magnam tempora"),
    ],
)
def test_a_hallucinated_chain_after_magnam_is_one_ambiguous_transition(was, came):
    """The paper's worked example: "magnam" has several followers, and the copy takes another.

    Source: arXiv:2505.21785, Appendix C.5, on a paragraph of the same kind.
    """
    gold, output = words(MAGNAM), words(MAGNAM.replace(was, came))

    found = glitches(gold, output)

    assert found.transitions == found.ambiguous_transitions == 1
    assert gold[transitions(align(gold, output))[0]] == words("magnam")[0]
    # "magnam" is followed by aliquam, est and tempora, "." by quisquam and neque.
    assert (found.ambiguous_types, found.unambiguous_types) == (2, len(set(gold)) - 2)


def test_a_glitch_elsewhere_is_not_ambiguous():
    """A wrong word after "dolorem", which has one follower, is a transition of the other kind."""
    found = glitches(words(MAGNAM), words(MAGNAM.replace("dolorem ut", "dolorem amet")))

    assert (found.transitions, found.ambiguous_transitions) == (1, 0)


@given(gold=tokens)
def test_a_right_copy_has_no_glitch(gold):
    """Every token is aligned, no transition is found, and nothing is left out."""
    found = glitches(gold, gold)

    assert (found.aligned, found.transitions, found.first_glitch) == (len(gold), 0, None)
    assert found.kept


@given(gold=tokens, output=tokens)
def test_counts_fit_into_each_other(gold, output):
    """Transitions are aligned tokens; those at ambiguous tokens are some of all."""
    found = glitches(gold, output)

    assert found.ambiguous_transitions <= found.ambiguous_aligned <= found.aligned <= len(gold)
    assert found.ambiguous_transitions <= found.transitions <= found.aligned
    others = found.transitions - found.ambiguous_transitions
    assert others <= found.aligned - found.ambiguous_aligned
    assert found.ambiguous_types + found.unambiguous_types == len(set(gold))


@given(gold=tokens, output=tokens)
def test_the_first_transition_is_before_the_first_glitch(gold, output):
    """The token before the first difference is the first transition; a first token has none."""
    first = glitches(gold, output).first_glitch
    ends = transitions(align(gold, output)).tolist()

    assert (first is None) == (gold == output)
    if first is None:
        assert ends == []
    else:
        assert gold[:first] == output[:first]
        assert gold[first : first + 1] != output[first : first + 1]
        assert first == 0 or ends[0] == first - 1


@pytest.mark.parametrize(
    "length, kept", [(0, False), (74, False), (75, True), (100, True), (133, True), (134, False)]
)
def test_outputs_of_another_length_are_not_kept(length, kept):
    """Of 100 tokens, 75 are enough, and 133 of which 100 are 75.2 % are not too many."""
    assert glitches(np.arange(100), np.arange(length)).kept == kept
