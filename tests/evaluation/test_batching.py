"""Batches of strings of like length."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.evaluation.batching import (
    BatchLimits,
    BatchTooLargeError,
    batches_by_length,
    halve_on_out_of_memory,
)

lengths = st.lists(st.integers(1, 50), max_size=40).map(lambda values: np.array(values, np.int64))
limits = st.builds(
    BatchLimits,
    strings=st.integers(1, 10),
    tokens=st.integers(1, 200),
    positions=st.none() | st.integers(1, 60),
)


@given(lengths, limits)
def test_every_string_is_in_one_batch(lengths, limits):
    """Batches share out the strings."""
    batches = list(batches_by_length(lengths, limits))

    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))


@given(lengths, limits)
def test_batches_keep_within_their_limits(lengths, limits):
    """No batch of two or more strings exceeds the limits, padding counted."""
    for batch in batches_by_length(lengths, limits):
        assert len(batch) <= limits.strings
        assert len(batch) == 1 or len(batch) * lengths[batch].max() <= limits.tokens


@given(lengths, limits, st.integers(1, 9))
def test_batches_get_logits_at_no_more_positions_than_may_be(lengths, limits, width):
    """From the earliest beginning of an answer to the latest end, for every string of a batch."""
    for batch in batches_by_length(lengths, limits, width):
        positions = len(batch) * (np.ptp(lengths[batch]) + width)
        assert len(batch) == 1 or limits.positions is None or positions <= limits.positions


@given(lengths, limits)
def test_shorter_strings_come_first(lengths, limits):
    """Along the batches lengths never fall, so that neighbours need little padding."""
    order = [i for batch in batches_by_length(lengths, limits) for i in batch]

    assert (np.diff(lengths[order]) >= 0).all()


@given(lengths, limits)
def test_no_batch_could_take_another_string(lengths, limits):
    """A batch ends only where the next string would exceed a limit."""
    batches = list(batches_by_length(lengths, limits))

    for batch, following in pairwise(batches):
        strings, longest = len(batch) + 1, lengths[following[0]]
        positions = strings * (longest - lengths[batch[0]] + 1)
        assert (
            strings > limits.strings
            or strings * longest > limits.tokens
            or (limits.positions is not None and positions > limits.positions)
        )


@given(strings=st.integers(1, 40), size=st.integers(1, 40), fits=st.integers(1, 40))
def test_halving_measures_every_string_once(strings, size, fits):
    """Whatever fits, every string is measured in one batch, and in order."""

    def measure(batch):
        if len(batch) > fits:
            raise BatchTooLargeError
        return batch.tolist()

    batches = iter(np.split(np.arange(strings), range(size, strings, size)))
    results = [result for _, result in halve_on_out_of_memory(batches, measure)]

    assert [i for result in results for i in result] == list(range(strings))


def test_a_batch_that_ran_out_teaches_the_next():
    """After a batch was halved, later ones are halved before they are tried."""
    tried = []

    def measure(batch):
        tried.append(len(batch))
        if len(batch) > 4:
            raise BatchTooLargeError

    list(halve_on_out_of_memory(iter(np.split(np.arange(24), 3)), measure))

    assert tried == [8, 4, 4, 4, 4, 4, 4]


def test_a_single_string_that_runs_out_is_not_tried_again():
    """Nothing is left to halve."""

    def measure(batch):
        raise BatchTooLargeError("too large")

    with pytest.raises(BatchTooLargeError, match="too large"):
        list(halve_on_out_of_memory(iter([np.arange(4)]), measure))
