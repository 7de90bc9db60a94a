"""Every program confuses two sources, at the latest when sources outnumber messages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crasp.reductions.solvers import solvers

from claimkit.crasp.library import program_of
from claimkit.crasp.protocol.message_size import message_size
from claimkit.crasp.reductions.candidates import by_place, counted_bigrams, trigrams
from claimkit.crasp.reductions.confusing import (
    confusion_law,
    first_collision,
    first_length_without_room,
    room,
)
from claimkit.crasp.reductions.copying import SUMS, copies
from claimkit.crasp.reductions.reversal import reversals
from claimkit.crasp.symbols import Alphabet
from claimkit.crasp.text.parsing import parse
from claimkit.tasks import NB, NF

AB = Alphabet("ab")
NF_AB, NB_AB = copies(NF, "ab"), copies(NB, "ab")


def test_room_ends_where_sources_outnumber_messages():
    """One count over $ and N symbols is one of 0 … N + 1: N + 2 messages, against 2^N sources.

    2^1 ≤ 3 and 2^2 ≤ 4, but 2^3 > 5.
    """
    one_count = parse("C(i) := #[j ≤ i] Q[sep](j)\nNEXT[a](i) := Q[a](i) ∧ C(i) ≤ 1")

    assert message_size(one_count, AB).counts == 1
    assert first_length_without_room(one_count, AB, NF_AB) == 3


def test_room_counts_what_stands_before_the_separator():
    """Reversed words have N − 1 blanks: 2N symbols with $, so 2N + 1 messages; 2^3 > 7."""
    one_count = parse("C(i) := #[j ≤ i] Q[sep](j)\nNEXT[a](i) := Q[a](i) ∧ C(i) ≤ 1")

    assert first_length_without_room(one_count, Alphabet("ab_"), reversals("ab")) == 3
    assert [reversals("ab").before(length) for length in (1, 2, 3)] == [2, 4, 6]


@settings(max_examples=60, deadline=None)
@given(solvers(), st.sampled_from([NF_AB, NB_AB]))
def test_random_programs_confuse_two_sources(program, fooling):
    """No later than they must."""
    found = first_collision(program, AB, fooling)

    assert found is not None
    assert len(found.first.answer) <= first_length_without_room(program, AB, fooling)


CANDIDATES = (
    (program_of("UF"), NF_AB, AB, 4),
    (program_of("UB"), NB_AB, AB, 4),
    (counted_bigrams(), NF_AB, AB, 4),
    (trigrams(), NF_AB, AB, 6),
    (by_place("NF", 3), NF_AB, AB, 4),
    (by_place("NF", 5), NF_AB, AB, 6),
    (by_place("NB", 3), NB_AB, AB, 4),
    (program_of("UB"), reversals("ab"), Alphabet("ab_"), 4),
    (by_place("NB", 5), reversals("ab"), Alphabet("ab_"), 4),
    (program_of("UF"), SUMS, Alphabet("01+="), 3),
)
"""A program, what it is asked, its alphabet, and the length of the shortest sources it confuses."""


@pytest.mark.parametrize(
    "program, fooling, alphabet, length",
    CANDIDATES,
    ids=lambda value: getattr(value, "name", getattr(value, "task", None)),
)
def test_candidates_confuse_two_sources(program, fooling, alphabet, length):
    """UF and UB on repeated symbols, counters of bigrams, and lines for as many places as given."""
    law = confusion_law(program, alphabet, fooling)

    found = first_collision(program, alphabet, fooling)
    asked = fooling.questions(length)
    assert law.counterexample == ""
    assert str(found) in law.how
    assert {found.first, found.second} <= set(asked)
    assert found.said != (found.wrong_on.answer[len(found.fed)],)


def test_programs_with_room_for_long_sources_are_not_gone_through():
    """The law then says so and is not said to hold: lines for 6 places, and 2^6 sources at most."""
    law = confusion_law(by_place("NF", 6), AB, NF_AB, most=2**6)

    assert law.counterexample == (
        "no two prompts collide where there are at most 64 sources; "
        "sources outnumber messages from length 49 on"
    )
    assert confusion_law(by_place("NF", 6), AB, NF_AB, most=2**7).holds


def test_what_is_needed_outgrows_what_there_is():
    """A table of N bits against the logarithm of the number of messages."""
    program = parse("C[a](i) := #[j ≤ i] Q[a](j)\nNEXT[a](i) := Q[a](i) ∧ C[a](i) ≤ 1")

    rows = list(room(program, AB, NF_AB, (1, 6, 30)))

    # Two counts of 0 … N + 1.
    assert [row.needed for row in rows] == [1, 6, 30]
    assert [row.available for row in rows] == [2 * n for n in (1.584962500721156, 3, 5)]
