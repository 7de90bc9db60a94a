"""Bits are read as they were written, and are as many as they have to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.crasp.protocol.bits import BitReader, BitWriter, natural_width, width
from claimkit.errors import InvalidInput

BOUNDED = st.integers(1, 2**70).flatmap(
    lambda bound: st.tuples(st.just(bound), st.integers(0, bound - 1))
)
ENTRIES = st.one_of(
    st.tuples(st.just("natural"), st.integers(0, 2**70)),
    st.tuples(st.just("below"), BOUNDED),
    st.tuples(st.just("flags"), st.lists(st.booleans())),
)


@given(st.lists(ENTRIES))
def test_what_is_written_is_read(entries):
    """Whatever follows on whatever, and nothing is left over."""
    writer = BitWriter()
    for kind, value in entries:
        getattr(writer, kind)(*value if kind == "below" else (value,))

    reader = BitReader(writer.text)
    for kind, value in entries:
        if kind == "natural":
            assert reader.natural() == value
        elif kind == "below":
            assert reader.below(value[0]) == value[1]
        else:
            assert reader.flags(len(value)) == value
    reader.end()


@given(BOUNDED)
def test_a_number_below_a_bound_takes_the_logarithm_of_the_bound(bounded):
    """⌈log2(bound)⌉ bits: the least number w with bound ≤ 2^w."""
    bound, value = bounded
    writer = BitWriter()
    writer.below(bound, value)

    bits = len(writer.text)
    assert bits == width(bound)
    assert bound <= 2**bits
    assert bits == 0 or bound > 2 ** (bits - 1)


@given(st.integers(0, 2**70))
def test_a_number_without_a_bound_takes_about_twice_its_digits(value):
    """One bit for 0, three for 1 and 2, five up to 6, and so on: as said beforehand."""
    writer = BitWriter()
    writer.natural(value)

    bits = len(writer.text)
    assert bits == natural_width(value)
    half = (bits - 1) // 2
    assert 2**half <= value + 1 < 2 ** (half + 1)


@given(st.lists(st.integers(0, 1000), max_size=4), st.lists(st.integers(0, 1000), max_size=4))
def test_no_sequence_of_numbers_begins_like_another(one, two):
    """Self-delimiting: a reader that knows no bound still knows where a number ends."""
    first, second = BitWriter(), BitWriter()
    for writer, values in ((first, one), (second, two)):
        for value in values:
            writer.natural(value)

    assert not first.text.startswith(second.text) or one[: len(two)] == two


@pytest.mark.parametrize("bound, value", [(4, 4), (4, -1), (1, 1)])
def test_numbers_outside_their_bound_are_not_written(bound, value):
    """The message says the bound."""
    with pytest.raises(InvalidInput, match=rf"0 … {bound - 1} is to be written, got {value}"):
        BitWriter().below(bound, value)


def test_negative_numbers_are_not_written():
    """There is no code for them."""
    with pytest.raises(InvalidInput, match="got -1"):
        BitWriter().natural(-1)


@pytest.mark.parametrize(
    "read, words",
    [
        (lambda: BitReader("0120"), r"0 and 1 only, got \['2'\]"),
        (lambda: BitReader("11").below(3), "say 3 where a number of 0 … 2 is meant"),
        (lambda: BitReader("1").flags(2), "ends after 1 bits, where 2 more"),
        (lambda: BitReader("000").natural(), "ends after 3 bits"),
        (lambda: BitReader("10").end(), "2 bits are left over"),
    ],
)
def test_what_nobody_wrote_is_not_read(read, words):
    """Stray characters, numbers out of bounds, and messages too short or too long."""
    with pytest.raises(InvalidInput, match=words):
        read()
