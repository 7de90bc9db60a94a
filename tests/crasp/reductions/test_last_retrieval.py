"""Words become questions whose answer is the word's last letter, and programs follow suit."""

import pytest
from hypothesis import given, settings
from tests.crasp.reductions.solvers import solvers

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.library import program_of
from claimkit.crasp.operations import Periodic
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.reductions.languages import WORDS, is_member, last_letter, words
from claimkit.crasp.reductions.last_retrieval import (
    ACCEPT,
    CONTEXTS,
    FROM_NLLAST,
    FROM_NRLAST,
    QUERY,
    REDUCTIONS,
    LastRetrieval,
)
from claimkit.crasp.rewriting import places
from claimkit.crasp.running.interpreting import evaluate
from claimkit.crasp.text.parsing import parse
from claimkit.crasp.windows import Local
from claimkit.tasks import NLFirst, NRFirst

EXAMPLES = (
    (FROM_NLLAST, "e", "e"),
    (FROM_NLLAST, "ab", "ab"),
    (FROM_NLLAST, "abeeae", "abqeaq"),
    (FROM_NLLAST, "eebeeaee", "eebqeaqe"),
    (FROM_NRLAST, "e", "e"),
    (FROM_NRLAST, "ab", "qq"),
    (FROM_NRLAST, "abeeae", "qqbeqa"),
    (FROM_NRLAST, "eebeeaee", "eeqbeqae"),
)
"""A word and its context, by hand."""


def by_task(reduction):
    return reduction.task.name


@pytest.mark.parametrize("reduction, word, context", EXAMPLES)
def test_contexts_are_those_written_by_hand(reduction, word, context):
    """A symbol of the context depends on a letter and the one before it."""
    assert "".join(reduction.context(word)) == context


@pytest.mark.parametrize("reduction", REDUCTIONS, ids=by_task)
def test_the_operations_give_the_context(reduction):
    """On all words up to length 7, exactly one of them holds at each position: the right one."""
    lines = [Definition(symbol, (), image) for symbol, image in reduction.images.items()]
    asked = list(words(7, shortest=7))

    trace = evaluate(
        Program("", tuple(lines), WORDS.symbols), WORDS, [WORDS.encode(word) for word in asked]
    )

    for row, word in enumerate(asked):
        context = reduction.context(word)
        for symbol in CONTEXTS.symbols:
            assert trace[symbol][row].tolist() == [shown == symbol for shown in context]


@pytest.mark.parametrize("reduction", REDUCTIONS, ids=by_task)
def test_the_last_query_stands_beside_the_last_letter(reduction):
    """In all words up to length 8 that end in e and have a letter."""
    for word in words(8):
        if word[-1] == "e" and last_letter(word):
            context = reduction.context(word)
            last = len(context) - 1 - context[::-1].index(QUERY)

            assert context[last + reduction.task.step] == last_letter(word)


@pytest.mark.parametrize("reduction", REDUCTIONS, ids=by_task)
def test_a_solver_is_asked_only_questions_of_the_task(reduction):
    """The task's own rule refuses none of them, on all words up to length 7."""
    asked = []

    def says_b(context):
        asked.append(context)
        return reduction.by_rule(context)

    assert all(reduction.accepts(word, says_b) == is_member(word) for word in words(7))
    # Two letters at least and an e behind: over a thousand of 3,279 words.
    assert len(asked) > 300


@pytest.mark.parametrize("task", [NLFirst, NRFirst], ids=lambda task: task.name)
def test_the_last_occurrence_is_what_is_needed(task):
    """A solver of the first occurrence gives another language."""
    reduction = LastRetrieval(task)

    wrong = [
        word for word in words(5) if reduction.accepts(word, reduction.by_rule) != is_member(word)
    ]
    assert wrong


@settings(max_examples=40, deadline=None)
@given(solvers())
def test_a_recognizer_stays_in_the_class(program):
    """No longer windows than by one, and no period that the program does not have."""

    def windows_and_periods(lines):
        found = [place.operation for line in lines for place in places(line.body)]
        reaches = [op.window.reach for op in found if isinstance(getattr(op, "window", 0), Local)]
        return max(reaches, default=0), {op.period for op in found if isinstance(op, Periodic)}

    reach, periods = windows_and_periods(program.definitions)

    for reduction in REDUCTIONS:
        recognizer = reduction.recognizer(program)
        own_reach, own_periods = windows_and_periods(recognizer.definitions)
        assert own_reach <= max(reach, 1)
        assert own_periods <= periods
        assert recognizer.kind(ACCEPT) == "boolean"
        assert recognizer.alphabet == WORDS.symbols


def test_a_program_may_have_a_line_of_that_name():
    """Its own ACCEPT steps aside."""
    program = parse("ACCEPT[a](i) := Q[a](i)\nNEXT[a](i) := ACCEPT[a](i)")
    plain = parse("SAID[a](i) := Q[a](i)\nNEXT[a](i) := SAID[a](i)")

    for reduction in REDUCTIONS:
        one, other = (
            evaluate(reduction.recognizer(solver), WORDS, [WORDS.encode("abeae")])[ACCEPT]
            for solver in (program, plain)
        )
        assert one.tolist() == other.tolist()


@pytest.mark.parametrize(
    "program, words",
    [
        (parse("ACCEPT(i) := ⊤"), "names no answer; a program for NLLast has a Boolean line"),
        (parse("NEXT[a](i) := #[j ≤ i] Q[a](j)"), "names no answer"),
        (program_of("Binary Majority"), "is for the alphabet '0 1', got 'a b e q'"),
    ],
    ids=["no answer", "a count", "another alphabet"],
)
def test_programs_that_answer_nothing_are_refused(program, words):
    """A solver names a symbol, by NEXT, over a, b, e and q."""
    with pytest.raises(InvalidProgram, match=words):
        FROM_NLLAST.recognizer(program)
