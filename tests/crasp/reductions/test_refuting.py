"""The reductions hold for the rules and for every program, and refute the programs at hand."""

import pytest
from hypothesis import given, settings
from tests.crasp.reductions.solvers import solvers

from claimkit.crasp.library import program_of
from claimkit.crasp.reductions.candidates import majority, within
from claimkit.crasp.reductions.languages import is_member
from claimkit.crasp.reductions.last_retrieval import (
    FROM_NLLAST,
    FROM_NRLAST,
    REDUCTIONS,
    LastRetrieval,
)
from claimkit.crasp.reductions.refuting import (
    answers,
    error_law,
    first_error,
    program_law,
    recognizer_law,
    rule_law,
)
from claimkit.crasp.text.parsing import parse
from claimkit.tasks import NLFirst, NRFirst

LIBRARY = ("NLFirst", "NRFirst", "UL", "UR")


def by_task(reduction):
    return reduction.task.name


@pytest.mark.parametrize("reduction", REDUCTIONS, ids=by_task)
def test_with_the_rule_as_solver_the_language_is_recognized(reduction):
    """On all words up to length 9."""
    law = rule_law(reduction)

    assert law.counterexample == ""
    assert law.how == "all 29,523 words up to length 9 over a b e"


@pytest.mark.parametrize("task", [NLFirst, NRFirst], ids=lambda task: task.name)
def test_with_another_rule_it_is_not(task):
    """The first occurrence in the place of the last one: the law says on which word."""
    assert "is decided wrongly" in rule_law(LastRetrieval(task)).counterexample


@settings(max_examples=40, deadline=None)
@given(solvers())
def test_the_recognizer_of_any_program_asks_that_program(program):
    """Right or wrong: what the built program says is what the reduction says, up to length 5."""
    for reduction in REDUCTIONS:
        assert program_law(reduction, program, longest=5).counterexample == ""


@pytest.mark.parametrize("name", LIBRARY)
@pytest.mark.parametrize("reduction", REDUCTIONS, ids=by_task)
def test_the_recognizer_of_a_program_of_ours_asks_that_program(reduction, name):
    """On all words up to length 7."""
    law = program_law(reduction, program_of(name))

    assert law.counterexample == ""
    assert law.how == "all 3,279 words up to length 7"


def test_the_recognizer_of_one_program_does_not_ask_another():
    """The law says where it differs."""
    one, other = program_of("NLFirst"), program_of("UL")

    law = recognizer_law(FROM_NLLAST, one, FROM_NLLAST.recognizer(other))

    # "a q b q | q": a and b have stood left of a q, a first; UL names both, NLFirst a.
    assert law.counterexample == "the program accepts 'aebe'"


@settings(max_examples=40, deadline=None)
@given(solvers())
def test_random_programs_are_refuted(program):
    """Each answers a question of the task wrongly, which its recognizer led to."""
    for reduction in REDUCTIONS:
        found = first_error(reduction, program, longest=7)

        assert found is not None
        assert found.right == reduction.task.answer(found.context, "q")
        assert found.context == reduction.context(found.word)
        assert (found.right == "b") == is_member(found.word)
        assert [found.said] == answers(program, [found.context])
        assert found.said != (found.right,)


@pytest.mark.parametrize(
    "reduction, name, word, context, said",
    [
        (FROM_NLLAST, "NLFirst", "aebe", "aqbq", "a"),
        (FROM_NLLAST, "UL", "beae", "bqaq", "ab"),
        (FROM_NRLAST, "NRFirst", "abe", "qqb", "q"),
        (FROM_NRLAST, "UR", "beae", "qbqa", "ab"),
    ],
)
def test_the_shortest_error_is_found(reduction, name, word, context, said):
    """Two occurrences are enough for programs that look at the first one, or at all."""
    found = first_error(reduction, program_of(name))

    assert ("".join(found.word), "".join(found.context)) == (word, context)
    assert "".join(found.said) == said


@pytest.mark.parametrize("reach", [3, 4, 5])
def test_a_window_is_right_as_far_as_it_reaches(reach):
    """NLLast: x e y e^d asks for the q at distance d + 1, so the first error is at d = reach.

    NRLast: x y e^d asks for the q at distance d + 2, so the first error is at d = reach − 1.
    """
    left = first_error(FROM_NLLAST, within("NLLast", reach))
    right = first_error(FROM_NRLAST, within("NRLast", reach))

    assert "".join(left.word) == "aeb" + "e" * reach
    assert "".join(right.word) == "ab" + "e" * (reach - 1)


@pytest.mark.parametrize("reduction", REDUCTIONS, ids=by_task)
def test_the_law_of_errors_names_the_question(reduction):
    """As evidence, not as a counterexample: the law is that there is one."""
    law = error_law(reduction, majority(reduction.task.name))

    assert law.counterexample == ""
    assert "is right" in law.how
    assert " | q'" in law.how


def test_a_program_that_is_right_for_long_is_not_refuted():
    """A window of 9 errs at length 12 first; that it errs is Lemma 35, not something run."""
    law = error_law(FROM_NLLAST, within("NLLast", 6), longest=8)

    assert law.counterexample == "its recognizer is right on all words up to length 8"


def test_answers_are_read_at_the_query():
    """Whatever stands before it, and however long that is."""
    program = parse("NEXT[a](i) := ∃[j ≤ i, j = i−2] Q[a](j)")

    assert answers(program, [("a", "q"), ("e", "b", "a"), ("b",)]) == [("q",), ("a",), ("b",)]
