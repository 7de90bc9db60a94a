"""The naive interpreter: tables worked out by hand, and what it refuses."""

import pytest

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.operations import (
    Add,
    And,
    AtMost,
    Conditional,
    Count,
    Exists,
    Initial,
    Not,
    One,
    Periodic,
    Ref,
    Subtract,
    Symbol,
    Top,
    Variable,
)
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.running.reference import values
from claimkit.crasp.symbols import Alphabet
from claimkit.crasp.windows import PREDECESSOR, Local

AB = Alphabet("ab")
A, B, NA, NB, ONE = Ref("A"), Ref("B"), Ref("#A"), Ref("#B"), Ref("1")
EARLIER = (
    Definition("A", (), Initial(Symbol("a"))),
    Definition("B", (), Initial(Symbol("b"))),
    Definition("#A", (), Count(A)),
    Definition("#B", (), Count(B)),
    Definition("1", (), One()),
)
TABLE = [
    # The string is                 a b b | a
    (Initial(Symbol("a")), [True, False, False, False, True]),
    (Initial(Symbol("|")), [False, False, False, True, False]),
    (Initial(Symbol("#")), [False, False, False, False, False]),
    (Not(A), [False, True, True, True, False]),
    (And(A, B), [False, False, False, False, False]),
    (And(A, A), [True, False, False, False, True]),
    (Top(), [True, True, True, True, True]),
    (Periodic(3, {1}), [True, False, False, True, False]),
    (Periodic(2, {0}), [False, True, False, True, False]),
    (AtMost(NB, NA), [True, True, False, False, True]),
    (Count(A), [1, 1, 1, 1, 2]),
    (Count(B), [0, 1, 2, 2, 2]),
    (Count(B, PREDECESSOR), [0, 0, 1, 1, 0]),
    (Count(B, Local({0, 1, 3})), [0, 1, 2, 1, 1]),
    (Conditional(A, NB, NA), [0, 1, 1, 1, 2]),
    (Add(NA, NB), [1, 2, 3, 3, 4]),
    (Subtract(NA, NB), [1, 0, -1, -1, 0]),
    (One(), [1, 1, 1, 1, 1]),
]


@pytest.mark.parametrize("operation, expected", TABLE)
def test_an_operation_has_the_values_worked_out_by_hand(operation, expected):
    """Each core operation is what its definition gives for the string a b b | a."""
    program = Program("", (*EARLIER, Definition("X", (), operation)), AB.symbols)

    found = values(program, AB.encode(["a", "b", "b", "|", "a"]), AB)["X"]

    assert found == expected
    assert list(map(type, found)) == list(map(type, expected))


def test_an_offset_moves_the_numbers_of_positions():
    """With an offset of 1 the first position is number 2."""
    program = Program("", (Definition("X", (), Periodic(3, {0})),))

    assert values(program, [0] * 4, AB, offset=1)["X"] == [False, True, False, False]


def test_padding_is_no_symbol():
    """At a token of −1 no initial operation holds."""
    found = values(Program("", EARLIER, AB.symbols), [0, -1], AB)

    assert found["A"] == [True, False]
    assert found["B"] == [False, False]


REFUSED = [
    (Definition("X", (Variable("a"),), Top()), r"'X\[a\]' has indices"),
    (Definition("X", (), Exists(A)), r"Exists\(.* is no core operation; expand the program"),
    (Definition("X", (), Not(Top())), r"Top\(\) is no earlier line; expand the program"),
    (Definition("X", (), A), r"Ref\(.* is no core operation"),
]


@pytest.mark.parametrize("line, message", REFUSED)
def test_a_program_that_is_not_flat_is_refused(line, message):
    """Families, sugar and nested operations are for expand to spell out."""
    program = Program("", (*EARLIER, line), AB.symbols)

    with pytest.raises(InvalidProgram, match=message):
        values(program, [0], AB)
