"""The strongest heads of descendants: how strongly they attend, and where they sit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from claimkit.auditing.descendants import heads
from claimkit.auditing.head_gaps import compared, pick
from claimkit.errors import NotApplicable

TAIL = 0.001
scores = arrays(np.float64, (8, 4, 5), elements=st.integers(0, 64).map(lambda part: part / 64))


def planted(strength, layers=4, strings=400):
    """Scores whose two strongest heads lie where ``strength`` names layer, head and score."""
    found = np.full((strings, layers, 5), 0.01)
    for (layer, head), score in strength.items():
        found[:, layer, head] = score
    return found


@given(scores, scores)
def test_of_one_model_a_gap_is_that_of_its_heads(more, less):
    """One descendant is compared with its base exactly as two kinds of heads of one model are."""
    assert heads.strength_gap([more], [less], TAIL) == compared(more, less, TAIL)


@given(scores, scores)
def test_several_models_count_alike(first, second):
    """The value of two descendants is the mean of the values of each."""
    none = np.zeros_like(first)
    both = heads.strength_gap([first, second], [none, none], TAIL)
    alone = [heads.strength_gap([one], [none], TAIL).value for one in (first, second)]

    assert np.isclose(both.value, np.mean(alone))


@given(scores)
def test_a_share_is_the_sum_over_heads(found):
    """The vectorized share against a loop over strings and picked heads."""
    shares = []
    for string in found[1::2]:
        paid = [(string[layer, head], layer) for layer, head in pick(found)]
        total = sum(score for score, _ in paid)
        above = [score if total else 1 for score, layer in paid if layer >= 2]
        shares.append(sum(above) / (total or len(paid)))

    estimate = heads.top_third_share([found], TAIL)

    assert np.isclose(estimate.value, np.mean(shares))
    assert not estimate.signed
    assert 0 <= estimate.interval.low <= estimate.interval.high <= 1


@given(scores, scores)
def test_exchanging_the_kinds_turns_the_sign_of_their_depths(later, earlier):
    """How much later one kind sits is how much earlier the other does."""
    there, back = (
        heads.depth_gap([later], [earlier], TAIL),
        heads.depth_gap([earlier], [later], TAIL),
    )

    assert np.isclose(there.value, -back.value)
    assert np.isclose(there.interval.low, -back.interval.high)


@pytest.mark.parametrize(
    "strength, share",
    [
        ({(2, 0): 0.6, (3, 4): 0.5}, 1.0),
        ({(0, 0): 0.6, (1, 4): 0.5}, 0.0),
        # 0.6 of 0.8 is paid by the head in layer 3.
        ({(0, 0): 0.2, (3, 4): 0.6}, 0.75),
    ],
)
def test_the_top_third_of_four_layers_are_the_last_two(strength, share):
    """Planted heads are found where they were planted, weighed by what they attend."""
    estimate = heads.top_third_share([planted(strength)], TAIL)

    assert estimate.value == pytest.approx(share)
    assert estimate.interval.high - estimate.interval.low < 0.1


def test_a_head_that_fills_up_the_tenth_counts_little():
    """One strong head in the last layer and idle ones elsewhere: nearly all is in the top third."""
    found = planted({(3, 1): 0.8, (0, 0): 0.02})

    assert heads.top_third_share([found], TAIL).value > 0.97


def test_depths_are_shares_of_the_layers():
    """Of four layers, layer 2 lies at 5/8 and layer 1 at 3/8."""
    later = planted({(2, 0): 0.9, (2, 1): 0.9})
    earlier = planted({(1, 0): 0.9, (1, 1): 0.9})

    gap = heads.depth_gap([later], [earlier], TAIL)

    assert gap.value == pytest.approx(2 / 8)
    assert gap.interval.low > 0


def test_a_strength_is_the_mean_of_the_picked_heads():
    """Of twenty heads two are picked: 0.9 and 0.7 give 0.8, within what 200 strings allow."""
    found = heads.strength([planted({(1, 1): 0.9, (1, 2): 0.7})], TAIL)

    assert found.value == pytest.approx(0.8)
    assert 0.7 < found.interval.low < 0.8 < found.interval.high < 0.9


def test_noise_sits_nowhere():
    """Heads that are strong by luck do not look late: the half that picks is not compared."""
    rng = np.random.default_rng(3)
    noise = [rng.random((400, 12, 12)) for _ in range(2)]

    gap = heads.depth_gap([noise[0]], [noise[1]], TAIL)

    assert abs(gap.value) < 0.2
    assert heads.strength_gap([noise[0]], [noise[1]], TAIL).interval.low < 0


def test_one_string_cannot_pick_and_be_compared():
    """A single string has no other half."""
    with pytest.raises(NotApplicable, match="compared on another, got 1"):
        heads.top_third_share([np.zeros((1, 4, 5))], TAIL)
