"""The size of a message is read off the program, and is what the message needs."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.operations import (
    And,
    AnySymbol,
    Binder,
    Constraint,
    Count,
    Exists,
    Initial,
    Periodic,
    Ref,
    Symbol,
    Variable,
)
from claimkit.crasp.protocol.message_size import (
    MessageSize,
    bits_bound,
    free_variables,
    message_size,
)
from claimkit.crasp.symbols import Alphabet
from claimkit.crasp.text.parsing import parse

A, B = Variable("a"), Variable("b")
ABC = Alphabet("abc")

SIZES = (
    ("C(i) := #[j ≤ i] ⊤", MessageSize(1, 0, (), 1)),
    ("C(i) := #[j ≤ i] Q[sep](j) + #[j ≤ i] (#[k ≤ j] ⊤ ≤ 2)", MessageSize(3, 0, (), 1)),
    ("E[a](i) := ∃[j ≤ i] Q[a](j)", MessageSize(0, 3, (), 1)),
    ("E[a,b](i) := ∃[j ≤ i] (Q[b](j) ∧ ⋁[c] (#[k ≤ j] Q[c](k) ≤ 4))", MessageSize(3, 3, (), 1)),
    ("P[a](i) := ∃[j ≤ i, j = i−1] Q[a](j)", MessageSize(0, 0, (1, 1, 1), 1)),
    ("P(i) := #[j ≤ i, i−j ∈ {0, 2, 5}] Q[bos](j) ≤ 1", MessageSize(0, 0, (5,), 1)),
    ("P(i) := #[j ≤ i, j = i] Q[bos](j) ≤ 1", MessageSize(0, 0, (0,), 1)),
    ("P(i) := i mod 4 = 1 ∨ ∃[j ≤ i] (j mod 6 = 0)", MessageSize(0, 1, (), 12)),
)
"""Lines, and what their messages hold over three symbols."""


@pytest.mark.parametrize("text, size", SIZES)
def test_the_size_is_that_of_the_operations(text, size):
    """Each member of a family counts that a counting operation depends on."""
    assert message_size(parse(text), ABC) == size


def test_bits_add_up():
    """Two counts, three ∃, windows that reach back 1 and 4, period 6, at n = 10.

    n: ⌊log2 11⌋ = 3, so 7 bits; 6 residues: 3 bits; each count is one of 0 … 10: 4 bits.
    """
    size = MessageSize(counts=2, flags=3, reaches=(1, 4), period=6)

    assert size.bits(10) == 7 + 3 + 2 * 4 + 3 + (1 + 4)
    # Of a single symbol: 3 bits for n, counts of one bit, and one bit for either window.
    assert size.bits(1) == 3 + 3 + 2 * 1 + 3 + (1 + 1)
    assert size.messages(10) == 11**2 * 2**3 * 2**5


@given(
    st.builds(
        MessageSize,
        st.integers(0, 9),
        st.integers(0, 9),
        st.lists(st.integers(0, 9), max_size=4).map(tuple),
        st.integers(1, 12),
    ),
    st.integers(0, 10**6),
)
def test_there_are_no_more_messages_than_bits_can_say(size, n):
    """Of strings of one length, whose messages all say that length."""
    assert size.messages(n) <= 2 ** size.bits(n)


def test_bits_grow_as_the_logarithm():
    """UR over 26 symbols: 702 bits whatever n is, and n itself."""
    ur = parse(
        "PRED[a](i) := ∃[j ≤ i, j = i−1] Q[a](j)\nBIGRAM[a,b](i) := ∃[j ≤ i] (Q[b](j) ∧ PRED[a](j))"
    )
    letters = Alphabet(map(chr, range(ord("a"), ord("z") + 1)))

    for n in (1, 100, 10_000):
        assert bits_bound(ur, letters, n) == 26 + 26**2 + 2 * int(math.log2(n + 1)) + 1


@pytest.mark.parametrize(
    "operation, names",
    [
        (Initial(A), {"a"}),
        (Initial(Symbol("|")), set()),
        (Ref("P", (A, Symbol("|"), B)), {"a", "b"}),
        (Count(And(Initial(A), Periodic(2, {0}))), {"a"}),
        (AnySymbol(Binder("a"), Initial(A)), set()),
        (AnySymbol(Binder("a", (Constraint(A, "≠", B),)), Initial(A)), {"b"}),
        (And(Initial(A), AnySymbol(Binder("b"), Exists(Initial(B)))), {"a"}),
    ],
)
def test_free_variables_are_those_that_nothing_inside_binds(operation, names):
    """An operation depends on them, a family has a member for each of their values."""
    assert free_variables(operation) == names


def test_a_foreign_alphabet_is_refused():
    """A program for one alphabet sends nothing about strings of another."""
    with pytest.raises(InvalidProgram, match="for the alphabet 'a b'"):
        message_size(parse("alphabet a b\nP(i) := Q['a'](i)"), ABC)
