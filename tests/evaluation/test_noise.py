"""Margins too small to mean anything."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.evaluation.noise import hangs_on_noise, noise_share

SMALL, LARGE = 1e-6, 1.0


@pytest.mark.parametrize(
    "margins, expected",
    [
        ([LARGE, LARGE], False),
        ([LARGE, SMALL], True),
        ([LARGE, -SMALL], True),
        ([LARGE, 0.0], True),
        ([-LARGE, SMALL], False),
        ([SMALL, -LARGE], True),
        ([-SMALL, -LARGE], True),
    ],
)
def test_a_string_hangs_on_noise_up_to_its_first_clear_error(margins, expected):
    """A near tie matters unless a clear error comes before it."""
    margins = np.array([margins], np.float32)

    assert hangs_on_noise(margins, np.ones_like(margins), "float32").tolist() == [expected]


def test_noise_grows_with_the_logits():
    """What decides among logits of size 1 is noise among logits of size 1000."""
    margins = np.full((2, 1), 1e-2, np.float32)
    scales = np.array([[1.0], [1000.0]], np.float32)

    assert hangs_on_noise(margins, scales, "float32").tolist() == [False, True]


def test_an_unknown_type_counts_as_the_coarsest():
    """Types not listed are not trusted further than bfloat16."""
    assert noise_share("float8_e4m3fn") == noise_share("bfloat16") > noise_share("float16")


@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=5), st.integers(0, 2**32 - 1))
def test_noise_never_changes_a_string_that_does_not_hang_on_it(margins, seed):
    """Moving every margin by less than the noise leaves the first wrong position where it was."""
    before = np.array([margins], np.float32)
    share = 0.9 * noise_share("bfloat16")
    after = before + np.random.default_rng(seed).uniform(-share, share, before.shape)
    if hangs_on_noise(before, np.ones_like(before), "bfloat16")[0]:
        return

    assert np.flatnonzero(before <= 0)[:1].tolist() == np.flatnonzero(after <= 0)[:1].tolist()
