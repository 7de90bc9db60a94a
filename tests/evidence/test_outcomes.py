"""Outcomes are arrays of one length that say the same thing about each string."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import InvalidInput
from claimkit.evidence.outcomes import Outcomes

GOOD = {
    "right": np.array([True, False]),
    "first_wrong": np.array([-1, 3]),
    "margin": np.array([0.5, -0.25]),
    "digests": np.array([1, 2**64 - 1], np.uint64),
}

REFUSED = [
    ({"margin": np.array([0.5])}, r"one value per string, got lengths .*'margin': 1"),
    ({"right": np.array([1.0, 0.0])}, r"right as bool \(string,\), got float64"),
    ({"digests": np.array([1, 2])}, r"digests as uint64 \(string,\), got int64"),
    ({"margin": np.zeros((2, 1))}, r"margin as float32 \(string,\), .* shape \(2, 1\)"),
    ({"first_wrong": np.array([-1, 2**40])}, r"first_wrong as int32, got values up to 1099"),
    ({"margin": np.array([0.5, np.nan])}, "the margin of string 1 is NaN"),
    ({"first_wrong": np.array([0, 3])}, "string 0 has right=True but first_wrong=0"),
    ({"first_wrong": np.array([-1, -1])}, "string 1 has right=False but first_wrong=-1"),
    ({"first_wrong": np.array([-1, -2])}, "string 1 has right=False but first_wrong=-2"),
]


@pytest.mark.parametrize("change, says", REFUSED)
def test_outcomes_that_cannot_be_are_refused(change, says):
    """Arrays that disagree with each other or with their kind are refused with the value found."""
    with pytest.raises(InvalidInput, match=says):
        Outcomes(**{**GOOD, **change})


@given(st.lists(st.integers(0, 30), max_size=5))
def test_slices_join_to_the_whole(observed, cuts):
    """Cutting outcomes anywhere and joining the parts changes nothing."""
    whole = observed(0, 30)
    bounds = [0, *sorted(cuts), 30]
    parts = [whole[a:b] for a, b in itertools.pairwise(bounds)]

    assert Outcomes.concatenate(parts) == whole


def test_no_part_joins_to_no_string():
    """Joining nothing gives the outcomes of no string."""
    assert Outcomes.concatenate([]) == Outcomes.empty()
    assert len(Outcomes.empty()) == 0


def test_strings_are_chosen_by_index_or_mask(observed):
    """An index array and a mask choose the same strings as a slice."""
    whole = observed(0, 10)

    assert whole[np.array([2, 3, 4])] == observed(2, 5)
    assert whole[np.arange(10) >= 6] == observed(6, 10)


@pytest.mark.parametrize("name", GOOD)
def test_one_other_value_makes_other_outcomes(name):
    """Outcomes are equal only where all four arrays are."""
    first, second = Outcomes(**GOOD), Outcomes(**{n: v[::-1] for n, v in GOOD.items()})
    mixed = {n: getattr(first, n) for n in GOOD}
    if name in {"margin", "digests"}:
        mixed[name] = getattr(second, name)
        changed = Outcomes(**mixed)
    else:
        changed = Outcomes(**{**mixed, "right": second.right, "first_wrong": second.first_wrong})

    assert Outcomes(**GOOD) == first
    assert changed != first
    assert first != "outcomes"


def test_arrays_are_read_only_but_the_callers_are_not():
    """Nobody changes outcomes in place, and nobody's own array is frozen by making them."""
    mine = np.array([0.5, -0.25], np.float32)
    outcomes = Outcomes(**{**GOOD, "margin": mine})

    with pytest.raises(ValueError, match="read-only"):
        outcomes.margin[0] = 1.0
    assert mine.flags.writeable
