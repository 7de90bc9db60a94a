"""Bob finishes Alice's run from her message alone, and the message is short."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crasp.strategies import alphabets, programs

from claimkit.crasp.errors import InvalidProgram, InvalidString
from claimkit.crasp.protocol.bits import natural_width
from claimkit.crasp.protocol.laws import measured_bits
from claimkit.crasp.protocol.message_size import bits_bound, message_size
from claimkit.crasp.protocol.messages import Protocol
from claimkit.crasp.running.interpreting import evaluate
from claimkit.crasp.symbols import Alphabet
from claimkit.crasp.text.parsing import parse
from claimkit.errors import InvalidInput

AB = Alphabet("ab")

MESSAGES = (
    ("C(i) := #[j ≤ i] Q['a'](j)", "a b a", 0, "00100" + "10"),
    ("C(i) := #[j ≤ i] Q['a'](j)", "", 0, "1"),
    ("P(i) := ∃[j ≤ i] Q[sep](j)", "a b a", 0, "00100" + "0"),
    ("P(i) := ∃[j ≤ i, j = i−2] Q['a'](j)", "b a a b", 0, "00101" + "10"),
    ("P(i) := ∃[j ≤ i, j = i−2] Q['a'](j)", "a", 0, "010" + "1"),
    ("P(i) := i mod 3 = 1", "a b", 0, "011" + "10"),
    ("P(i) := i mod 3 = 1", "a b", 2, "011" + "01"),
    ("E[a](i) := ∃[j ≤ i] Q[a](j)", "b", 0, "010" + "01"),
    ("C(i) := #[j ≤ i] ∃[k ≤ j] Q['b'](k)", "a b a", 0, "00100" + "1" + "10"),
)
"""Lines for a and b, Alice's string, the offset, and what she sends: n, residue, counts, windows.

Sites of one line come in the order in which they are evaluated: a body before its count.
"""


@st.composite
def cut_strings(draw):
    """A random program with some strings of one length, a place to cut them, and an offset."""
    program = draw(programs())
    alphabet = Alphabet(program.alphabet or draw(alphabets()))
    length = draw(st.integers(0, 12))
    code = st.integers(0, len(alphabet.tokens) - 1)
    string = st.lists(code, min_size=length, max_size=length)
    strings = draw(st.lists(string, min_size=1, max_size=3))
    tokens = np.array(strings, dtype=np.int64).reshape(len(strings), length)
    return program, alphabet, tokens, draw(st.integers(0, length)), draw(st.integers(0, 20))


@settings(max_examples=150, deadline=None)
@given(cut_strings())
def test_bob_finds_the_value_of_every_line(case):
    """At all his positions, from few enough bits, for every program, string, cut and offset."""
    program, alphabet, tokens, cut, offset = case
    protocol = Protocol(program, alphabet)
    messages = protocol.messages(tokens[:, :cut], offset=offset)

    trace = protocol.finish(messages, tokens[:, cut:])

    assert all(set(message) <= {"0", "1"} for message in messages)
    assert all(len(message) <= bits_bound(program, alphabet, cut) for message in messages)
    whole = evaluate(program, alphabet, tokens, offset=offset)
    for key in whole.keys():  # noqa: SIM118
        np.testing.assert_array_equal(trace[key], whole[key][..., cut:])


@pytest.mark.parametrize("line, string, offset, message", MESSAGES)
def test_a_message_holds_what_is_said(line, string, offset, message):
    """Bit by bit, by hand."""
    protocol = Protocol(parse(f"alphabet a b\n{line}"), AB)
    tokens = np.array([AB.encode(string.split())], dtype=np.int64)

    assert protocol.messages(tokens, offset=offset) == [message]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=8), st.data())
def test_every_bit_matters(codes, data):
    """A program that shows all it knows: with one bit of that changed, Bob sees it or refuses."""
    shown = parse(
        "COUNT[a](i) := #[j ≤ i] Q[a](j)\n"
        "SEEN[a](i) := ∃[j ≤ i] Q[a](j)\n"
        "BEFORE[a](i) := #[j ≤ i, i−j = 1] Q[a](j)\n"
        "EVEN(i) := i mod 2 = 0"
    )
    protocol = Protocol(shown, AB)
    (message,) = protocol.messages([codes])
    place = data.draw(st.integers(natural_width(len(codes)), len(message) - 1))
    changed = message[:place] + "10"[int(message[place])] + message[place + 1 :]

    expected = protocol.finish([message], [[-1]])
    try:
        found = protocol.finish([changed], [[-1]])
    except InvalidInput:
        return
    assert any((found[key] != expected[key]).any() for key in expected.keys())  # noqa: SIM118


def test_existence_takes_one_bit_where_counting_takes_the_logarithm():
    """∃ is not sent as a count."""
    exists = parse("P[a](i) := ∃[j ≤ i] Q[a](j)")
    counts = parse("P[a](i) := 1 ≤ #[j ≤ i] Q[a](j)")

    # n = 1000: 19 bits say n, 10 a number of 0 … 1000.
    assert measured_bits(exists, AB, 1000) == 19 + 2 * 1
    assert measured_bits(counts, AB, 1000) == 19 + 2 * 10


def test_nothing_is_sent_but_n_by_a_program_that_remembers_nothing():
    """Its size is zero in every respect."""
    program = parse("P[a](i) := Q[a](i)")

    assert message_size(program, AB).messages(10**6) == 1
    assert Protocol(program, AB).messages([[0, 1, 0]]) == ["00100"]


@pytest.mark.parametrize(
    "act, error, words",
    [
        (lambda p: p.finish(["00100"], [[0]]), InvalidInput, "ends after 5 bits"),
        (lambda p: p.finish(["0010010111"], [[0]]), InvalidInput, "bits are left over"),
        (lambda p: p.finish(["0010x10"], [[0]]), InvalidInput, "0 and 1 only"),
        (
            lambda p: p.finish([*p.messages([[0]]), *p.messages([[0, 1]])], [[0], [0]]),
            InvalidInput,
            "got lengths 1 and 2",
        ),
        (lambda p: p.finish(p.messages([[0]]), [[0], [1]]), InvalidString, "the run reads 1"),
        (lambda p: p.messages([[9]]), InvalidString, "got 9"),
        (lambda p: Protocol(p.program, Alphabet("xyz")), InvalidProgram, "for the alphabet 'a b'"),
    ],
)
def test_what_is_no_message_is_refused(act, error, words):
    """Too short, too long, of strings of several lengths, of other programs or alphabets."""
    protocol = Protocol(parse("alphabet a b\nC(i) := #[j ≤ i] Q['a'](j)"), AB)

    with pytest.raises(error, match=words):
        act(protocol)
