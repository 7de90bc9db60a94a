"""Mutants are programs that differ from a program by one operation, each a different one."""

from hypothesis import given, settings
from tests.crasp.strategies import programs

from claimkit.crasp.mutants.mutating import mutants
from claimkit.crasp.rewriting import places, replaced
from claimkit.crasp.text.parsing import parse


def changed_lines(before, after):
    """The lines in which two programs differ."""
    pairs = zip(before.definitions, after.definitions, strict=True)
    return [(old, new) for old, new in pairs if old != new]


@settings(deadline=None, max_examples=50)
@given(programs())
def test_a_mutant_differs_by_one_operation(program):
    """In one line something else stands at one place, and all the rest is as it was."""
    for mutant in mutants(program):
        ((old, new),) = changed_lines(program, mutant.program)

        assert new == mutant.line
        assert new.body in [
            replaced(old.body, place.path, mutant.after)
            for place in places(old.body)
            if place.operation == mutant.before
        ]


@settings(deadline=None, max_examples=50)
@given(programs())
def test_mutants_are_distinct(program):
    """None is another one, and none is the program."""
    found = [program, *(mutant.program for mutant in mutants(program))]

    assert len(set(found)) == len(found)


@settings(deadline=None, max_examples=50)
@given(programs())
def test_a_mutant_has_the_program_s_lines(program):
    """By name, by index and by kind, so it can be asked what the program is asked."""
    for mutant in mutants(program):
        assert mutant.program.kinds == program.kinds
        assert (mutant.program.name, mutant.program.alphabet) == (program.name, program.alphabet)


def test_a_small_program_has_these_mutants():
    """Each is a line as it can be written."""
    program = parse("A := Q[sep] ∧ ¬Q[bos]")

    assert [mutant.text for mutant in mutants(program)] == [
        "A := ¬(Q[sep] ∧ ¬Q[bos])",
        "A := ⊤",
        "A := ⊥",
        "A := Q[sep] ∨ ¬Q[bos]",
        "A := ¬Q[sep] ∧ ¬Q[bos]",
        "A := ⊤ ∧ ¬Q[bos]",
        "A := Q[bos] ∧ ¬Q[bos]",
        "A := Q[eos] ∧ ¬Q[bos]",
        "A := Q[sep] ∧ Q[bos]",
        "A := Q[sep] ∧ ⊤",
        "A := Q[sep] ∧ ¬Q[sep]",
        "A := Q[sep] ∧ ¬Q[eos]",
    ]


def test_what_is_no_program_is_no_mutant():
    """A family has no value at a special symbol, so none becomes its index; Q has."""
    texts = {mutant.text for mutant in mutants(parse("IS[a] := Q[a]\nNOT[a] := ¬IS[a]"))}

    assert "IS[a] := Q[sep]" in texts
    assert not [text for text in texts if "IS[sep]" in text]


def test_bottom_is_one_constant():
    """⊥ is not taken for a negation with an operand of its own."""
    assert [mutant.text for mutant in mutants(parse("A := ⊥"))] == ["A := ⊤"]
