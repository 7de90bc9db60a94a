"""Programs are read from text: what the words and signs mean."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import claimkit
from claimkit.crasp.operations import (
    FALSE,
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
)
from claimkit.crasp.program import Definition
from claimkit.crasp.text.parsing import parse
from claimkit.crasp.windows import EVERYWHERE, PREDECESSOR, Local

EARLIER = "P[a] := Q[a]\nB := Q[sep]\nR := Q[bos]\nC := #[j ≤ i] B\nD := #[j ≤ i] R\n"
B, R, C, D = Ref("B"), Ref("R"), Ref("C"), Ref("D")
a, b = Variable("a"), Variable("b")
INDUCTION = """
# The right neighbour of the query.
program UR      # unique right
alphabet 0 1

PRED[a](i)     := ∃[j ≤ i, j = i−1] Q[a](j)
BIGRAM[a,b](i) := ∃[j ≤ i] (Q[b](j) ∧ PRED[a](j))
NEXT[a](i)     := ⋁[s] (Q[s](i) ∧ BIGRAM[s,a](i))
"""


def body(text, before=EARLIER):
    """Return the operation that a text stands for, behind some earlier lines."""
    return parse(f"alphabet x y\n{before}X[a,b] := {text}").definitions[-1].body


OPERATIONS = (
    ("Q[a](i)", Initial(a)),
    ("Q[a]", Initial(a)),
    ("Q[sep]", Initial(Symbol("|"))),
    ("Q['x']", Initial(Symbol("x"))),
    ("P[a](i)", Ref("P", (a,))),
    ("P['y']", Ref("P", (Symbol("y"),))),
    ("B(i)", B),
    ("⊤", Top()),
    ("true", Top()),
    ("⊥", FALSE),
    ("false", FALSE),
    ("¬B", Not(B)),
    ("not B", Not(B)),
    ("B ∧ R", And(B, R)),
    ("B and R", And(B, R)),
    ("B ∨ R", Or(B, R)),
    ("B or R", Or(B, R)),
    ("i mod 3 = 1", Periodic(3, {1})),
    ("i mod 3 ∈ {0, 2}", Periodic(3, {0, 2})),
    ("i mod 3 in {}", Periodic(3, ())),
    ("C ≤ D", AtMost(C, D)),
    ("C <= D", AtMost(C, D)),
    ("C < D", Compare(C, "<", D)),
    ("C > D", Compare(C, ">", D)),
    ("C ≥ D", Compare(C, "≥", D)),
    ("C >= D", Compare(C, "≥", D)),
    ("C = D", Compare(C, "=", D)),
    ("C ≠ D", Compare(C, "≠", D)),
    ("C != D", Compare(C, "≠", D)),
    ("#[j ≤ i] B(j)", Count(B, EVERYWHERE)),
    ("#[j <= i, true] B", Count(B, EVERYWHERE)),
    ("#[j <= i, j = i-1] B(j)", Count(B, PREDECESSOR)),
    ("∃[j ≤ i, j = i−1] B(j)", Exists(B, PREDECESSOR)),
    ("exists[j <= i, i-j in {1, 2}] B", Exists(B, Local({1, 2}))),
    ("#[k ≤ i] ∃[m ≤ k, m = k] B(m)", Count(Exists(B, Local({0})), EVERYWHERE)),
    ("B ? C : D", Conditional(B, C, D)),
    ("C + D", Add(C, D)),
    ("C − D", Subtract(C, D)),
    ("C-D", Subtract(C, D)),
    ("1", One()),
    ("0", Number(0)),
    ("12", Number(12)),
    ("−1", Number(-1)),
    ("C - -1", Subtract(C, Number(-1))),
    ("⋁[s] Q[s]", AnySymbol(Binder("s"), Initial(Variable("s")))),
    ("any[s] ⊤", AnySymbol(Binder("s"), Top())),
    (
        "⋀[s : s ≠ a, b < s] ⊤",
        EverySymbol(
            Binder(
                "s",
                (Constraint(Variable("s"), "≠", a), Constraint(b, "<", Variable("s"))),
            ),
            Top(),
        ),
    ),
    (
        "every[s : s = 'x'] ⊤",
        EverySymbol(Binder("s", (Constraint(Variable("s"), "=", Symbol("x")),)), Top()),
    ),
    ("∑[s] C", SumOver(Binder("s"), C)),
    (
        "sum[s : s != eos] C",
        SumOver(Binder("s", (Constraint(Variable("s"), "≠", Symbol("#")),)), C),
    ),
)


@pytest.mark.parametrize("text, operation", OPERATIONS, ids=[text for text, _ in OPERATIONS])
def test_every_operation_can_be_written(text, operation):
    """Each operation has a Unicode and an ASCII spelling."""
    assert body(text) == operation


SAME = (
    ("¬B ∧ R", "(¬B) ∧ R"),
    ("B ∧ R ∨ B", "(B ∧ R) ∨ B"),
    ("B ∨ R ∧ B", "B ∨ (R ∧ B)"),
    ("B ∧ R ∧ B", "(B ∧ R) ∧ B"),
    ("B ∨ R ∨ B", "(B ∨ R) ∨ B"),
    ("C − D − C + D", "((C − D) − C) + D"),
    ("C + 1 ≤ D − 1 ∧ B", "((C + 1) ≤ (D − 1)) ∧ B"),
    ("B ∨ C < D ? C + 1 : D − 1", "((B ∨ (C < D)) ? (C + 1) : (D − 1))"),
    ("i mod 2 = 0 ∧ B", "(i mod 2 = 0) ∧ B"),
    ("∃[j ≤ i] B ∧ R", "(∃[j ≤ i] B) ∧ R"),
    ("#[j ≤ i] B + C ≤ D", "((#[j ≤ i] B) + C) ≤ D"),
    ("⋁[s] Q[s] ∧ B", "(⋁[s] Q[s]) ∧ B"),
    ("⋀[s] ¬Q[s] ∨ B", "(⋀[s] (¬Q[s])) ∨ B"),
    ("∑[s] C + D", "(∑[s] C) + D"),
    ("¬¬∃[j ≤ i] ¬B", "¬(¬(∃[j ≤ i] (¬B)))"),
)


@pytest.mark.parametrize("text, same", SAME, ids=[text for text, _ in SAME])
def test_operators_bind_as_tightly_as_documented(text, same):
    """What parentheses say can be left unsaid where the operators say it."""
    assert body(text) == body(same)


def test_a_text_is_a_program():
    """Headers, comments and blank lines surround the definitions; each knows its line."""
    program = parse(INDUCTION)

    assert (program.name, program.alphabet) == ("UR", ("0", "1"))
    assert program.definitions == (
        Definition("PRED", (a,), Exists(Initial(a), PREDECESSOR)),
        Definition("BIGRAM", (a, b), Exists(And(Initial(b), Ref("PRED", (a,))))),
        Definition(
            "NEXT",
            (a,),
            AnySymbol(
                Binder("s"),
                And(Initial(Variable("s")), Ref("BIGRAM", (Variable("s"), a))),
            ),
        ),
    )
    assert [line.line for line in program.definitions] == [6, 7, 8]


def test_headers_may_be_left_out():
    """Without headers a program is for every alphabet, and is called as the caller says."""
    program = parse("NEXT[a] := Q[a]", name="repeat")

    assert (program.name, program.alphabet) == ("repeat", None)


def test_the_text_knows_best_what_it_is_called():
    """The header's name goes before the caller's."""
    assert parse("program UL\nNEXT[a] := Q[a]", name="file").name == "UL"


@pytest.mark.parametrize(
    "header, name",
    [
        ("program Binary Majority  # as in the paper", "Binary Majority"),
        ("program aa*bb*", "aa*bb*"),
        ("program 'it\\'s #1' # quoted", "it's #1"),
        ("program it's", "it's"),
    ],
)
def test_a_name_is_the_rest_of_its_line(header, name):
    """A program's name may have blanks, and quotes where it needs them."""
    assert parse(f"{header}\nA := ⊤").name == name


