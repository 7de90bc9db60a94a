"""The published rule that chooses one run of a sweep."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.training.scratch.presets import preset
from claimkit.training.scratch.recipe import Sizes
from claimkit.training.scratch.selection import Result, select, simplicity


def result(first, second, sizes=(2, 4, 64), rate=1e-3, seed=1):
    recipe = preset("paper", "UR", "gpt2", seed)
    learning = replace(recipe.learning, learning_rate=rate)
    return Result(replace(recipe, sizes=Sizes(*sizes), learning=learning), (first, second, 0.5))


SIZES = st.tuples(*(st.sampled_from(n) for n in ((1, 2, 4), (1, 2, 4), (16, 64, 256))))
RESULTS = st.lists(
    st.builds(
        result,
        st.sampled_from([0.2, 0.9995, 1.0, 1.0]),
        st.sampled_from([0.1, 0.97, 0.98]),
        SIZES,
        st.sampled_from([1e-3, 1e-4]),
        st.sampled_from([1, 2]),
    ),
    unique_by=lambda one: one.recipe,
)


@given(RESULTS.flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_the_order_of_the_runs_does_not_matter(both):
    """Runs end in any order; the choice is the same."""
    found, shuffled = both

    assert select(found) == select(shuffled)


@given(RESULTS)
def test_nothing_beats_the_choice(found):
    """Written out: perfect in the first bin, then none better in the second, then none simpler."""
    chosen = select(found)
    perfect = [one for one in found if one.accuracies[0] == 1.0]
    if chosen is None:
        assert not perfect
        return
    best = max(one.accuracies[1] for one in perfect)
    ties = [one for one in perfect if one.accuracies[1] == best]

    assert chosen in ties
    assert simplicity(chosen.recipe) == min(simplicity(one.recipe) for one in ties)


@given(RESULTS)
def test_runs_that_did_not_learn_change_nothing(found):
    """However good they are in the second bin."""
    assert select([*found, result(0.9995, 1.0)]) == select(found)


@pytest.mark.parametrize(
    "simple, other",
    [
        (((1, 4, 64), 1e-3), ((2, 1, 64), 1e-3)),
        (((4, 4, 16), 1e-3), ((1, 1, 64), 1e-3)),
        (((2, 1, 64), 1e-3), ((2, 2, 64), 1e-3)),
        (((2, 2, 64), 1e-3), ((2, 2, 64), 1e-4)),
    ],
    ids=["layers", "width", "heads", "learning-rate"],
)
def test_ties_go_to_the_simplest(simple, other):
    """Fewer weights, then fewer heads, then the higher learning rate."""
    one, two = result(1.0, 0.9, *simple), result(1.0, 0.9, *other)

    assert select([two, one]) == one


def test_a_run_counts_as_learned_by_its_own_recipe():
    """A preset that asks for less than perfection is chosen from by what it asks for."""
    found = result(0.99, 0.9)
    learning = replace(found.recipe.learning, passing=0.98)
    lenient = replace(found, recipe=replace(found.recipe, learning=learning))

    assert select([found]) is None
    assert select([found, lenient]) == lenient
