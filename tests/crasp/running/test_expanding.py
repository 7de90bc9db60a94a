"""What programs are short for: flat lines of core operations, each written once."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.crasp.strategies import alphabets, programs

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.operations import (
    Add,
    And,
    AnySymbol,
    AtMost,
    Binder,
    Compare,
    Conditional,
    Constraint,
    Count,
    EverySymbol,
    Exists,
    Initial,
    Not,
    Number,
    One,
    Or,
    Periodic,
    Ref,
    Subtract,
    SumOver,
    Symbol,
    Top,
    Variable,
    operands,
)
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.running.expanding import environments, expand, member_name
from claimkit.crasp.symbols import Alphabet
from claimkit.crasp.windows import PREDECESSOR

CORE = (Initial, Top, Not, And, Periodic, AtMost, Count, Conditional, Add, Subtract, One)
A, S = Variable("a"), Variable("s")
P, C, D = Ref("P"), Ref("C"), Ref("D")
AB = Alphabet("ab")
# Drawing a program takes its time where other processes run.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
EARLIER = (
    Definition("P", (), Top()),
    Definition("C", (), Count(P)),
    Definition("D", (), Count(P, PREDECESSOR)),
    Definition("Q", (A,), Initial(A)),
    Definition("N", (A,), Count(Ref("Q", (A,)))),
)


def spelled(operation, alphabet=AB):
    """Return the lines that stand for an operation X, each as text."""
    program = Program("", (*EARLIER, Definition("X", (), operation)), alphabet.symbols)
    lines = expand(program, alphabet).definitions
    first = next(at for at, line in enumerate(lines) if line.name == f"N[{alphabet.symbols[-1]}]")
    return [f"{line.name} := {_text(line.body)}" for line in lines[first + 1 :]]


def _text(operation):
    names = [operand.name for operand in operands(operation)]
    return " ".join([type(operation).__name__, *names])


SUGAR = [
    (Or(P, P), ["X.1 := Not P", "X.2 := And X.1 X.1", "X := Not X.2"]),
    (Exists(Not(P)), ["1 := One", "X.1 := Not P", "X.2 := Count X.1", "X := AtMost 1 X.2"]),
    (Compare(C, "<", D), ["X.1 := AtMost D C", "X := Not X.1"]),
    (Compare(C, ">", D), ["X.1 := AtMost C D", "X := Not X.1"]),
    (Compare(C, "≥", D), ["X := AtMost D C"]),
    (Compare(C, "=", D), ["X.1 := AtMost C D", "X.2 := AtMost D C", "X := And X.1 X.2"]),
    (
        Compare(C, "≠", D),
        ["X.1 := AtMost C D", "X.2 := AtMost D C", "X.3 := And X.1 X.2", "X := Not X.3"],
    ),
    (Number(0), ["1 := One", "X := Subtract 1 1"]),
    (Number(2), ["1 := One", "X := Add 1 1"]),
    (Number(5), ["1 := One", "2 := Add 1 1", "4 := Add 2 2", "X := Add 4 1"]),
    (Number(-2), ["1 := One", "0 := Subtract 1 1", "2 := Add 1 1", "X := Subtract 0 2"]),
    (
        AnySymbol(Binder("s"), Ref("Q", (S,))),
        ["X.1 := Not Q[a]", "X.2 := Not Q[b]", "X.3 := And X.1 X.2", "X := Not X.3"],
    ),
    (EverySymbol(Binder("s"), Ref("Q", (S,))), ["X := And Q[a] Q[b]"]),
    (SumOver(Binder("s"), Ref("N", (S,))), ["X := Add N[a] N[b]"]),
]
NONE = Binder("s", (Constraint(S, "<", Symbol("a")),))
ONE = Binder("s", (Constraint(Symbol("a"), "≠", S),))
FEW = [
    (AnySymbol(NONE, Ref("Q", (S,))), ["X := Not P"]),
    (EverySymbol(NONE, Ref("Q", (S,))), ["X := Top"]),
    (SumOver(NONE, Ref("N", (S,))), ["1 := One", "X := Subtract 1 1"]),
    (AnySymbol(ONE, Ref("Q", (S,))), ["X.1 := Not Q[b]", "X := Not X.1"]),
    (EverySymbol(ONE, Ref("Q", (S,))), ["X := And Q[b] Q[b]"]),
    (SumOver(ONE, Ref("N", (S,))), ["X := Conditional P N[b] N[b]"]),
    (C, ["X := Conditional P C C"]),
    (P, ["X := And P P"]),
]


@pytest.mark.parametrize("operation, expected", [*SUGAR, *FEW])
def test_sugar_is_what_the_definition_says_it_is_short_for(operation, expected):
    """∨ is written by ¬ and ∧, ∃ and comparisons by ≤, numbers by 1, families by their members."""
    assert spelled(operation) == expected


@unhurried
@given(programs(), st.data())
def test_an_expanded_program_is_flat(program, data):
    """Each line is one core operation of earlier lines, and no line has indices."""
    alphabet = Alphabet(program.alphabet or data.draw(alphabets()))

    flat = expand(program, alphabet)

    assert flat.alphabet == alphabet.symbols
    for line in flat.definitions:
        assert not line.indices
        assert isinstance(line.body, CORE)
        assert all(isinstance(operand, Ref) for operand in operands(line.body))


@unhurried
@given(programs(), st.data())
def test_every_member_of_every_line_keeps_its_name_and_kind(program, data):
    """A member such as BIGRAM[a,b] is a line of that name, and helpers have names of their own."""
    alphabet = Alphabet(program.alphabet or data.draw(alphabets()))

    flat = expand(program, alphabet)

    kinds = {
        member_name(line.name, line.indices, environment): program.kind(line.key)
        for line in program.definitions
        for environment in environments(line, alphabet)
    }
    names = [line.name for line in flat.definitions]
    assert len(set(names)) == len(names)
    assert {name: flat.kind(name) for name in kinds} == kinds


@unhurried
@given(programs(), st.data())
def test_no_helper_line_is_written_twice(program, data):
    """An operation has one helper line, and none if a named line before it is the same."""
    alphabet = Alphabet(program.alphabet or data.draw(alphabets()))

    lines = expand(program, alphabet).definitions

    named = {
        member_name(line.name, line.indices, environment)
        for line in program.definitions
        for environment in environments(line, alphabet)
    }
    seen = set()
    for line in lines:
        assert line.name in named or line.body not in seen
        seen.add(line.body)


def test_a_helper_takes_no_name_of_the_program():
    """A line of the program's own that is called like a helper keeps its name."""
    lines = (Definition("1", (), Number(2)), Definition("X", (), Add(Ref("1"), One())))

    flat = expand(Program("", lines), AB)

    assert [line.name for line in flat.definitions] == ["1′", "1", "X"]


