"""Programs that write symbol by symbol."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.crasp.errors import AmbiguousNext, InvalidProgram, InvalidString
from claimkit.crasp.operations import (
    And,
    AnySymbol,
    Binder,
    Exists,
    Initial,
    Not,
    Or,
    Ref,
    Symbol,
    Top,
    Variable,
)
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.running.generating import generate
from claimkit.crasp.running.interpreting import next_tokens
from claimkit.crasp.symbols import Alphabet
from claimkit.crasp.windows import PREDECESSOR

A, B, S = Variable("a"), Variable("b"), Variable("s")
BOS, SEP, EOS = Symbol("$"), Symbol("|"), Symbol("#")
PRED = Definition("PRED", (A,), Exists(Initial(A), PREDECESSOR))
BIGRAM = Definition("BIGRAM", (A, B), Exists(And(Initial(B), Ref("PRED", (A,)))))
FOLLOWS = AnySymbol(Binder("s"), And(Initial(S), Ref("BIGRAM", (S, A))))
UR = Program("UR", (PRED, BIGRAM, Definition("NEXT", (A,), FOLLOWS)))
START = (
    Definition("PRED", (BOS,), Exists(Initial(BOS), PREDECESSOR)),
    Definition("BIGRAM", (BOS, B), Exists(And(Initial(B), Ref("PRED", (BOS,))))),
)
AT_SEP = And(Initial(SEP), Ref("BIGRAM", (BOS, A)))
UF = Program(
    "UF", (PRED, START[0], BIGRAM, START[1], Definition("NEXT", (A,), Or(AT_SEP, FOLLOWS)))
)
# EOS after the first symbol of an answer.
ENDS = Definition("NEXT", (EOS,), And(Exists(Initial(SEP)), Not(Initial(SEP))))
ONE_SYMBOL = Program("ONE", (*UF.definitions[:4], Definition("NEXT", (A,), AT_SEP), ENDS))
ALPHABET = Alphabet("abcde")


def write(program, *strings, limit=20):
    """Return what a program writes after strings of symbols, as such."""
    prompts = [ALPHABET.encode(string.split()) for string in strings]
    return [
        " ".join(ALPHABET.decode(codes)) for codes in generate(program, ALPHABET, prompts, limit)
    ]


WRITTEN = [
    (UF, "$ c a b |", "c a b"),
    (UF, "$ e |", "e"),
    (UF, "$ c a b | c a", "b"),
    (UF, "$ c a b | c a b", ""),
    (UF, "$ |", ""),
    (UR, "a b c | a", "b c"),
    (UR, "a b c | e", ""),
    (ONE_SYMBOL, "$ c a b |", "c #"),
]


@pytest.mark.parametrize("program, prompt, expected", WRITTEN)
def test_a_program_writes_until_it_names_nothing(program, prompt, expected):
    """Symbols are appended as long as NEXT names one, and EOS is the last."""
    assert write(program, prompt) == [expected]


def test_prompts_of_any_lengths_are_answered_in_their_order():
    """Strings that finish early, or stand among longer ones, are not disturbed."""
    prompts = ["$ c a b d |", "$ e |", "$ a b c d e | a", "$ e d |"]

    assert write(UF, *prompts) == ["c a b d", "e", "b c d e", "e d"]


@pytest.mark.parametrize("limit, expected", [(0, ""), (1, "b"), (5, "b a b a b")])
def test_a_limit_ends_what_would_not_end(limit, expected):
    """A b | a is followed by b, which is followed by a, and so on."""
    assert write(UR, "a b a | a", limit=limit) == [expected]


def test_no_prompts_and_empty_prompts_write_nothing():
    """There is no position to read NEXT at."""
    assert generate(UR, ALPHABET, [], 5) == []
    assert generate(UR, ALPHABET, [[], [0]], 5) == [[], []]


@settings(deadline=None)
@given(st.permutations(range(5)), st.integers(0, 5))
def test_each_symbol_written_is_the_one_named_when_asked(order, given_symbols):
    """Writing gives what reading the whole string again before each symbol gives."""
    string = ALPHABET.encode(["$"]) + order + ALPHABET.encode(["|"]) + order[:given_symbols]

    (written,) = generate(UF, ALPHABET, [string], 10)

    whole = [*string, *written]
    positions = list(range(len(string) - 1, len(whole)))
    named = next_tokens(UF, ALPHABET, [whole], [positions])[0]
    assert [row.nonzero()[0].tolist() for row in named] == [*([code] for code in written), []]


def test_two_symbols_at_once_cannot_be_written():
    """The message names the position, counted from 1, and the symbols."""
    with pytest.raises(AmbiguousNext, match=r"NEXT names b and c after position 6;"):
        write(UR, "$ e |", "a b a c | a")


REFUSED = [
    (Program("", (PRED,)), [[0]], InvalidProgram, r"no line NEXT\[a\]"),
    (
        Program("", (Definition("NEXT", (A,), Top()),), ("0",)),
        [[0]],
        InvalidProgram,
        "alphabet '0'",
    ),
    (UR, [[9]], InvalidString, "got 9"),
]


@pytest.mark.parametrize("program, prompts, error, message", REFUSED)
def test_what_cannot_be_generated_from_is_refused(program, prompts, error, message):
    """A program names next symbols of its alphabet, and prompts are strings of it."""
    with pytest.raises(error, match=message):
        generate(program, ALPHABET, prompts, 5)
