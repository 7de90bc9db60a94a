import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import InvalidQuestion
from claimkit.tasks.natural import (
    CHERRY_PICK_ORDER,
    NATURAL_TASKS,
    REVERT_ORDER,
    AsShown,
    NaturalGroup,
    Passage,
)

COPIES = [task for task in NATURAL_TASKS.values() if isinstance(task, AsShown)]
texts = st.text(st.characters(codec="utf-8") | st.just("\n"), min_size=1)

WORKED_EXAMPLES = (
    ("RevertOrder", "c3 Fix a\nb2 Add b\na1 Add a", "c3 Fix a\nb2 Add b\na1 Add a"),
    ("CherryPickOrder", "c3 Fix a\nb2 Add b\na1 Add a", "a1 Add a\nb2 Add b\nc3 Fix a"),
    ("CherryPickOrder", "only one", "only one"),
    ("LoremCopy", "Et et ut.  Sed ", "Et et ut.  Sed "),
)


@pytest.mark.parametrize("name, shown, expected", WORKED_EXAMPLES)
def test_a_task_gives_the_worked_answer(name, shown, expected):
    """The rule agrees with what was written by hand, to the last space."""
    assert NATURAL_TASKS[name].passage(shown) == Passage(shown, expected)


@given(shown=texts)
def test_every_copy_is_what_was_shown(shown):
    """All copying tasks and revert order ask for the text itself."""
    assert {task.answer(shown) for task in COPIES} == {shown}


@given(shown=texts)
def test_picking_twice_gives_back_the_list(shown):
    """Reversing the lines of a reversed list is no change, whatever the lines hold."""
    assert CHERRY_PICK_ORDER.answer(CHERRY_PICK_ORDER.answer(shown)) == shown


@given(lines=st.lists(st.text(st.characters(codec="ascii", exclude_characters="\n")), min_size=1))
def test_picking_reverses_lines_and_changes_none(lines):
    """The slow and obvious way: take the last line as long as there is one."""
    shown = "\n".join(lines)
    left, picked = list(lines), []
    while left:
        picked.append(left.pop())

    if shown:
        assert CHERRY_PICK_ORDER.answer(shown).split("\n") == picked


@pytest.mark.parametrize("name", NATURAL_TASKS)
def test_a_task_without_a_text_is_refused(name):
    """The message names the task and says who draws texts."""
    with pytest.raises(InvalidQuestion, match=f"^{name} needs a text, got ''; .*draw_passages"):
        NATURAL_TASKS[name].answer("")


def test_the_two_orders_are_asked_about_the_same_lists():
    """So their comparison is paired."""
    assert REVERT_ORDER.group is CHERRY_PICK_ORDER.group is NaturalGroup.COMMITS


def test_only_what_counts_tokens_is_cut():
    """Lists and exact strings have the length they are drawn with."""
    cut = {name for name, task in NATURAL_TASKS.items() if task.group.is_cut}

    assert cut == {"LoremCopy", "ProseCopy"}
    assert {NATURAL_TASKS[name].unit for name in cut} == {"token"}
