"""Exact tests: against scipy, against sums over all cases, and against a slow Holm."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, fisher_exact

from claimkit.errors import InvalidInput
from claimkit.evidence.exact_tests import (
    holm,
    least_losses,
    most_right,
    paired,
    together,
    unpaired,
)

# The first call of some functions takes longer than others; none is slow.
law = settings(deadline=None)
COUNTS = st.integers(0, 300)
LEVELS = st.floats(1e-12, 0.5)
P_VALUES = st.lists(st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.01, 0.05, 1.0])), max_size=9)


@st.composite
def tables(draw, largest=120):
    """Draw the strings and right strings of two samples."""
    base, new = draw(st.integers(1, largest)), draw(st.integers(1, largest))
    return draw(st.integers(0, base)), base, draw(st.integers(0, new)), new


def as_scipy(base_right, base_strings, new_right, new_strings):
    """The table whose alternative *greater* is a fall of accuracy."""
    return [[base_right, base_strings - base_right], [new_right, new_strings - new_right]]


def slow_holm(p_values, alpha):
    """Holm as a closed test: reject what every Bonferroni test of a set with it rejects."""
    places = range(len(p_values))
    masks = product([False, True], repeat=len(p_values))
    sets = [[place for place in places if mask[place]] for mask in masks]
    return tuple(
        all(min(p_values[p] for p in one) <= alpha / len(one) for one in sets if place in one)
        for place in places
    )


@law
@given(COUNTS, COUNTS)
def test_the_paired_test_is_the_sign_test_of_discordant_strings(lost, gained):
    """Both directions agree with scipy's exact binomial test."""
    chance, strings = paired(lost, gained), max(lost + gained, 1)
    worse = binomtest(gained, strings, 0.5, "less").pvalue if lost + gained else 1.0
    better = binomtest(gained, strings, 0.5, "greater").pvalue if lost + gained else 1.0

    assert chance.worse == pytest.approx(worse, rel=1e-9, abs=1e-300)
    assert chance.better == pytest.approx(better, rel=1e-9, abs=1e-300)


@law
@given(tables())
def test_the_unpaired_test_is_fishers(table):
    """Both directions agree with scipy's exact test of a two by two table."""
    chance = unpaired(*table)

    assert chance.worse == pytest.approx(fisher_exact(as_scipy(*table), "greater")[1], rel=1e-6)
    assert chance.better == pytest.approx(fisher_exact(as_scipy(*table), "less")[1], rel=1e-6)


@law
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=12))
def test_paired_streams_together_are_one_sign_test(streams):
    """Fair coins of several streams are fair coins: convolution adds the discordant strings."""
    summed = together(paired(lost, gained) for lost, gained in streams)
    lost, gained = (sum(column) for column in zip(*streams, strict=True))

    assert summed.worse == pytest.approx(paired(lost, gained).worse, rel=1e-9)
    assert summed.better == pytest.approx(paired(lost, gained).better, rel=1e-9)


@law
@given(st.lists(tables(largest=5), min_size=2, max_size=3))
def test_unpaired_streams_together_sum_over_all_their_tables(streams):
    """The p-value of a sum is the probability of all combinations of tables with so small a sum."""
    parts = [unpaired(*table) for table in streams]
    seen = sum(part.seen for part in parts)
    cases = product(*(enumerate(part.probability) for part in parts))

    worse = sum(math.prod(p for _, p in case) for case in cases if sum(k for k, _ in case) <= seen)

    assert together(parts).worse == pytest.approx(worse, rel=1e-9)


def test_parts_of_unlike_accuracy_do_not_imitate_a_change():
    """Simpson: in neither stream did accuracy change, only how many strings were asked of each."""
    easy, hard = (900, 1000, 90, 100), (10, 100, 100, 1000)
    apart = together([unpaired(*easy), unpaired(*hard)])
    mixed = unpaired(910, 1100, 190, 1100)

    assert mixed.worse < 1e-6 < 0.4 < apart.worse


@law
@given(P_VALUES, st.floats(0.001, 0.5))
def test_holm_is_the_closed_test(p_values, alpha):
    """What Holm rejects in one pass is what every intersection with it rejects."""
    assert holm(p_values, alpha) == slow_holm(p_values, alpha)


@law
@given(P_VALUES, st.floats(0, 1), st.floats(0.001, 0.5))
def test_one_more_p_value_never_rejects_another_null(p_values, further, alpha):
    """A larger family is stricter on all that were in it."""
    before = holm(p_values, alpha)
    after = holm([*p_values, further], alpha)[:-1]

    assert all(was for was, now in zip(before, after, strict=True) if now)


@pytest.mark.parametrize("alpha", [0.0, 1.0, 5.0, math.nan])
def test_what_is_no_error_rate_is_refused(alpha):
    """The sentence quotes the value and shows how 5 % is written."""
    with pytest.raises(InvalidInput, match=rf"got {alpha}; write 0\.05"):
        holm([0.5], alpha)


@law
@given(st.integers(0, 3000), LEVELS)
def test_least_losses_are_worse_and_one_less_is_not(right, level):
    """The number is the border of the test itself, also where none is."""
    losses = least_losses(right, level)

    if losses is None:
        assert paired(right, 0).worse > level
    else:
        assert paired(losses, 0).worse <= level < paired(losses - 1, 0).worse


@law
@given(tables(), LEVELS)
def test_most_right_is_worse_and_one_more_is_not(table, level):
    """The number is the border of the test itself, also where none is."""
    base_right, base_strings, _, strings = table
    most = most_right(base_right, base_strings, strings, level)

    worse = [unpaired(base_right, base_strings, n, strings).worse for n in range(strings + 1)]

    called = [n for n, p in enumerate(worse) if p <= level]

    assert called == list(range(0 if most is None else most + 1))


@pytest.mark.parametrize("accuracy", [0.02, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("level", [0.05, 0.001])
def test_the_unpaired_test_keeps_its_level_at_every_accuracy(accuracy, level):
    """Summed over all tables of two samples of 64 and 40 strings with one accuracy."""
    sizes = 64, 40
    weights = [
        [math.comb(n, k) * accuracy**k * (1 - accuracy) ** (n - k) for k in range(n + 1)]
        for n in sizes
    ]
    wrong = sum(
        weights[0][base] * weights[1][new]
        for base, new in product(range(65), range(41))
        if unpaired(base, 64, new, 40).worse <= level
    )

    assert wrong <= level


@law
@given(tables(), COUNTS, COUNTS)
def test_probabilities_sum_to_one(table, lost, gained):
    """Every chance is a distribution, and what was seen is one of its numbers."""
    for chance in (unpaired(*table), paired(lost, gained)):
        assert np.isclose(chance.probability.sum(), 1.0, rtol=1e-12)
        assert 0 <= chance.seen < len(chance.probability)
