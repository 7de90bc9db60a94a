import pytest

from claimkit.errors import UnknownTask
from claimkit.tasks import ALL_TASKS, PAIRS, TASKS, NRFirst, NRLastFar, task_name, task_named

NAMES = "UR UL NRFirst NLFirst NRLast NLLast UF UB NF NB"


def test_there_are_ten_tasks():
    """All tasks of the paper, by the paper's names and in its order."""
    assert " ".join(TASKS) == NAMES


def test_a_risk_asks_one_task_more():
    """NRLastFar is known by its name and is none of the paper's tasks."""
    assert [*ALL_TASKS] == [*TASKS, "NRLastFar"]
    assert task_named("NRLastFar") is NRLastFar


@pytest.mark.parametrize("name", NAMES.split())
def test_a_name_leads_to_its_task(name):
    """A task is found under the name it shows."""
    assert task_named(name).name == name


@pytest.mark.parametrize(
    "wrong, right",
    [
        ("NRfirst", "NRFirst"),
        ("nlfirst", "NLFirst"),
        ("ur", "UR"),
        ("nb", "NB"),
        ("NLLst", "NLLast"),
    ],
)
def test_a_near_miss_is_offered_the_task_that_was_meant(wrong, right):
    """The message suggests the nearest name, whatever its case, and lists all of them."""
    with pytest.raises(
        UnknownTask, match=f"no task '{wrong}'; did you mean '{right}'\\? Tasks: NB, NF"
    ):
        task_named(wrong)


def test_a_name_like_no_other_gets_the_list_alone():
    """A wild name gets no misleading suggestion."""
    with pytest.raises(UnknownTask, match=r"no task 'copy-paste'\. Tasks: NB, NF, NLFirst"):
        task_named("copy-paste")


def test_every_task_is_in_exactly_one_pair():
    """The five pairs take up the ten tasks."""
    assert sorted(task.name for pair in PAIRS for task in pair) == sorted(TASKS)


@pytest.mark.parametrize("right, left", PAIRS, ids=task_name)
def test_the_tasks_of_a_pair_are_asked_about_the_same_strings(right, left):
    """A pair has one group, right first."""
    assert right.group is left.group
    assert (right.direction, left.direction) == ("right", "left")


def test_parameters_are_shown_by_the_name_of_their_task():
    """Test ids are names of tasks; anything else shows itself."""
    assert (task_name(NRFirst), task_name(30)) == ("NRFirst", "30")


def test_nobody_can_add_a_task_in_passing():
    """The registry is read-only."""
    with pytest.raises(TypeError):
        TASKS["XX"] = NRFirst
