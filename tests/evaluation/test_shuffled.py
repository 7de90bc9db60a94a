"""A shuffled answer key and what chance makes of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from claimkit.evaluation.shuffled import ShuffledKey, chance_of, tail
from claimkit.evaluation.watching import in_random_order, probed_row


@given(st.integers(0, 60), st.integers(1, 60), st.floats(0.01, 0.99))
def test_the_tail_is_that_of_the_binomial(hits, trials, chance):
    """Above its mean the tail agrees with scipy's survival function; below it is not looked at."""
    hits = min(hits, trials)

    expected = stats.binom.sf(hits - 1, trials, chance) if hits > trials * chance else 1.0
    assert tail(hits, trials, chance) == pytest.approx(expected, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(
    strings=st.integers(8, 40),
    symbols=st.integers(1, 40),
    seed=st.integers(0, 2**32 - 1),
    kind=st.sampled_from(["gold", "next", "constant", "guess"]),
)
def test_chance_is_not_underestimated(strings, symbols, seed, kind):
    """In random order, no fixed answers agree with the next row's key more often than is said."""
    generator = np.random.default_rng(seed)
    golds = np.sort(generator.integers(symbols, size=strings))
    choices = {
        "gold": golds,
        "next": np.roll(golds, -1),
        "constant": np.full(strings, golds[0]),
        "guess": generator.integers(symbols, size=strings),
    }[kind]
    orders = generator.permuted(np.tile(np.arange(strings), (4000, 1)), axis=1)
    hits = (choices[orders] == np.roll(golds[orders], -1, axis=1)).sum(axis=1)

    chance = chance_of(golds)
    values = np.array([tail(hit, strings, chance) for hit in range(strings + 1)])[hits]
    # Four standard deviations of the share itself.
    for level in (0.1, 0.01):
        assert (values < level).mean() <= level + 4 * np.sqrt(level / 4000)


@given(st.integers(1, 200))
def test_the_random_order_holds_every_string_once(strings):
    """A batch keeps its strings, and its shortest one is the one that is asked alone."""
    order = in_random_order(np.arange(strings) + 7)

    assert sorted(order) == list(range(7, strings + 7))
    assert order[probed_row(strings)] == 7


@pytest.mark.parametrize("shift", [1, -1, 2, -2])
def test_answers_of_rows_nearby_are_found(shift):
    """Forty answers that belong to a neighbour are no accident."""
    golds = np.random.default_rng(0).integers(26, size=40)

    assert f"40 of 40 strings got the answer of the string {abs(shift)} " in ShuffledKey().see(
        np.roll(golds, -shift), golds
    )


def test_small_batches_add_up():
    """What ten rows cannot show, several batches of ten show together."""
    generator, key = np.random.default_rng(0), ShuffledKey()
    golds = [generator.integers(2, size=10) for _ in range(12)]

    said = [key.see(np.roll(gold, -1), gold) for gold in golds]

    assert said[0] is None
    assert "120 of 120 strings" in said[-1]
