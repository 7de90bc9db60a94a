"""Every program has a protocol whose bits grow as the logarithm; the laws of both can fail."""

import pytest

from claimkit.crasp.library import PROGRAMS, program_of
from claimkit.crasp.protocol.laws import cut_law, growth_law, measured_bits
from claimkit.crasp.protocol.message_size import bits_bound
from claimkit.crasp.protocol.messages import Protocol
from claimkit.crasp.symbols import Alphabet
from claimkit.crasp.text.parsing import parse

AB = Alphabet("ab")


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_program_has_a_protocol(name):
    """Over all short strings, special symbols among them, and random long ones."""
    program = program_of(name)

    assert cut_law(program, Alphabet(program.alphabet or "abc"), offset=1).counterexample == ""


@pytest.mark.parametrize("name", PROGRAMS)
def test_bits_grow_as_the_logarithm_of_the_length(name):
    """From 10 to 10,240 symbols, within the bound, with a bit for each count when n doubles."""
    program = program_of(name)

    assert growth_law(program, Alphabet(program.alphabet or "abcd")).counterexample == ""


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_bound_is_met(name):
    """What is measured is what was read off the operations, for every program that there is."""
    program = program_of(name)
    alphabet = Alphabet(program.alphabet or "abcd")

    assert measured_bits(program, alphabet, 1000) == bits_bound(program, alphabet, 1000)


def test_a_law_of_cuts_can_fail():
    """Where Alice and Bob speak of another program's line of the same name."""
    one, other = (parse(f"alphabet a b\nP(i) := ∃[j ≤ i] Q['{symbol}'](j)") for symbol in "ab")

    law = cut_law(one, AB, protocol=Protocol(other, AB))

    assert law.counterexample == "P differs for Bob where 'a' is cut after 0 symbols"


def test_a_law_of_growth_can_fail():
    """Lengths that are more than doubled grow by more than a bit for each count."""
    counts = parse("P[a](i) := #[j ≤ i] Q[a](j)")

    # 7 bits for n = 10 and 4 for each count; 19 for n = 1000 and 10 for each.
    law = growth_law(counts, AB, (10, 1000))

    assert law.counterexample == "from n = 10 to n = 1000 there are 24 bits more"
    assert growth_law(counts, AB, (10, 20, 40)).holds
