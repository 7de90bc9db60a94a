"""A program spelled out for one alphabet is a program, and computes the same."""

import numpy as np
import pytest

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.library import PROGRAMS, program_of
from claimkit.crasp.operations import Ref, operands
from claimkit.crasp.running.interpreting import evaluate
from claimkit.crasp.symbols import Alphabet
from claimkit.crasp.text.parsing import parse
from claimkit.crasp.text.printing import text_of
from claimkit.reporting.crasp_flat import spelled_out
from claimkit.reporting.crasp_table import lines_of

# Names that parts of other lines would have.
CLASHING = """
alphabet x.1 y
NUMBER_1[a](i) := Q[a](i)
SYMBOL(i)      := ⊤
P_1[a](i)      := Q[a](i) ∨ ⊥
P_(i)          := Q[bos](i)
P[a](i)        := (Q[a](i) ∧ P_1[a](i)) ∨ (P_(i) ∧ SYMBOL(i))
TOP(i)         := #[j ≤ i, i−j ∈ {0, 2}] ⊤ − 3
NEXT[a](i)     := ∃[j ≤ i] (P[a](j) ∧ NUMBER_1[a](j)) ∧ TOP(i) < 5
NEXT[eos](i)   := (i mod 2 = 1 ? 1 : 2) ≤ 1
"""


def values(program, alphabet, tokens):
    """Every line's values over tokens, by its name with its symbols."""
    trace = evaluate(program, alphabet, tokens)
    return {
        line.label: line.values.tolist()
        for definition in program.definitions
        for line in lines_of(
            definition, trace[definition.key][0], alphabet.symbols, everywhere=True
        )
    }


PROGRAMS_AND_ONE = [
    *(pytest.param(program_of(name), id=name) for name in PROGRAMS),
    pytest.param(parse(CLASHING), id="clashing"),
]


@pytest.mark.parametrize("program", PROGRAMS_AND_ONE)
def test_every_line_has_the_values_that_it_had(program):
    """At every position of a string of all symbols, special ones included."""
    alphabet = Alphabet(program.alphabet or ("a", "b", "_"))
    tokens = np.random.default_rng(0).integers(0, len(alphabet.tokens), (1, 60))

    before = values(program, alphabet, tokens)
    after = values(spelled_out(program, alphabet), alphabet, tokens)

    assert before.items() <= after.items()
    assert len(after) > len(before)


@pytest.mark.parametrize("program", PROGRAMS_AND_ONE)
def test_it_is_a_text_that_can_be_read(program):
    """Each line is one operation of earlier lines."""
    spelled = spelled_out(program, Alphabet(program.alphabet or ("a", "b", "_")))

    assert parse(text_of(spelled)) == spelled
    parts = [part for line in spelled.definitions for part in operands(line.body)]
    assert all(isinstance(part, Ref) for part in parts)


def test_another_alphabet_is_refused():
    """A program that lists its symbols is for no others."""
    with pytest.raises(InvalidProgram, match="D_2 is for the alphabet 'a b', got 'a b c'"):
        spelled_out(program_of("D_2"), Alphabet("abc"))
