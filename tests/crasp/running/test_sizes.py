"""Bounds on what a program's counts and arrays can reach."""

import numpy as np
import pytest

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.operations import (
    Add,
    And,
    AnySymbol,
    AtMost,
    Binder,
    Compare,
    Conditional,
    Count,
    EverySymbol,
    Exists,
    Initial,
    Number,
    One,
    Ref,
    Subtract,
    SumOver,
    Top,
    Variable,
)
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.running.sizes import count_dtype, largest_count, largest_value
from claimkit.crasp.windows import Local

A, B = Variable("a"), Variable("b")
EARLIER = (Definition("C", (), Count(Top())), Definition("D", (A,), Number(-30)))


def program(body, *indices):
    """Return a program of one line after some others."""
    return Program("", (*EARLIER, Definition("X", indices, body)))


# At 10 positions over 4 symbols. C reaches 10 and D is −30, so no bound of the whole is below 30.
BOUNDS = [
    (One(), 30),
    (Top(), 30),
    (Number(-99), 99),
    (Add(Ref("C"), Number(40)), 50),
    (Subtract(Ref("C"), Number(40)), 50),
    (Subtract(Ref("C"), Ref("D", (A,))), 40),
    (Add(Conditional(Top(), Number(31), Number(-44)), One()), 45),
    (Add(Conditional(Top(), Number(44), Number(-31)), One()), 45),
    (SumOver(Binder("s"), Ref("C")), 40),
    (SumOver(Binder("s"), SumOver(Binder("t"), Ref("C"))), 160),
    (Add(Count(Top()), Number(50)), 60),
    (Add(Count(Top(), Local({0, 3, 4})), Number(50)), 53),
    (Add(Count(Top(), Local(range(20))), Number(50)), 60),
    # What a comparison compares has to have room, too.
    (AtMost(Number(77), One()), 77),
    (Exists(Compare(One(), "<", Number(78))), 78),
    (AnySymbol(Binder("s"), AtMost(One(), Number(79))), 79),
]


@pytest.mark.parametrize("body, bound", BOUNDS)
def test_a_bound_follows_from_what_counts_are_made_of(body, bound):
    """No count of a program, nor any operand of one, is larger than its bound."""
    assert largest_count(program(body, A), symbols=4, length=10) == bound


TYPES = [
    (2**7 - 1, np.int8),
    (2**7, np.int16),
    (2**15 - 1, np.int16),
    (2**15, np.int32),
    (2**31 - 1, np.int32),
    (2**31, np.int64),
    (2**63 - 1, np.int64),
]


@pytest.mark.parametrize("number, expected", TYPES)
def test_counts_take_the_smallest_type_with_room(number, expected):
    """A type is left where its range ends."""
    assert count_dtype(program(Number(number)), symbols=4, length=10) == expected


def test_counts_beyond_64_bits_are_refused():
    """Wrong counts are never computed; the message names the number."""
    with pytest.raises(InvalidProgram, match="counts of the program may reach 9223372036854775808"):
        count_dtype(program(Number(2**63)), symbols=4, length=10)


SIZES = [
    (Top(), (), 40),
    (Top(), (A, B), 160),
    (AnySymbol(Binder("s"), Initial(Variable("s"))), (A, B), 640),
    (AnySymbol(Binder("s"), EverySymbol(Binder("t"), Top())), (A,), 640),
    (And(AnySymbol(Binder("s"), Top()), AnySymbol(Binder("t"), Top())), (A,), 160),
]


@pytest.mark.parametrize("body, indices, expected", SIZES)
def test_an_array_has_an_axis_for_each_index_bound_at_once(body, indices, expected):
    """10 positions, times 4 symbols for each of a line's indices and the binders around a part."""
    # D[a] has 40.
    assert largest_value(program(body, *indices), symbols=4, length=10) == expected