def test_an_alphabet_lists_words():
    """Symbols are separated by blanks; one that looks like something else is quoted."""
    program = parse("alphabet ( 0 := 'bos' '#[' 'it\\'s' x#y \\ # a comment\n  more\nA := ⊤")

    assert program.alphabet == ("(", "0", ":=", "bos", "#[", "it's", "x#y", "\\", "more")


def test_quoted_symbols_may_hold_anything():
    """Quotes and backslashes in a symbol are escaped, and # in quotes begins no comment."""
    program = parse(r"""alphabet a'b \ x#y
A := Q['a\'b'] ∨ Q['\\'] ∨ Q['x#y'] # 'c'""")

    assert program.definitions[0].body == Or(
        Or(Initial(Symbol("a'b")), Initial(Symbol("\\"))), Initial(Symbol("x#y"))
    )


def test_a_definition_may_be_continued():
    """An indented line goes on from the one before, over comments and blank lines."""
    text = "A :=\n  Q[sep]  # first\n#[a comment at the start]\n\n    ∨ Q[bos]\nB := A"

    program = parse(text)

    assert program.definitions[0].body == Or(Initial(Symbol("|")), Initial(Symbol("$")))
    assert [line.line for line in program.definitions] == [1, 6]


def test_a_text_may_be_indented_as_a_whole():
    """What matters is how far a line is indented against the others."""
    indented = "\n".join(f"    {line}" for line in INDUCTION.splitlines())

    assert parse(indented) == parse(INDUCTION)


@pytest.mark.parametrize("change", [str.strip, lambda text: text.replace("\n", "\r\n")])
def test_line_ends_do_not_matter(change):
    """A text may come from another system, and end without a new line."""
    assert parse(change(INDUCTION)) == parse(INDUCTION)


def test_positions_may_be_named():
    """The position in the head is any word, as are those in brackets."""
    named = parse("A(now) := ∃[then ≤ now, then = now−1] Q[sep](then)")

    assert named == parse("A := ∃[j ≤ i, j = i−1] Q[sep]")


def test_a_line_may_be_called_as_positions_are():
    """A count called i can be compared, since it is defined."""
    program = parse("i := #[j ≤ i] ⊤\nFIFTH := i = 5")

    assert program.definitions[1].body == Compare(Ref("i"), "=", Number(5))


def test_words_may_be_of_any_script():
    """Names and indices are words of letters, Greek ones too; operators are no letters."""
    program = parse("ΔΣ_1[σ] := ¬Q[σ]\nandy[orb] := not ΔΣ_1[orb]")

    assert program.definitions[1].body == Not(Ref("ΔΣ_1", (Variable("orb"),)))


def test_one_name_may_have_lines_for_special_symbols():
    """NEXT[eos] stands beside NEXT[a]."""
    program = parse("NEXT[a] := Q[a]\nNEXT[eos] := Q[sep]")

    assert program.definitions[1] == replace(
        program.definitions[0], indices=(Symbol("#"),), body=Initial(Symbol("|"))
    )


def test_the_parser_is_loaded_when_a_text_is_read():
    """Importing what reads programs imports no lark: collecting claims stays light."""
    imports = "sys, claimkit.crasp.text.parsing, claimkit.crasp.text.latex"
    code = f"import {imports}; print('lark' in sys.modules)"

    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(claimkit.__file__).parents[1],
    )

    assert found.stdout.strip() == "False"
