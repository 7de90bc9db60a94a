import uuid
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from claimkit.tasks.natural import NaturalGroup, draw_passages

seeds = st.integers(0, 2**64 - 1)
STRINGS = [(NaturalGroup.HASHES, "0123456789abcdef"), (NaturalGroup.DNA, "ACGT")]


@pytest.mark.parametrize("group, letters", STRINGS)
@settings(max_examples=20)
@given(seed=seeds, length=st.integers(1, 300))
def test_a_string_has_its_length_and_its_letters(group, letters, seed, length):
    """So many digits or bases, no other sign."""
    (shown,) = draw_passages(group, length, seed, stop=1)

    assert len(shown) == length
    assert set(shown) <= set(letters)


@pytest.mark.parametrize("group, letters", STRINGS)
def test_letters_are_alike(group, letters):
    """Each digit and base as often as chance has it, behind every other, too."""
    text = "".join(draw_passages(group, 128, seed=4, stop=200))
    pairs = Counter(text[i : i + 2] for i in range(0, len(text), 2))
    low, high = binom.ppf([1e-7, 1 - 1e-7], pairs.total(), len(letters) ** -2)

    assert set(pairs) == {a + b for a in letters for b in letters}
    assert all(low <= count <= high for count in pairs.values())


@settings(max_examples=20)
@given(seed=seeds, count=st.integers(1, 20))
def test_uuids_are_of_version_four(seed, count):
    """One a line, as the standard library reads and writes them."""
    (shown,) = draw_passages(NaturalGroup.UUIDS, count, seed, stop=1)
    read = [uuid.UUID(line) for line in shown.split("\n")]

    assert [str(one) for one in read] == shown.split("\n")
    assert {(one.version, one.variant) for one in read} == {(4, uuid.RFC_4122)}
    assert len(set(read)) == count
