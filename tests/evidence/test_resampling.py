"""The interval that resamples strings misses no more often than it says, where the plain one does.

The simulations have a large error, so that they are short and still count; what an error of 0.001
comes to is measured by ``benchmarks/glitch_intervals.py``.
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from claimkit.errors import InvalidInput, NotApplicable
from claimkit.evidence.intervals import proportion
from claimkit.evidence.resampling import FEWEST, share_excess, share_excess_interval

TAIL = 0.02
TRIALS = 400
SIZE = 16
# A procedure that errs with probability TAIL exactly makes more errors than this once in 10,000.
MOST_ERRORS = int(binom.isf(1e-4, TRIALS, TAIL))

counts = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 60), st.integers(1, 60)),
    min_size=FEWEST,
    max_size=20,
).filter(lambda rows: any(row[1] for row in rows))


def columns(rows):
    """Return hits, trials, base hits and base trials, hits cut to what is possible."""
    hits, trials, base_hits, base_trials = np.array(rows).T
    return np.minimum(hits, trials), trials, np.minimum(base_hits, base_trials), base_trials


def interval(rows, tail=TAIL, seed=0, **more):
    """Return the interval of such counts."""
    generator = np.random.default_rng(seed)
    return share_excess_interval(*rows, tail=tail, generator=generator, **more)


def draw(rng, chances, sizes, even=False):
    """Draw strings of 100 base trials, 60 of them base hits on average.

    ``chances`` are what a string's trials may have, equally likely, or its own base share if
    ``even``; it has each number of trials in ``sizes`` with equal probability.
    """
    base = np.clip(rng.normal(60, 10, SIZE), 1, 99).round()
    trials = rng.choice(sizes, SIZE)
    chance = base / 100 if even else rng.choice(chances, SIZE)
    return rng.binomial(trials, chance), trials, base, np.full(SIZE, 100)


# What one string adds on average: a tenth of the strings have no hit at all.
MOSTLY_ALL = [1.0] * 9 + [0.0]
LAWS = [
    pytest.param({"chances": MOSTLY_ALL, "sizes": [1]}, 0.3, id="rare misses, one trial each"),
    pytest.param({"chances": MOSTLY_ALL, "sizes": [0, 1, 2, 4]}, 0.3, id="rare misses, clustered"),
    pytest.param({"chances": [1.0, 0.2], "sizes": [1, 4]}, 0.0, id="strings that differ"),
    pytest.param({"chances": [], "sizes": [1, 2, 4], "even": True}, 0.0, id="spread evenly"),
]


def errors(law, truth, bound):
    """How often each bound of many samples is wrong."""
    rng = np.random.default_rng(1)
    found = [bound(draw(rng, **law), rng) for _ in range(TRIALS)]
    return sum(each[0] > truth for each in found), sum(each[1] < truth for each in found)


def ours(rows, rng):
    """Return the interval under test as a pair."""
    found = share_excess_interval(*rows, tail=TAIL, generator=rng)
    return found.low, found.high


def plain(rows, rng):
    """Return the textbook's percentile bootstrap, strings drawn with replacement."""
    which = rng.integers(SIZE, size=(500, SIZE))
    hits, trials, base_hits, base_trials = (column[which].sum(axis=1) for column in rows)
    excesses = hits / np.maximum(trials, 1) - base_hits / base_trials
    return np.quantile(excesses, [TAIL, 1 - TAIL])


@pytest.mark.parametrize("law, truth", LAWS)
def test_each_bound_is_wrong_no_more_often_than_its_tail(law, truth):
    """Few strings, rare misses, clusters and unequal strings: no bound errs too often."""
    assert max(errors(law, truth, ours)) <= MOST_ERRORS


def test_a_plain_bootstrap_is_caught():
    """The count of errors tells an interval that is too short: that of samples without a miss."""
    # 16 strings are all hits with probability 0.9^16 = 0.185; then the share has no width.
    low, _ = errors({"chances": MOSTLY_ALL, "sizes": [1]}, 0.3, plain)

    assert low > 0.1 * TRIALS > MOST_ERRORS


def test_one_trial_each_gives_the_exact_interval():
    """Against a base without width the bounds are Clopper and Pearson's, up to resampling."""
    ones, nothing = np.ones(40), np.zeros(40)
    hits = np.where(np.arange(40) < 33, 1, 0)
    exact = proportion(33, 40, TAIL)

    found = [
        share_excess_interval(
            hits, ones, nothing, ones * 1000, tail=TAIL, generator=generator, most=1
        )
        for generator in np.random.default_rng(3).spawn(30)
    ]

    # The worst base is all hits in the unseen string: it moves the lower bound by a few 1/40.
    assert np.mean([each.high for each in found]) == pytest.approx(exact.high, abs=0.01)
    assert exact.low - 0.2 < np.mean([each.low for each in found]) <= exact.low


