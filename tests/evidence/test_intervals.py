import math
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from claimkit.errors import InvalidInput
from claimkit.evidence.intervals import (
    paired_bounds,
    paired_difference,
    proportion,
    unpaired_difference,
)

TAIL = 0.001 / 6
tails = st.sampled_from([1e-5, TAIL, 0.01, 0.2])
trials = st.integers(1, 3000)


@st.composite
def pair_counts(draw):
    """Wins, losses and trials of a paired difference."""
    total = draw(trials)
    wins = draw(st.integers(0, total))
    return wins, draw(st.integers(0, total - wins)), total


@st.composite
def hit_counts(draw):
    """Successes and trials of a proportion."""
    total = draw(trials)
    return draw(st.integers(0, total)), total


@given(counts=hit_counts(), tail=tails)
def test_a_proportion_has_the_interval_that_scipy_gives(counts, tail):
    """Our Clopper-Pearson interval is that of scipy's exact binomial test."""
    hits, total = counts
    expected = binomtest(hits, total).proportion_ci(1 - 2 * tail, method="exact")

    found = proportion(hits, total, tail)

    # scipy searches for the ends up to 1e-12; for its 1 - 2 tail rounds off as much again.
    assert math.isclose(found.low, expected.low, abs_tol=1e-8)
    assert math.isclose(found.high, expected.high, abs_tol=1e-8)


def test_no_success_at_all_bounds_a_proportion_as_arithmetic_does():
    """With 0 of n the upper bound p solves (1 - p)^n = tail."""
    assert math.isclose(proportion(0, 64, TAIL).high, 1 - TAIL ** (1 / 64), rel_tol=1e-12)


@given(counts=pair_counts(), tail=tails)
def test_a_paired_interval_contains_its_estimate(counts, tail):
    """The observed difference is never refuted by itself, and no bound leaves [-1, 1]."""
    wins, losses, total = counts

    found = paired_difference(wins, losses, total, tail)

    assert -1 <= found.low <= (wins - losses) / total <= found.high <= 1


@given(counts=pair_counts(), tail=tails)
def test_exchanging_the_tasks_mirrors_a_paired_interval(counts, tail):
    """Second minus first is minus (first minus second), interval and all."""
    wins, losses, total = counts
    one, other = (
        paired_difference(wins, losses, total, tail),
        paired_difference(losses, wins, total, tail),
    )

    assert (one.low, one.high) == (-other.high, -other.low)


@given(a=hit_counts(), b=hit_counts(), tail=tails)
def test_exchanging_the_tasks_mirrors_an_unpaired_interval(a, b, tail):
    """Second minus first is minus (first minus second) for independent strings too."""
    one, other = unpaired_difference(*a, *b, tail), unpaired_difference(*b, *a, tail)

    assert (one.low, one.high) == (-other.high, -other.low)


@given(a=hit_counts(), b=hit_counts(), tail=tails)
def test_an_unpaired_interval_contains_its_estimate(a, b, tail):
    """The observed difference is never refuted by itself, and no bound leaves [-1, 1]."""
    found = unpaired_difference(*a, *b, tail)

    assert -1 <= found.low <= a[0] / a[1] - b[0] / b[1] <= found.high <= 1


@given(counts=pair_counts(), tail=st.sampled_from([1e-5, TAIL, 0.01]))
def test_more_wins_than_losses_is_licensed_only_by_the_sign_test(counts, tail):
    """Whatever lies surely above 0 passes the exact sign test at the same error."""
    wins, losses, total = counts
    assume(wins + losses > 0)
    sign = binomtest(wins, wins + losses, 0.5, alternative="greater").pvalue

    assert paired_difference(wins, losses, total, tail).low <= 0 or sign <= tail


def test_the_sign_test_at_nine_tenths_of_the_error_licenses_a_difference():
    """Of the outcomes of 128 pairs that pass it, all but a few in a hundred clear 0."""
    wins, losses = (counts.ravel() for counts in np.indices((129, 129)))
    possible = (wins + losses <= 128) & (wins > losses)
    wins, losses = wins[possible], losses[possible]

    passed = binom.sf(wins - 1, wins + losses, 0.5) <= 0.9 * TAIL
    low, _ = paired_bounds(wins, losses, 128, TAIL)

    assert np.mean(low[passed] > 0) > 0.97


