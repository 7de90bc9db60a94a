import math
from itertools import pairwise

import pytest

from claimkit.errors import InvalidInput
from claimkit.evidence.looks import Looks


def test_the_default_has_six_looks_at_doubling_sizes():
    """The default schedule doubles from 64 strings to 2,048."""
    assert Looks().sizes == (64, 128, 256, 512, 1024, 2048)


@pytest.mark.parametrize("most", [1, 63, 64, 65, 100, 777, 1000, 2048, 5000, 100_000])
def test_sizes_double_and_end_at_the_budget(most):
    """Whatever the budget, each look doubles the last up to rounding, and the last spends it."""
    sizes = Looks(max_samples=most).sizes

    assert sizes[-1] == most
    assert len(sizes) <= 6
    assert all(0 <= 2 * few - many <= 1 for few, many in pairwise(sizes))
    assert len(sizes) == 1 or sizes[0] >= 64


@pytest.mark.parametrize("most", [1, 100, 1000, 2048, 5000])
@pytest.mark.parametrize("alpha", [0.001, 0.05, 0.49])
def test_the_looks_share_alpha(most, alpha):
    """The errors of all looks add up to alpha and no look is free of charge."""
    spent = [error for _, error in Looks(max_samples=most, alpha=alpha).schedule]

    assert math.isclose(sum(spent), alpha, rel_tol=1e-12)
    assert min(spent) > 0


def test_the_error_of_a_look_is_the_one_in_the_schedule():
    """Asking for one size and reading the schedule give the same error."""
    looks = Looks(max_samples=500)

    assert all(looks.alpha_at(size) == alpha for size, alpha in looks.schedule)


def test_an_unplanned_look_is_refused():
    """A look at another size would spend error that no one has accounted for."""
    with pytest.raises(InvalidInput, match=r"no look is planned at 100 .* \(64, 128"):
        Looks().alpha_at(100)


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"alpha": 0.0}, "alpha is a fraction"),
        ({"alpha": 5}, "got 5; write 0.001"),
        ({"alpha": math.nan}, "got nan"),
        ({"max_samples": 0}, "max_samples counts .* got 0"),
        ({"first": 0}, "first counts"),
        ({"count": -1}, "count counts"),
    ],
)
def test_a_senseless_schedule_is_refused(wrong, words):
    """Sizes are positive counts and alpha is a fraction below one half."""
    with pytest.raises(InvalidInput, match=words):
        Looks(**wrong)
