"""Operations, windows and programs as values: what can be built and what is refused."""

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
    Constraint,
    Count,
    Exists,
    Initial,
    Not,
    Number,
    One,
    Periodic,
    Ref,
    Symbol,
    Top,
    Variable,
    number,
    operands,
)
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.windows import PREDECESSOR, Local

a, b, s = Variable("a"), Variable("b"), Variable("s")


def lines(*definitions):
    """Return definitions numbered as in a text."""
    return tuple(
        Definition(name, tuple(indices), body, line)
        for line, (name, indices, body) in enumerate(definitions, start=1)
    )


PRED = ("PRED", [a], Exists(Initial(a), PREDECESSOR))
C = ("C", [], Count(Top()))
P = ("P", [], Top())


def test_equal_operations_are_one_value():
    """Operations compare and hash by what they say; distances and residues in any order."""
    assert Local([2, 1, 2]) == Local((1, 2))
    assert hash(Periodic(3, [2, 0])) == hash(Periodic(3, {0, 2}))
    assert Definition("P", (), Top(), 1) == Definition("P", (), Top(), 7)


def test_operands_are_in_their_order():
    """An operation knows what it is made of, and counts neither indices nor windows in."""
    assert operands(Conditional(Top(), One(), Number(2))) == (Top(), One(), Number(2))
    assert operands(Exists(Initial(a), PREDECESSOR)) == (Initial(a),)
    assert operands(Initial(a)) == operands(Ref("P", (a,))) == ()


def test_one_is_one_value():
    """The number 1 is the constant of the definition, however it is written."""
    assert number(1) == One()
    assert number(-2) == Number(-2)


def test_a_program_knows_the_kinds_of_its_lines():
    """Lines are Boolean or counts; literal indices keep lines of one name apart."""
    program = Program(
        "",
        lines(
            PRED,
            C,
            ("NEXT", [a], Ref("PRED", (a,))),
            ("NEXT", [Symbol("#")], AtMost(Ref("C"), One())),
        ),
    )

    assert program.kinds == {
        "PRED": "boolean",
        "C": "count",
        "NEXT": "boolean",
        "NEXT[#]": "boolean",
    }
    assert [line.key for line in program.definitions_named("NEXT")] == ["NEXT", "NEXT[#]"]


REFUSED_VALUES = [
    (lambda: Local([-1]), r"distances i − j ≥ 0, at least one, got \[-1\]"),
    (lambda: Local([]), r"got \[\]"),
    (lambda: Local([0.5]), r"got \[0.5\]"),
    (lambda: Periodic(0, [0]), r"Δ = 0"),
    (lambda: Periodic(2, [2]), r"residues \[2\]"),
    (lambda: Compare(One(), "<=", One()), r"no relation '<='; relations: < > ≥ = ≠"),
    (lambda: Constraint(a, ">", b), r"no relation '>'"),
    (lambda: Number(1), r"One\(\)"),
]


@pytest.mark.parametrize("build, words", REFUSED_VALUES)
def test_values_outside_the_language_cannot_be_built(build, words):
    """A ψ that is not local, a φ without period and unknown relations are refused where built."""
    with pytest.raises(InvalidProgram, match=words):
        build()


def _any(*where):
    return AnySymbol(Binder("s", where), Initial(s))


REFUSED_LINES = [
    ([C, ("R", [], Not(Ref("C")))], "line 2, 'R' has a count where ¬ needs a boolean: 'C' is a"),
    ([P, ("R", [], Add(One(), Ref("P")))], "line 2, 'R' has a boolean where + needs a count"),
    ([P, ("R", [], Count(One()))], "a count where # needs a boolean"),
    ([P, ("R", [], Compare(Ref("P"), "=", One()))], "a boolean where = needs a count"),
    ([("R", [], Not(Ref("PP")))], "uses the unknown name 'PP'. Earlier lines: none"),
    ([PRED, ("R", [], Ref("PERD", (Symbol("$"),)))], "did you mean 'PRED'?"),
    ([("R", [], Not(Ref("R")))], "uses 'R' itself"),
    ([("R", [], Not(Ref("P"))), P], "line 1, 'R' uses 'P' before it is defined"),
    ([P, P], "line 2, 'P' is defined already by line 1, 'P'"),
    ([("N", [a], Top()), ("N", [a, b], Top())], "has other indices than line 1"),
    ([("N", [a, a], Top())], "has the index 'a' twice"),
    ([("N", [], Initial(a))], "uses the index 'a', which nothing binds; bound here: none"),
    ([PRED, ("N", [], Ref("PRED"))], "uses 'PRED' with 0 indices, but line 1, 'PRED[a]' has 1"),
    ([PRED, ("N", [], Ref("PRED", (Symbol("|"),)))], "at indices that no line covers"),
    ([("N", [s], _any())], "binds the index 's' a second time"),
    ([("N", [], _any(Constraint(s, "<", Symbol("|"))))], "orders a special symbol"),
    ([("N", [], _any(Constraint(s, "≠", b)))], "uses the index 'b'"),
    ([("N", [], Initial(Symbol("x")))], "names the symbol 'x', so the program needs a line"),
    ([("N", [], And(Top(), Initial(Variable("x"))))], "(a symbol is quoted: 'x')"),
]


@pytest.mark.parametrize("definitions, words", REFUSED_LINES)
def test_what_is_no_program_is_refused_with_its_line(definitions, words):
    """Unknown names, wrong kinds, unbound indices and clashes are told with line and name."""
    with pytest.raises(InvalidProgram) as refused:
        Program("", lines(*definitions))

    assert words in str(refused.value)


def test_a_fixed_alphabet_bounds_the_symbols_that_are_named():
    """A program for some symbols may name them, and no other."""
    line = Definition("N", (), Initial(Symbol("x")))

    assert Program("", (line,), ("x", "y")).kind("N") == "boolean"
    with pytest.raises(InvalidProgram, match=r"names 'x', which is not in the alphabet y z"):
        Program("", (line,), ("y", "z"))


def test_a_family_and_one_symbol_of_it_clash():
    """NEXT[a] covers every symbol of Σ, so NEXT['x'] beside it would be a second value."""
    whole = Definition("NEXT", (a,), Top())
    one = Definition("NEXT", (Symbol("x"),), Top())

    with pytest.raises(InvalidProgram, match=r"is defined already"):
        Program("", (whole, one), ("x",))
