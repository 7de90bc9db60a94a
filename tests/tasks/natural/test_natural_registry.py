import pytest

from claimkit.errors import UnknownTask
from claimkit.tasks import ALL_TASKS
from claimkit.tasks.natural import NATURAL_TASKS, NaturalGroup, natural_task


@pytest.mark.parametrize("name", NATURAL_TASKS)
def test_a_task_is_found_by_its_name(name):
    """The registry's key is the task's own name, and what prints."""
    assert natural_task(name).name == name == repr(natural_task(name))


def test_an_unknown_name_offers_the_nearest():
    """Also where only the case is wrong."""
    with pytest.raises(UnknownTask, match=r"no natural task 'loremcopy'; did you mean 'LoremCopy'"):
        natural_task("loremcopy")


def test_every_group_has_a_task():
    """Nothing is drawn that nobody asks about."""
    assert {task.group for task in NATURAL_TASKS.values()} == set(NaturalGroup)


def test_names_are_not_those_of_other_tasks():
    """Evidence and reports tell tasks by their names."""
    assert not set(NATURAL_TASKS) & set(ALL_TASKS)