def test_all_hits_are_no_certainty():
    """Where every trial was a hit the lower bound leaves room for strings that were not seen."""
    rows = np.full(20, 2), np.full(20, 2), np.full(20, 50), np.full(20, 100)

    found = interval(rows, tail=0.001)

    # Strings without a hit that are a share p of all are missed by 20 with (1 - p)^20.
    unseen = 1 - 0.001 ** (1 / 20)
    assert found.low < 0.5 - unseen
    assert 0.5 <= found.high < 1


@settings(max_examples=50)
@given(rows=counts, most=st.integers(1, 12))
def test_an_interval_contains_its_excess(rows, most):
    """The excess of the sample is never refuted by itself, and no bound leaves [-1, 1]."""
    rows = columns(rows)

    found = interval(rows, most=most)

    assert -1 <= found.low <= share_excess(*rows, most=most) <= found.high <= 1


@settings(max_examples=50)
@given(rows=counts)
def test_misses_have_the_mirrored_interval(rows):
    """What is not a hit exceeds its base by as much less, with the same weights."""
    hits, trials, base_hits, base_trials = columns(rows)
    one = interval((hits, trials, base_hits, base_trials))
    other = interval((trials - hits, trials, base_trials - base_hits, base_trials))

    assert math.isclose(one.low, -other.high, abs_tol=1e-9)
    assert math.isclose(one.high, -other.low, abs_tol=1e-9)


@given(rows=counts)
def test_an_excess_is_a_difference_of_ratios_of_sums(rows):
    """Without a string of more trials than may count, nothing is weighed."""
    hits, trials, base_hits, base_trials = columns(rows)

    expected = hits.sum() / trials.sum() - base_hits.sum() / base_trials.sum()

    assert math.isclose(share_excess(hits, trials, base_hits, base_trials, 9), expected)


def test_a_string_that_went_to_pieces_has_one_voice():
    """A hundred misses of one string weigh no more than four of another."""
    hits, trials = np.array([4, 4, 4, 4, 0]), np.array([4, 4, 4, 4, 100])
    base = np.zeros(5), np.full(5, 10)

    assert share_excess(hits, trials, *base) == 16 / 20
    assert share_excess(hits, trials, *base, most=100) == 16 / 116


def test_the_same_generator_gives_the_same_interval():
    """Resampling is seeded by whoever asks."""
    rows = columns([(1, 2, 30, 60), (3, 3, 20, 60), (0, 1, 30, 50), (2, 2, 40, 60)])

    assert interval(rows, seed=5) == interval(rows, seed=5) != interval(rows, seed=6)


FOUR = np.ones(4)


@pytest.mark.parametrize(
    "rows, more, error, words",
    [
        ((FOUR, FOUR, FOUR, FOUR[:3]), {}, InvalidInput, r"got shapes \(4,\), .* \(3,\)"),
        ((FOUR, FOUR, FOUR, FOUR / 2), {}, InvalidInput, r"got hits, .* at string 0"),
        ((FOUR * 2, FOUR, FOUR, FOUR), {}, InvalidInput, r"\[2\.0, 1\.0, 1\.0, 1\.0\]"),
        ((FOUR, FOUR, -FOUR, FOUR), {}, InvalidInput, r"-1\.0"),
        ((FOUR, FOUR * math.nan, FOUR, FOUR), {}, InvalidInput, "nan"),
        ((FOUR,) * 4, {"tail": 0.5}, InvalidInput, r"in \(0, 1/2\), got 0\.5"),
        ((FOUR,) * 4, {"most": 0}, InvalidInput, "got most=0"),
        ((FOUR[:3],) * 4, {}, NotApplicable, "at least 4 strings, got 3"),
        ((FOUR * 0, FOUR * 0, FOUR, FOUR), {}, NotApplicable, "4 strings have no trials"),
        ((FOUR, FOUR, FOUR * 0, FOUR * 0), {}, NotApplicable, "no base trials"),
    ],
)
def test_what_has_no_interval_is_refused(rows, more, error, words):
    """Counts that no strings can have are an error; too little to count is a reason."""
    with pytest.raises(error, match=words):
        interval(rows, **more)
