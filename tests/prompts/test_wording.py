from itertools import combinations

import pytest

from claimkit.prompts.wording import (
    COPYING_TEMPLATES,
    RETRIEVAL_TEMPLATES,
    opening,
    worked_example,
)
from claimkit.tasks import TASKS, UR, Copying, NLLast, NRLast, NRLastFar, Retrieval, task_name

RETRIEVAL = [task for task in TASKS.values() if isinstance(task, Retrieval)]
WORDED = [
    (task, template)
    for task in TASKS.values()
    for template in (RETRIEVAL_TEMPLATES if isinstance(task, Retrieval) else COPYING_TEMPLATES)
]


@pytest.mark.parametrize("task", TASKS.values(), ids=task_name)
def test_the_bare_template_says_nothing(task):
    """Bare prompts are lines alone."""
    assert opening(task, "bare") == ""


@pytest.mark.parametrize("template", ["rule", "formal"])
def test_no_two_retrieval_tasks_are_described_alike(template):
    """A template's sentence names direction and occurrence, so it tells the six tasks apart."""
    for one, two in combinations(RETRIEVAL, 2):
        assert opening(one, template) != opening(two, template)


@pytest.mark.parametrize("template", RETRIEVAL_TEMPLATES)
def test_far_retrieval_is_asked_in_the_same_words(template):
    """The prompt does not tell that the query stands far back."""
    assert opening(NRLastFar, template) == opening(NRLast, template)


@pytest.mark.parametrize("task", TASKS.values(), ids=task_name)
def test_a_rule_names_its_direction(task):
    """Left and right, or the order of a copy, in plain English."""
    sentence = opening(task, "rule")
    if isinstance(task, Copying):
        expected = {"right": "in the same order", "left": "in reverse order"}[task.direction]
    else:
        expected = f"to the {task.direction} of"

    assert expected in sentence


@pytest.mark.parametrize("task", RETRIEVAL, ids=task_name)
def test_a_rule_names_the_occurrence_where_there_are_several(task):
    """First or last appearance for non-unique tasks, neither for unique ones."""
    named = [word for word in ("first", "last") if word in opening(task, "rule").split()]

    assert named == ([] if task.occurrence == "only" else [task.occurrence])


@pytest.mark.parametrize("task, template", WORDED, ids=task_name)
def test_words_and_marks_are_separated_by_single_spaces(task, template):
    """A word-level vocabulary can hold every sentence."""
    sentence = opening(task, template)

    assert sentence == " ".join(sentence.split())


def test_a_worked_example_counts_from_one():
    """Places are told as people count them."""
    assert worked_example(UR, ["b", "a", "c"], "a", 2, "c") == (
        "Example : in b a c the appearance of a is at position 2 , so the answer is c ."
    )
    assert "the last appearance of a" in worked_example(NLLast, list("xyabcad"), "a", 6, "c")


def test_a_thing_that_is_no_task_has_no_wording():
    """A mistake in the code is told apart from a mistake in the settings."""
    with pytest.raises(TypeError, match="no wording for 'UR'"):
        opening("UR", "rule")
