"""A program asked ahead says what the program says at the end of the longer string."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crasp.strategies import alphabets, programs

from claimkit.crasp.errors import InvalidString
from claimkit.crasp.operations import Periodic
from claimkit.crasp.reductions.suffixes import after
from claimkit.crasp.running.expanding import expand
from claimkit.crasp.running.interpreting import evaluate
from claimkit.crasp.symbols import Alphabet
from claimkit.crasp.text.parsing import parse


@st.composite
def suffixed(draw):
    """A random program, its alphabet, a string and a suffix in symbols, and an offset."""
    program = draw(programs())
    alphabet = Alphabet(program.alphabet or draw(alphabets()))
    symbols = st.sampled_from(alphabet.tokens)
    string = draw(st.lists(symbols, min_size=1, max_size=8))
    return program, alphabet, string, draw(st.lists(symbols, max_size=4)), draw(st.integers(0, 9))


def values(program, alphabet, string, offset=0):
    """The trace of one string."""
    return evaluate(program, alphabet, [alphabet.encode(string)], offset=offset)


@settings(max_examples=60, deadline=None)
@given(suffixed())
def test_every_line_is_what_it_is_at_the_end_of_the_suffix(case):
    """At every position, for any program, string, suffix and offset."""
    program, alphabet, string, suffix, offset = case
    flat = expand(program, alphabet)

    ahead = values(after(program, alphabet, suffix), alphabet, string, offset)

    for place in range(len(string)):
        whole = values(flat, alphabet, [*string[: place + 1], *suffix], offset)
        for key in whole.keys():  # noqa: SIM118
            assert ahead[key][0, place] == whole[key][0, -1], (key, place)


@settings(max_examples=25, deadline=None)
@given(suffixed(), st.integers(0, 4))
def test_a_suffix_may_be_appended_in_two_parts(case, cut):
    """The last part first: what it says after it is asked about the part before."""
    program, alphabet, string, suffix, offset = case
    front, back = suffix[:cut], suffix[cut:]

    at_once = values(after(program, alphabet, suffix), alphabet, string, offset)
    in_parts = values(
        after(after(program, alphabet, back), alphabet, front), alphabet, string, offset
    )

    for line in expand(program, alphabet).definitions:
        np.testing.assert_array_equal(at_once[line.key], in_parts[line.key])


def test_residues_are_shifted():
    """Two symbols later, an even position is the one whose number leaves 0 now, too."""
    program = after(parse("P(i) := i mod 3 = 1"), Alphabet("ab"), "ab")

    assert program.definitions[-1].body == Periodic(3, {2})


def test_lines_have_names_of_their_own():
    """Also where the program has names like those of the lines in between."""
    program = parse("P(i) := Q[bos](i)")
    twice = after(after(program, Alphabet("ab"), "a"), Alphabet("ab"), "b")

    names = [line.name for line in twice.definitions]
    assert len(set(names)) == len(names)
    assert names[-1] == "P"


def test_symbols_that_the_alphabet_lacks_are_refused():
    """A suffix is of the program's strings."""
    with pytest.raises(InvalidString, match="no symbol 'z'"):
        after(parse("P(i) := ⊤"), Alphabet("ab"), "z")
