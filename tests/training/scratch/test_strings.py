"""Strings of mixed lengths, against the tasks' own definitions, one string at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.errors import InvalidInput
from claimkit.tasks import Group, Retrieval, task_named
from claimkit.tasks.sampling import Uniforms
from claimkit.training.scratch.presets import TASKS
from claimkit.training.scratch.strings import BOTH, NOTHING, answers, draw, margins_of

SYMBOLS = 20


def drawn_for(task, seed, n=20, lengths=(6, 15), questions=4, margins=BOTH):
    unique = task.group in (Group.UNIQUE_RETRIEVAL, Group.UNIQUE_COPYING)
    symbols = SYMBOLS if unique else 4
    return draw(task.group, Uniforms(seed, 0), n, lengths, symbols, questions, margins)


@settings(max_examples=20)
@given(st.sampled_from(TASKS), st.integers(0, 2**32), st.booleans())
def test_answers_are_those_of_the_task(name, seed, own):
    """Row by row and question by question, the task itself says the same; at the ends, too."""
    task = task_named(name)
    drawn = drawn_for(task, seed, margins=margins_of(task) if own else BOTH)
    found = answers(task, drawn)
    for row, length in enumerate(drawn.lengths):
        context = drawn.contexts[row, :length].tolist()
        if not isinstance(task, Retrieval):
            assert found[row, :length].tolist() == task.answer(context)
            assert (found[row, length:] == NOTHING).all()
            continue
        for place, answer in zip(drawn.queries[row], found[row], strict=True):
            expected = NOTHING if place == NOTHING else task.answer(context, context[place])
            assert answer == expected


@settings(max_examples=20)
@given(st.sampled_from(TASKS), st.integers(0, 2**32))
def test_strings_are_as_described(name, seed):
    """Lengths within bounds, distinct symbols where unique, padding behind the end only."""
    task = task_named(name)
    drawn = drawn_for(task, seed)
    real = drawn.contexts != NOTHING

    assert ((drawn.lengths >= 6) & (drawn.lengths <= 15)).all()
    assert (real == (np.arange(15) < drawn.lengths[:, None])).all()
    if task.name.startswith("U"):
        rows = zip(drawn.contexts, drawn.lengths, strict=True)
        assert all(len(set(row[:n].tolist())) == n for row, n in rows)


@pytest.mark.parametrize("group", [Group.UNIQUE_RETRIEVAL, Group.NON_UNIQUE_RETRIEVAL])
def test_questions_are_different_and_every_one_comes_up(group):
    """All that can be asked about a context is asked, each symbol once, in changing order."""
    drawn = draw(group, Uniforms(1, 0), 300, (8, 8), 8, questions=8)
    for context, asked in zip(drawn.contexts, drawn.queries, strict=True):
        symbols = [context[place] for place in asked if place != NOTHING]
        inner = set(context[1:-1].tolist()) - {int(context[0]), int(context[-1])}
        wanted = 1 if group is Group.UNIQUE_RETRIEVAL else 2
        often = {s for s in inner if (context == s).sum() >= wanted}

        assert len(symbols) == len(set(symbols)) > 0
        assert set(symbols) == often
    first = np.bincount(drawn.queries[:, 0], minlength=8)
    assert (first[1:6] > 0).all()


@pytest.mark.parametrize("name, first, last", [("UR", 0, 6), ("UL", 1, 7)])
def test_a_task_of_its_own_is_asked_wherever_it_has_an_answer(name, first, last):
    """Up to the end that has a neighbour on the task's side."""
    task = task_named(name)
    drawn = draw(task.group, Uniforms(1, 0), 100, (8, 8), 20, 8, margins_of(task))

    assert {*drawn.queries.ravel().tolist()} - {NOTHING} == {*range(first, last + 1)}


def test_tasks_of_a_group_share_their_strings():
    """Left and right are asked about the same contexts with the same queries."""
    one = draw(task_named("UR").group, Uniforms(7, 3), 10, (5, 9), SYMBOLS)
    two = draw(task_named("UL").group, Uniforms(7, 3), 10, (5, 9), SYMBOLS)

    assert (one.contexts == two.contexts).all()
    assert (one.queries == two.queries).all()


def test_lengths_are_uniform():
    """Every length comes up about equally often: a chi-square with 20 degrees of freedom."""
    lengths = draw(Group.NON_UNIQUE_COPYING, Uniforms(3, 0), 21_000, (5, 25), 5).lengths
    counts = np.bincount(lengths, minlength=26)[5:]

    # 45.3 is passed by chance once in a thousand times.
    assert ((counts - 1000) ** 2 / 1000).sum() < 45.3


@pytest.mark.parametrize(
    "group, lengths, symbols, words",
    [
        (Group.UNIQUE_COPYING, (5, 30), 20, "needs as many in the alphabet, got 20"),
        (Group.UNIQUE_RETRIEVAL, (2, 9), 20, "has lengths from 3 on, got 2 to 9"),
        (Group.NON_UNIQUE_RETRIEVAL, (9, 8), 5, "got 9 to 8"),
        (Group.NON_UNIQUE_RETRIEVAL, (4, 4), 1, "tries found no question"),
    ],
)
def test_strings_that_cannot_be_are_refused(group, lengths, symbols, words):
    """One sentence with the numbers."""
    with pytest.raises(InvalidInput, match=words):
        draw(group, Uniforms(0, 0), 3, lengths, symbols)
