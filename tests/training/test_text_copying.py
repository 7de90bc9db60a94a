"""Random sequences, repeated forward and backward, and the share that a model continues right."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import InvalidInput
from claimkit.training.text.copying import continued_right, repeated


class Rule(torch.nn.Module):
    """A model whose next token follows a rule: a function of all tokens so far."""

    device = torch.device("cpu")

    def __init__(self, rule):
        super().__init__()
        self.rule = rule

    def forward(self, input_ids):
        """Give the highest score to what the rule says."""
        logits = torch.zeros(*input_ids.shape, 60)
        for row, tokens in enumerate(input_ids.tolist()):
            for place in range(len(tokens)):
                logits[row, place, self.rule(tokens[: place + 1])] = 1.0
        return SimpleNamespace(logits=logits)


def beside(step):
    """The token beside the last one's first place, ``step`` to the right; -1 is to the left."""
    return lambda tokens: (tokens + tokens)[tokens.index(tokens[-1]) + step]


@given(st.integers(1, 12), st.integers(1, 5), st.integers(0, 2**31))
def test_a_sequence_is_a_source_and_the_same_once_more(length, count, seed):
    """Different tokens after the mark; backward, the second half is the mirror image."""
    tokens = np.arange(20, 40)
    forward = repeated(tokens, "forward", length, count, seed, begin=7)
    backward = repeated(tokens, "backward", length, count, seed, begin=7)
    source = forward[:, 1 : length + 1]

    assert forward.shape == backward.shape == (count, 1 + 2 * length)
    assert (forward[:, 0] == 7).all()
    assert all(len(set(row)) == length and set(row) <= set(range(20, 40)) for row in source)
    assert np.array_equal(forward[:, length + 1 :], source)
    assert np.array_equal(backward[:, : length + 1], forward[:, : length + 1])
    assert np.array_equal(backward[:, length + 1 :], source[:, ::-1])


def test_all_tokens_are_drawn():
    """None is left out, and the first place has no favourite."""
    found = repeated(np.arange(10), "forward", 3, 5000, 1, begin=0)
    counts = np.bincount(found[:, 1], minlength=10)

    assert np.abs(counts - 500).max() < 5 * np.sqrt(500)


@pytest.mark.parametrize(
    "direction, step, share",
    [("forward", 1, 1.0), ("backward", -1, 1.0), ("forward", -1, 0.0), ("backward", 1, 0.0)],
)
def test_who_copies_one_way_continues_that_way_alone(direction, step, share):
    """The first token of the second half tells where to go on and is not counted."""
    sequences = repeated(np.arange(20, 40), direction, 8, 70, 3, begin=7)
    found = continued_right(Rule(beside(step)), sequences)

    assert found.shape == (70, 7)
    assert found.mean() == share


def test_a_token_is_asked_for_where_it_is_due():
    """A rule that is right at one place of the second half is right there alone."""
    sequences = repeated(np.arange(20, 40), "forward", 5, 3, 3, begin=7)
    found = continued_right(Rule(lambda tokens: tokens[3] if len(tokens) == 8 else 0), sequences)

    assert found.tolist() == [[False, True, False, False]] * 3


@pytest.mark.parametrize(
    "direction, length, says",
    [("up", 5, "'forward' or 'backward', got 'up'"), ("forward", 21, "length is 1 to 20.*got 21")],
)
def test_what_cannot_be_drawn_is_refused(direction, length, says):
    """The error offers what there is."""
    with pytest.raises(InvalidInput, match=says):
        repeated(np.arange(20), direction, length, 1, 0, begin=0)
