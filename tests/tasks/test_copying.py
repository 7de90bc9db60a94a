import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.errors import InvalidQuestion
from claimkit.tasks import NB, NF, TASKS, UB, UF, Copying, Strings, task_name

COPYING = [task for task in TASKS.values() if isinstance(task, Copying)]
PAIRS = [(UF, UB), (NF, NB)]
every_task = pytest.mark.parametrize("task", COPYING, ids=task_name)

sources = st.lists(st.integers(0, 9), min_size=1, max_size=9)
distinct = st.lists(st.integers(0, 9), min_size=1, max_size=9, unique=True)


def paper_answer(name, source):
    """The paper's table, positions counted from 1; ``None`` where it has no answer."""
    N = len(source)
    x = dict(enumerate(source, start=1))
    if N == 0 or (name in ("UF", "UB") and len(set(source)) < N):
        return None
    if name in ("UF", "NF"):
        return [x[i] for i in range(1, N + 1)]
    return [x[N + 1 - i] for i in range(1, N + 1)]


@every_task
@settings(max_examples=60)
@given(source=st.lists(st.integers(0, 9), max_size=6))
def test_a_task_answers_what_the_paper_says_or_refuses(task, source):
    """For all sources: the paper's answer where it has one, a refusal everywhere else."""
    expected = paper_answer(task.name, source)

    if expected is None:
        with pytest.raises(InvalidQuestion, match=f"^{task.name} needs"):
            task.answer(source)
    else:
        assert task.answer(source) == expected


@every_task
@settings(max_examples=60)
@given(data=st.data(), length=st.integers(1, 5), rows=st.integers(1, 4))
def test_many_sources_are_answered_like_one_by_one(task, data, length, rows):
    """The vectorized rule equals the rule, and stops with its message at the first refusal."""
    row = st.lists(st.integers(0, 7), min_size=length, max_size=length)
    batch = data.draw(st.lists(row, min_size=rows, max_size=rows))

    def singly():
        return [task.answer(source) for source in batch]

    def together():
        return task.answers(Strings(np.array(batch))).tolist()

    assert outcome(together) == outcome(singly)


def outcome(compute):
    """What a computation returns, or the words of its refusal."""
    try:
        return compute()
    except InvalidQuestion as refusal:
        return str(refusal)


@pytest.mark.parametrize("forward, backward", PAIRS, ids=task_name)
@given(source=distinct)
def test_copying_backward_is_copying_the_reversed_source_forward(forward, backward, source):
    """The left task on a source is the right task on the reversed source."""
    assert backward.answer(source) == forward.answer(source[::-1])


@given(source=sources, names=st.permutations("abcdefghij"))
def test_renaming_the_symbols_renames_the_answer(source, names):
    """A task looks at positions, never at what a symbol is."""
    renamed = [names[symbol] for symbol in source]

    assert NB.answer(renamed) == [names[symbol] for symbol in NB.answer(source)]


@given(source=distinct)
def test_unique_and_non_unique_tasks_agree_where_both_have_an_answer(source):
    """Uniqueness restricts the questions and changes no answer."""
    assert UF.answer(source) == NF.answer(source)
    assert UB.answer(source) == NB.answer(source)


@pytest.mark.parametrize("forward, backward", PAIRS, ids=task_name)
def test_a_pair_differs_in_direction_alone(forward, backward):
    """The tasks of a comparison share their group."""
    assert forward.group is backward.group
    assert (forward.step, backward.step) == (1, -1)
