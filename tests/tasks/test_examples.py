import re

import numpy as np
import pytest

from claimkit.errors import InvalidQuestion
from claimkit.tasks import ALL_TASKS, Strings
from claimkit.tasks.examples import (
    COPYING_EXAMPLES,
    REFUSED_COPYING,
    REFUSED_RETRIEVAL,
    RETRIEVAL_EXAMPLES,
)


def numbers(text):
    """The code points of a text, as one row."""
    return np.array([[ord(symbol) for symbol in text]], dtype=np.int64)


def one_string(context, query=None):
    """A batch of one string."""
    return Strings(numbers(context), None if query is None else numbers(query)[0])


@pytest.mark.parametrize("task, context, query, expected", RETRIEVAL_EXAMPLES)
def test_a_retrieval_rule_gives_the_worked_answer(task, context, query, expected):
    """The rule of a retrieval task agrees with the examples written by hand."""
    assert expected == task.answer(context, query)


@pytest.mark.parametrize("task, source, expected", COPYING_EXAMPLES)
def test_a_copying_rule_gives_the_worked_answer(task, source, expected):
    """The rule of a copying task agrees with the examples written by hand."""
    assert list(expected) == task.answer(source)


@pytest.mark.parametrize("task, context, query, expected", RETRIEVAL_EXAMPLES)
def test_a_vectorized_retrieval_rule_gives_the_worked_answer(task, context, query, expected):
    """The rule for many strings agrees with the examples written by hand."""
    assert numbers(expected).tolist() == task.answers(one_string(context, query)).tolist()


@pytest.mark.parametrize("task, source, expected", COPYING_EXAMPLES)
def test_a_vectorized_copying_rule_gives_the_worked_answer(task, source, expected):
    """The rule for many sources agrees with the examples written by hand."""
    assert numbers(expected).tolist() == task.answers(one_string(source)).tolist()


@pytest.mark.parametrize("task, context, query, words", REFUSED_RETRIEVAL)
def test_a_retrieval_question_without_an_answer_is_refused(task, context, query, words):
    """The message says where the query stands and what the task needs."""
    with pytest.raises(InvalidQuestion, match=re.escape(words)):
        task.answer(context, query)


@pytest.mark.parametrize("task, source, words", REFUSED_COPYING)
def test_a_copying_question_without_an_answer_is_refused(task, source, words):
    """The message quotes the source and says what the task needs."""
    with pytest.raises(InvalidQuestion, match=re.escape(words)):
        task.answer(source)


@pytest.mark.parametrize("task, context, query, words", REFUSED_RETRIEVAL)
def test_a_batch_of_refused_contexts_is_refused(task, context, query, words):
    """What the rule refuses for one string, the vectorized rule refuses too."""
    with pytest.raises(InvalidQuestion, match=f"^{task.name} needs"):
        task.answers(one_string(context, query))


@pytest.mark.parametrize("task, source, words", REFUSED_COPYING)
def test_a_batch_of_refused_sources_is_refused(task, source, words):
    """What the rule refuses for one source, the vectorized rule refuses too."""
    with pytest.raises(InvalidQuestion, match=f"^{task.name} needs"):
        task.answers(one_string(source))


@pytest.mark.parametrize("name", ALL_TASKS)
def test_every_task_has_examples_and_refusals(name):
    """No task is left out of the tables."""
    worked = [row[0].name for row in (*RETRIEVAL_EXAMPLES, *COPYING_EXAMPLES)]
    refused = [row[0].name for row in (*REFUSED_RETRIEVAL, *REFUSED_COPYING)]

    assert worked.count(name) >= 3
    assert name in refused
