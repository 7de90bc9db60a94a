"""Tasks of one's own: what is refused, and what makes two of them different."""

import numpy as np
import pytest

from claimkit.errors import InvalidQuestion
from claimkit.tasks import ALL_TASKS, UR, Group, Setting, Strings, Task, sample, task_name
from claimkit.tasks.checking import checked_answers, identity

SETTING = Setting(length=10, symbols=20)


def own(answers, name="Own", group=Group.UNIQUE_RETRIEVAL):
    """Return a task that answers by a function of the strings."""
    body = {"name": name, "group": group, "direction": "right"}
    return type("OwnTask", (Task,), {**body, "answers": lambda self, strings: answers(strings)})()


def strings_of(group):
    return sample(group, 10, 20, seed=1, stop=32)


def padded(strings):
    """The strings with a last place that is filled up, as in short demonstrations."""
    return Strings(np.pad(strings.contexts, ((0, 0), (0, 1)), constant_values=-1), strings.queries)


@pytest.mark.parametrize("task", ALL_TASKS.values(), ids=task_name)
def test_the_papers_tasks_are_well_defined(task):
    """Checking changes no answer of a task that needs no check."""
    strings = strings_of(task.group)

    assert np.array_equal(checked_answers(task, strings, 20), task.answers(strings))


REFUSED = {
    "beyond the end": (
        lambda s: s.contexts[:, [10]],
        r"raised IndexError: index 10",
    ),
    "one number each": (lambda s: s.contexts[:, 0], r"shape \(32, 1\), got int64 of shape \(32,\)"),
    "two symbols": (lambda s: s.contexts[:, :2], r"got int64 of shape \(32, 2\)"),
    "words": (lambda s: [["a"]] * 32, r"integers of shape \(32, 1\), got <U1"),
    "no such symbol": (lambda s: s.contexts[:, :1] + 20, r"symbols are 0 … 19"),
    "nothing": (lambda s: None, r"got object of shape \(\)"),
}


@pytest.mark.parametrize("answers, sentence", REFUSED.values(), ids=REFUSED)
def test_an_ill_defined_task_is_refused_in_one_sentence(answers, sentence):
    """The sentence names the task and what was wrong with its answers."""
    strings = strings_of(Group.UNIQUE_RETRIEVAL)

    with pytest.raises(InvalidQuestion, match=f"^Own .*{sentence}"):
        checked_answers(own(answers), strings, 20)


def test_the_filling_of_short_demonstrations_is_no_answer():
    """A task that takes the last place of a shorter demonstration is told what stands there."""
    last = own(lambda s: s.contexts[:, -1:])

    with pytest.raises(InvalidQuestion, match=r"with \[-1\].*−1 fills up short demonstrations"):
        checked_answers(last, padded(strings_of(Group.UNIQUE_RETRIEVAL)), 20)


def test_a_name_does_not_make_a_task():
    """Two tasks of one name with other answers have other evidence, a paper's own name included."""
    first, second = own(lambda s: s.contexts[:, :1]), own(lambda s: s.contexts[:, 1:2])
    impostor = own(lambda s: s.contexts[:, :1], name="UR")

    assert identity(first, SETTING) != identity(second, SETTING)
    assert identity(impostor, SETTING) != identity(UR, SETTING) == "UR"


def test_the_same_answers_make_the_same_task():
    """Evidence of one's own task is found again, also when its source was written anew."""
    first, again = own(lambda s: s.contexts[:, :1]), own(lambda s: s.contexts[:, 0][:, None])

    assert identity(first, SETTING) == identity(again, SETTING)
