"""The strings of fine-tuning: what the tasks demand of them, at every length."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import NotApplicable
from claimkit.tasks import TASKS, Group, task_named
from claimkit.tasks.sampling import Uniforms
from claimkit.training.finetuning.strings import asked_strings, check_alphabet, training_strings
from claimkit.training.scratch.strings import NOTHING, answers

GROUPS = sorted({task.group for task in TASKS.values()})
RETRIEVAL = [group for group in GROUPS if group.is_retrieval]

settings = {
    "seed": st.integers(0, 2**30),
    "low": st.integers(6, 20),
    "more": st.integers(0, 20),
    "symbols": st.integers(40, 62),
}


def each(drawn):
    """Yield the context and the symbols asked about of every string, as lists."""
    for row, (context, length) in enumerate(zip(drawn.contexts, drawn.lengths, strict=True)):
        asked = [] if drawn.queries is None else [q for q in drawn.queries[row] if q != NOTHING]
        yield context[:length].tolist(), [int(context[q]) for q in asked]
        assert (context[length:] == NOTHING).all()


@pytest.mark.parametrize("group", GROUPS)
@given(**settings, asked=st.booleans())
def test_lengths_and_symbols_are_in_range(group, seed, low, more, symbols, asked):
    """Every string is as long as wanted and made of the alphabet."""
    draw = asked_strings if asked else training_strings
    drawn = draw(group, Uniforms(seed, 0), 20, (low, low + more), symbols, 5)

    assert low <= drawn.lengths.min()
    assert drawn.lengths.max() <= low + more
    assert drawn.contexts.max() < symbols
    for context, _ in each(drawn):
        assert min(context) >= 0


@pytest.mark.parametrize("group", RETRIEVAL)
@given(**settings, questions=st.integers(1, 8))
def test_every_question_has_an_answer_for_all_tasks(group, seed, low, more, symbols, questions):
    """A query occurs as often as its group says and has both neighbours; queries differ."""
    lengths = low, low + more
    drawn = training_strings(group, Uniforms(seed, 0), 20, lengths, symbols, 5, questions)

    for context, queries in each(drawn):
        assert 1 <= len(set(queries)) == len(queries) <= questions
        for query in queries:
            places = [i for i, symbol in enumerate(context) if symbol == query]
            assert (len(places) == 1) == (group is Group.UNIQUE_RETRIEVAL)
            assert places[0] >= 1
            assert places[-1] <= len(context) - 2


@pytest.mark.parametrize("group", RETRIEVAL)
@given(**settings)
def test_a_test_query_occurs_in_the_first_half_alone(group, seed, low, more, symbols):
    """Once for unique tasks, at least twice for the others, never in first place."""
    drawn = asked_strings(group, Uniforms(seed, 0), 20, (low, low + more), symbols, 5)

    for context, (query,) in each(drawn):
        places = [i for i, symbol in enumerate(context) if symbol == query]
        assert places[0] >= 1
        assert places[-1] < len(context) // 2
        assert (len(places) == 1) == (group is Group.UNIQUE_RETRIEVAL)


@given(**settings, pool=st.integers(3, 9))
def test_repeats_abound(seed, low, more, symbols, pool):
    """A string of a non-unique task holds at most as many symbols as its pool."""
    for group in (Group.NON_UNIQUE_RETRIEVAL, Group.NON_UNIQUE_COPYING):
        for draw in (training_strings, asked_strings):
            drawn = draw(group, Uniforms(seed, 0), 20, (low, low + more), symbols, pool)
            assert all(len(set(context)) <= pool for context, _ in each(drawn))


@given(seed=st.integers(0, 2**30))
def test_unique_sources_are_distinct(seed):
    """No symbol of a source occurs twice."""
    drawn = training_strings(Group.UNIQUE_COPYING, Uniforms(seed, 0), 20, (3, 30), 30, 5)

    assert all(len(set(context)) == len(context) for context, _ in each(drawn))


@pytest.mark.parametrize("group", GROUPS)
def test_all_symbols_lengths_and_places_come_up(group):
    """Nothing that a model has to learn is left out."""
    drawn = training_strings(group, Uniforms(1, 0), 3_000, (6, 12), 62, 5)
    real = drawn.contexts[drawn.contexts != NOTHING]

    assert len(np.unique(real)) == 62
    assert set(drawn.lengths) == set(range(6, 13))
    if drawn.queries is not None:
        last = 11 if group is Group.UNIQUE_RETRIEVAL else 10
        assert set(drawn.queries[:, 0]) == set(range(1, last))


@pytest.mark.parametrize("name", TASKS)
def test_answers_are_the_rules(name):
    """The fast answers are those of the task itself, string by string."""
    task = task_named(name)
    drawn = asked_strings(task.group, Uniforms(4, 0), 50, (6, 20), 62, 5)
    right = answers(task, drawn)

    for row, (context, queries) in enumerate(each(drawn)):
        wanted = [task.answer(context, *queries)] if queries else list(task.answer(context))
        assert [x for x in right[row] if x != NOTHING] == wanted


def test_too_small_an_alphabet_is_not_applicable():
    """Distinct symbols run out; others may repeat."""
    with pytest.raises(
        NotApplicable, match="length 30 needs an alphabet of 30, this tokenizer has"
    ):
        check_alphabet(Group.UNIQUE_COPYING, 30, 26, 5)
    check_alphabet(Group.UNIQUE_RETRIEVAL, 60, 26, 5)
