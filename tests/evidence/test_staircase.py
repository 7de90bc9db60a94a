import math

import numpy as np
import pytest

from claimkit.errors import InvalidInput
from claimkit.evidence.staircase import staircase

TAILS = [1e-9, 1e-5, 0.001 / 6, 0.01, 0.1, 0.49]


@pytest.mark.parametrize("tail", TAILS)
def test_the_area_is_the_error_to_spend(tail):
    """The staircase never covers more than the error, and wastes none of it."""
    area = staircase(tail).area

    assert area <= tail * (1 + 1e-12)
    assert math.isclose(area, tail, rel_tol=1e-9)


@pytest.mark.parametrize("tail", TAILS)
def test_steps_go_up_and_down_within_the_unit_square(tail):
    """Widths rise to 1 while heights fall from 1, or the rectangles would not be a staircase."""
    stairs = staircase(tail)

    assert np.all(np.diff(stairs.first) >= 0)
    assert np.all(np.diff(stairs.second) <= 0)
    assert stairs.first[-1] == stairs.second[0] == 1
    assert stairs.first[0] > 0
    assert stairs.second[-1] > 0


def test_points_on_a_grid_are_either_under_the_stairs_or_left_over():
    """The corners of what is left over describe exactly the complement of the rectangles."""
    stairs = staircase(0.05)
    points = np.linspace(0.0005, 0.9995, 401)
    a, b = (axis[..., None] for axis in np.meshgrid(points, points))
    u, v = stairs.left_over()

    under = ((a <= stairs.first) & (b <= stairs.second)).any(axis=-1)
    left = ((a > u) & (b > v)).any(axis=-1)

    assert np.array_equal(left, ~under)


def test_uniform_pairs_fall_under_the_stairs_as_often_as_the_area_says():
    """A million uniform pairs meet the area within five standard errors."""
    stairs = staircase(0.05)
    a, b = np.random.default_rng(7).random((2, 1_000_000))

    step = np.searchsorted(stairs.first, a)
    share = float(np.mean(b <= stairs.second[step]))

    assert abs(share - 0.05) < 5 * math.sqrt(0.05 * 0.95 / 1_000_000)


@pytest.mark.parametrize("tail", [0.0, 0.5, -1.0, math.nan])
def test_an_error_that_bounds_nothing_is_refused(tail):
    """An error is a fraction between 0 and one half."""
    with pytest.raises(InvalidInput, match="tail is the error of one bound"):
        staircase(tail)
