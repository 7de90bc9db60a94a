"""Estimates from several runs, against those of one, and against a slow definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.auditing.runs.estimating import accuracy_of_runs, gap_of_runs
from claimkit.errors import InvalidInput
from claimkit.evidence.bounded_means import bounded_mean
from claimkit.evidence.intervals import paired_difference, proportion
from claimkit.evidence.outcomes import Outcomes


def outcomes(right, first_digest=0):
    """Outcomes of strings that are right or wrong as told."""
    right = np.asarray(right, dtype=np.bool_)
    return Outcomes(
        right,
        np.where(right, -1, 0).astype(np.int32),
        np.where(right, 1.0, -1.0).astype(np.float32),
        np.arange(first_digest, first_digest + len(right), dtype=np.uint64),
    )


@st.composite
def sides(draw):
    """Two sides of up to three runs each, on the same strings."""
    strings = draw(st.integers(1, 40))
    run = st.lists(st.booleans(), min_size=strings, max_size=strings).map(outcomes)
    side = st.lists(run, min_size=1, max_size=3)
    return draw(side), draw(side)


@given(sides())
def test_the_mean_over_runs_is_that_of_all_their_answers(both):
    """Every run counts the same, and the interval contains the value."""
    runs, _ = both

    found = accuracy_of_runs(runs, 0.001)

    assert found.value == pytest.approx(sum(r.right.sum() for r in runs) / len(runs) / len(runs[0]))
    assert found.interval.low <= found.value <= found.interval.high
    assert (found.samples, found.signed) == (len(runs[0]), False)


@given(sides())
def test_a_gap_is_the_difference_and_mirrors(both):
    """Exchanged sides give the negated interval."""
    right, left = both

    found, mirrored = gap_of_runs(right, left, 0.001), gap_of_runs(left, right, 0.001)

    difference = accuracy_of_runs(right, 0.001).value - accuracy_of_runs(left, 0.001).value
    assert found.value == pytest.approx(difference)
    assert mirrored.interval.low == pytest.approx(-found.interval.high)
    assert mirrored.interval.high == pytest.approx(-found.interval.low)


def test_one_run_is_a_sample_of_strings_that_are_right_or_wrong():
    """Then the exact intervals are known, and tighter than those of bounded numbers."""
    run, other = outcomes([1] * 90 + [0] * 10), outcomes([1] * 80 + [0] * 20)

    assert accuracy_of_runs([run], 0.01).interval == proportion(90, 100, 0.01)
    assert gap_of_runs([run], [other], 0.01).interval == paired_difference(10, 0, 100, 0.01)


def test_several_runs_are_one_sample_of_strings():
    """Twice the runs are not twice the strings: equal runs leave the sample as it was.

    Were every answer a trial of its own, the interval of 200 answers would be the narrower one.
    """
    right = np.random.default_rng(3).permutation([1] * 90 + [0] * 10)
    run = outcomes(right)

    found = accuracy_of_runs([run, run], 0.01).interval

    assert found == bounded_mean(right, 0.01, low=0.0, high=1.0)
    pooled = proportion(180, 200, 0.01)
    assert found.high - found.low > pooled.high - pooled.low


def test_runs_on_other_strings_are_refused():
    """Nothing would be paired."""
    with pytest.raises(InvalidInput, match="compared on the same strings"):
        accuracy_of_runs([outcomes([1, 0]), outcomes([1, 0], first_digest=7)], 0.01)
    for other in (outcomes([1]), outcomes([1, 0], first_digest=7)):
        with pytest.raises(InvalidInput, match="compared on the same strings"):
            gap_of_runs([outcomes([1, 0])], [other], 0.01)
    with pytest.raises(InvalidInput, match="at least one run"):
        accuracy_of_runs([], 0.01)
