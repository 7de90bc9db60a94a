"""Counting over positions against sums written out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from claimkit.crasp.running.counting import at_places, running, running_at, windowed, windowed_at

DTYPES = [np.bool_, np.int8, np.int64]
# (row, index, string).
BODIES = arrays(np.bool_, array_shapes(min_dims=3, max_dims=3, min_side=1, max_side=6))
# Other processes may run.
unhurried = settings(deadline=None)
DISTANCES = st.sets(st.integers(0, 7), min_size=1, max_size=4).map(lambda some: tuple(sorted(some)))


def summed(terms, like, dtype):
    """Return the sum of some arrays, or whether any is true."""
    total = sum((np.asarray(term, np.int64) for term in terms), start=np.zeros(like, np.int64))
    return total.astype(dtype)


def places_in(draw, body):
    """Draw rows to ask at for each string: often the same for all, at times none."""
    rows, _, strings = body.shape
    steps = draw(st.integers(1, 4))
    alike = draw(st.booleans())
    drawn = arrays(np.int64, (steps, 1 if alike else strings), elements=st.integers(-1, rows - 1))
    return np.broadcast_to(draw(drawn), (steps, strings))


@pytest.mark.parametrize("dtype", DTYPES)
@unhurried
@given(body=BODIES, data=st.data())
def test_a_running_count_adds_up_the_rows_so_far(dtype, body, data):
    """Row i is the sum of rows 0 … i and of what was before."""
    before = data.draw(arrays(np.int8, body.shape[1:], elements=st.integers(0, 1))).astype(dtype)

    found = running(body, before, dtype)

    for row in range(len(body)):
        expected = summed([before, *body[: row + 1]], body.shape[1:], dtype)
        np.testing.assert_array_equal(found[row], expected, strict=True)


@pytest.mark.parametrize("dtype", DTYPES)
@unhurried
@given(body=BODIES, distances=DISTANCES, data=st.data())
def test_a_windowed_count_adds_up_the_rows_at_its_distances(dtype, body, distances, data):
    """Row i is the sum of rows i − d, those before the first row included."""
    before = data.draw(arrays(np.bool_, (distances[-1], *body.shape[1:])))

    found = windowed(body, before, distances, dtype)

    whole = np.concatenate([before, body])
    for row in range(len(body)):
        terms = [whole[len(before) + row - distance] for distance in distances]
        np.testing.assert_array_equal(found[row], summed(terms, body.shape[1:], dtype), strict=True)


@pytest.mark.parametrize("dtype", DTYPES)
@unhurried
@given(body=BODIES, data=st.data())
def test_counts_at_places_are_those_of_the_running_count(dtype, body, data):
    """What is counted up to some rows only is what a running count has there, 0 at no place."""
    places = places_in(data.draw, body)

    found = running_at(body, places, dtype)

    total = running(body, np.zeros(body.shape[1:], dtype), dtype)
    for step, string in np.ndindex(places.shape):
        row = places[step, string]
        expected = total[row, :, string] if row >= 0 else np.zeros(body.shape[1], dtype)
        np.testing.assert_array_equal(found[step, :, string], expected, strict=True)


@pytest.mark.parametrize("dtype", DTYPES)
@unhurried
@given(body=BODIES, distances=DISTANCES, data=st.data())
def test_windowed_counts_at_places_are_those_at_all_rows(dtype, body, distances, data):
    """Windows that begin before the first row see nothing there."""
    places = places_in(data.draw, body)

    found = windowed_at(body, places, distances, dtype)

    blank = np.zeros((distances[-1], *body.shape[1:]), np.bool_)
    total = windowed(body, blank, distances, dtype)
    for step, string in np.ndindex(places.shape):
        row = places[step, string]
        expected = total[row, :, string] if row >= 0 else np.zeros(body.shape[1], dtype)
        np.testing.assert_array_equal(found[step, :, string], expected, strict=True)


@unhurried
@given(body=BODIES, data=st.data(), axis=st.sampled_from([0, 1, 2]))
def test_a_value_that_depends_on_less_is_taken_as_if_it_did_not(body, data, axis):
    """Axes of size 1 stand for equal values, at all rows or strings."""
    places = places_in(data.draw, body)
    value = body[tuple(slice(0, 1) if at == axis else slice(None) for at in range(3))]

    found = at_places(value, places)

    expected = at_places(np.broadcast_to(value, body.shape), places)
    np.testing.assert_array_equal(np.broadcast_to(found, expected.shape), expected)
