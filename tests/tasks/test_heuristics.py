from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.tasks import ALL_TASKS, NF, PAIRS, UF, UR, Setting, Strings, task_name
from claimkit.tasks.heuristics import HEURISTICS, heuristic_outcomes
from claimkit.tasks.questions import draw_questions


def slow_guess(name, context):
    """A heuristic's symbol, by a plain reading of its name."""
    if name == "first symbol":
        return context[0]
    if name == "last symbol":
        return context[-1]
    # A Counter lists symbols as they come, so the earliest of equals stands first.
    return Counter(context).most_common(1)[0][0]


@pytest.mark.parametrize("name", HEURISTICS)
@given(
    contexts=st.integers(1, 9).flatmap(
        lambda n: st.lists(
            st.lists(st.integers(0, 4), min_size=n, max_size=n), min_size=1, max_size=5
        )
    )
)
def test_a_heuristic_guesses_what_its_name_says(name, contexts):
    """Every vectorized heuristic equals a plain loop over the strings."""
    guesses = HEURISTICS[name](np.array(contexts)).tolist()

    assert guesses == [slow_guess(name, context) for context in contexts]


@pytest.mark.parametrize("task", ALL_TASKS.values(), ids=task_name)
def test_a_heuristic_is_right_where_its_symbol_is_the_answer(task):
    """Outcomes are the comparison of the guess with every symbol of the answer."""
    strings = draw_questions(task.group, Setting(length=6, symbols=6), stop=200).strings
    found = heuristic_outcomes(task, strings)

    for name, right in found.items():
        guesses = [slow_guess(name, context) for context in strings.contexts.tolist()]
        answers = task.answers(strings).tolist()
        expected = [set(a) == {g} for a, g in zip(answers, guesses, strict=True)]
        assert right.tolist() == expected


def test_the_last_symbol_answers_some_right_retrieval():
    """At length 3 the query stands in the middle: its right neighbour is the last symbol."""
    outcomes = heuristic_outcomes(UR, Strings(np.array([[5, 1, 7], [1, 2, 1]]), np.array([1, 2])))

    assert outcomes["last symbol"].tolist() == [True, True]
    assert outcomes["first symbol"].tolist() == [False, True]


def test_a_copying_heuristic_has_to_be_right_everywhere():
    """One symbol repeated is right only for a source of one repeated symbol."""
    found = heuristic_outcomes(NF, Strings(np.array([[3, 3, 3], [3, 3, 4]])))

    assert all(right.tolist() == [True, False] for right in found.values())


def test_no_heuristic_copies_distinct_symbols():
    """The floor of unique copying is zero."""
    strings = draw_questions(UF.group, Setting(length=10, symbols=62), stop=256).strings

    assert not any(right.any() for right in heuristic_outcomes(UF, strings).values())


@pytest.mark.parametrize("right, left", PAIRS, ids=task_name)
def test_the_most_frequent_symbol_prefers_no_direction(right, left):
    """At length 30 this heuristic's score leans by less than a claim's margin of 0.02."""
    strings = draw_questions(right.group, Setting(length=30, symbols=62), stop=4_000).strings
    one, two = (heuristic_outcomes(task, strings)["most frequent symbol"] for task in (right, left))

    assert abs(one.mean() - two.mean()) < 0.02