def test_ties_alone_bound_a_difference_within_the_margin():
    """Tasks that agree on 512 strings differ by less than 0.02 at the default's error."""
    found = paired_difference(0, 0, 512, TAIL)

    assert -0.02 < found.low < 0 < found.high < 0.02


@given(counts=pair_counts())
def test_a_smaller_error_makes_a_paired_interval_no_shorter(counts):
    """Certainty costs length; the two tests behind the bound may not break that by their seam."""
    strict, lax = paired_difference(*counts, 1e-5), paired_difference(*counts, 1e-2)

    assert strict.low <= lax.low + 1e-12
    assert strict.high >= lax.high - 1e-12


@given(a=hit_counts(), b=hit_counts())
def test_an_unpaired_interval_is_no_longer_than_two_intervals_at_half_the_error(a, b):
    """Combining p-values never costs more than 8 % against two separate bounds."""
    one, other = proportion(*a, TAIL / 2), proportion(*b, TAIL / 2)
    plain = (one.high - other.low) - (one.low - other.high)

    found = unpaired_difference(*a, *b, TAIL)

    assert found.high - found.low <= plain * 1.08


def test_away_from_the_edges_an_unpaired_interval_is_a_quarter_shorter_than_two():
    """Balanced tasks gain most: two bounds that both err at once are rarer than either."""
    one, other = proportion(200, 400, TAIL / 2), proportion(200, 400, TAIL / 2)

    found = unpaired_difference(200, 400, 200, 400, TAIL)

    assert found.high < 0.75 * (one.high - other.low)


@settings(max_examples=20)
@given(counts=st.lists(pair_counts(), min_size=1, max_size=5))
def test_arrays_and_single_counts_agree(counts):
    """The array form gives each element the interval it has alone."""
    low, high = paired_bounds(*np.array(counts).T, TAIL)
    alone = [paired_difference(*each, TAIL) for each in counts]

    assert [(each.low, each.high) for each in alone] == list(zip(low, high, strict=True))


@pytest.mark.parametrize(
    "ask, words",
    [
        (lambda: proportion(0, 0, TAIL), "nothing observed gives no interval"),
        (lambda: proportion(11, 10, TAIL), "more successes than trials, got 11 and 10"),
        (lambda: proportion(-1, 10, TAIL), "at least 0, got -1"),
        (lambda: proportion(0.5, 10, TAIL), "counts are whole .* got 0.5"),
        (lambda: proportion(math.nan, 10, TAIL), "got nan"),
        (lambda: proportion(5, 10, 0.5), r"in \(0, 1/2\), got 0.5"),
        (lambda: proportion(5, 10, 5), "got 5; write 0.001"),
        (lambda: paired_difference(6, 5, 10, TAIL), "wins and losses than trials, got 11 and 10"),
        (lambda: paired_difference(0, 0, 0, TAIL), "nothing observed"),
        (lambda: unpaired_difference(1, 2, 0, 0, TAIL), "nothing observed"),
        (lambda: unpaired_difference(1, 2, 4, 3, TAIL), "more successes than trials, got 4 and 3"),
    ],
)
def test_contradictory_counts_are_refused(ask, words):
    """Counts that no sample can have give an error with the number, not an interval."""
    with pytest.raises(InvalidInput, match=words):
        ask()


def test_importing_the_statistics_leaves_scipy_alone():
    """Collection imports these modules, and scipy costs half a second."""
    modules = ", ".join(f"claimkit.evidence.{name}" for name in ("intervals", "looks", "verdicts"))
    code = f"import sys, {modules}; sys.exit(bool({{'scipy', 'torch'}} & set(sys.modules)))"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run([sys.executable, "-c", code], env=env, check=False)

    assert run.returncode == 0
