"""Lines are renamed, exchanged and left out without changing the others."""

import pytest

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.operations import FALSE, And, Count, Initial, Not, Ref, Symbol, Top
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.reductions.lines import apart, needed_for, rebuilt, renamed
from claimkit.crasp.text.parsing import parse
from claimkit.crasp.windows import Local

TEXT = """
P[a](i)  := Q[a](i)
P[bos]   := Q[bos](i)
SEEN[a]  := ∃[j ≤ i] P[a](j)
OTHER(i) := P[bos](i)
LAST(i)  := ⋁[a] (SEEN[a](i) ∧ ¬P[a](i))
"""


def names(program):
    return [line.key for line in program.definitions]


def test_a_name_apart_is_the_name_or_has_primes():
    """As many as it takes."""
    lines = [Definition(name, (), Top()) for name in ("P", "P′", "Q")]

    assert apart("R", Program("", tuple(lines))) == "R"
    assert apart("Q", Program("", tuple(lines))) == "Q′"
    assert apart("P", Program("", tuple(lines))) == "P′′"


def test_a_renamed_line_is_renamed_wherever_it_is_used():
    """All lines of the name, in their families and at any depth."""
    program = renamed(parse(TEXT), "P", "R")

    assert program == parse(TEXT.replace("P[", "R["))


def test_a_name_that_is_taken_is_refused():
    """By the program's own checks."""
    with pytest.raises(InvalidProgram, match="is defined already"):
        renamed(parse("A(i) := ⊤\nB(i) := ⊤"), "A", "B")


def test_what_a_line_needs_stays():
    """Also what it needs by way of others; the order stays, too."""
    program = parse(TEXT)

    assert names(needed_for({"LAST"}, program)) == ["P", "P[$]", "SEEN", "LAST"]
    assert names(needed_for({"OTHER"}, program)) == ["P", "P[$]", "OTHER"]
    assert names(needed_for({"OTHER", "LAST"}, program)) == names(program)


def test_parts_are_exchanged_where_they_stand():
    """Windows stay, and what is put in is not looked into."""
    whole = And(Count(Initial(Symbol("|")), Local({2})), Not(Ref("P")))

    def change(operation):
        return Not(operation) if isinstance(operation, Initial) else None

    assert rebuilt(whole, change) == And(
        Count(Not(Initial(Symbol("|"))), Local({2})), Not(Ref("P"))
    )
    assert rebuilt(whole, lambda operation: None) == whole
    assert rebuilt(whole, lambda operation: FALSE) == FALSE