@pytest.mark.parametrize("symbols", [2, 4, 8])
def test_a_family_of_pairs_grows_with_the_pairs(symbols):
    """Induction has 6 lines a pair and 5 a symbol, less what starts each of its disjunctions."""
    s = Variable("s")
    pred = Definition("PRED", (A,), Exists(Initial(A), PREDECESSOR))
    pair = And(Initial(s), Ref("PRED", (A,)))
    bigram = Definition("BIGRAM", (A, s), Exists(pair))
    after = And(Initial(s), Ref("BIGRAM", (s, A)))
    next_ = Definition("NEXT", (A,), AnySymbol(Binder("s"), after))

    flat = expand(Program("UR", (pred, bigram, next_)), Alphabet("abcdefgh"[:symbols]))

    # 1; Q, #Q and PRED of a symbol; ∧, # and ≤ of a bigram; ∧, ¬ of a member, ∧ that joins it to
    # those before, of which the first has none; ¬ of each NEXT.
    assert len(flat.definitions) == 1 + 3 * symbols + 6 * symbols**2 - symbols + symbols


def test_large_numbers_stay_short():
    """A number is doubled together, so its lines grow with its digits."""
    flat = expand(Program("", (Definition("X", (), Number(10**30)),)), AB)

    # 10^30 has 100 binary digits; each is a doubling and at most one addition of 1.
    assert len(flat.definitions) <= 200


def test_another_alphabet_than_the_programs_is_refused():
    """A program that names its symbols is for those only."""
    program = Program("P", (Definition("X", (), Top()),), ("0", "1"))

    with pytest.raises(InvalidProgram, match=r"P is for the alphabet '0 1', got 'a b'"):
        expand(program, AB)
