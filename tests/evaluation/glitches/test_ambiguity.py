"""A token is ambiguous if its text goes on after it in more than one way."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import InvalidInput
from claimkit.evaluation.glitches.ambiguity import ambiguous, ambiguous_types, followers

texts = st.lists(st.integers(-3, 5), max_size=40)


def slow_followers(gold):
    """Return the set of followers of each type, by the definition."""
    found = {token: set() for token in gold}
    for token, after in pairwise(gold):
        found[token].add(after)
    return found


@given(gold=texts)
def test_ambiguity_is_that_of_the_definition(gold):
    """Tokens, types and numbers of followers agree with sets collected one by one."""
    expected = slow_followers(gold)
    many = sum(len(after) > 1 for after in expected.values())

    types, counts = followers(gold)

    assert dict(zip(types.tolist(), counts.tolist(), strict=True)) == {
        token: len(after) for token, after in expected.items()
    }
    assert ambiguous(gold).tolist() == [len(expected[token]) > 1 for token in gold]
    assert ambiguous_types(gold) == (many, len(expected) - many)


@pytest.mark.parametrize(
    "gold, expected",
    [
        ([], []),
        ([1], [False]),
        ([1, 2, 1, 2], [False] * 4),
        ([1, 2, 1, 3], [True, False, True, False]),
        ([1, 1], [False, False]),
        ([1, 1, 2], [True, True, False]),
        # The end is no follower: the last 1 stands where the text may end or go on with 2.
        ([1, 2, 1], [False, False, False]),
        # But a type that is ambiguous elsewhere is so in last place, too.
        ([1, 2, 1, 3, 1], [True, False, True, False, True]),
    ],
)
def test_worked_examples(gold, expected):
    """Small texts, the last token included."""
    assert ambiguous(gold).tolist() == expected


@given(gold=texts, after=st.integers(-3, 5))
def test_more_text_never_makes_a_token_unambiguous(gold, after):
    """Followers are only ever added."""
    assert all(ambiguous([*gold, after])[: len(gold)] >= ambiguous(gold))


def test_a_batch_is_refused():
    """Ambiguity is a matter of one text."""
    with pytest.raises(InvalidInput, match="one text at a time"):
        ambiguous([[1, 2], [3, 4]])
