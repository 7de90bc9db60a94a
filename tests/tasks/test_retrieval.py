import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.errors import InvalidQuestion
from claimkit.tasks import PAIRS, TASKS, UF, UR, NRLast, NRLastFar, Retrieval, Strings, task_name

RETRIEVAL = [task for task in TASKS.values() if isinstance(task, Retrieval)]
PAIRED = [pair for pair in PAIRS if isinstance(pair[0], Retrieval)]
MIRRORED = {
    "UR": "UL",
    "UL": "UR",
    "NRFirst": "NLLast",
    "NLLast": "NRFirst",
    "NLFirst": "NRLast",
    "NRLast": "NLFirst",
}
every_task = pytest.mark.parametrize("task", RETRIEVAL, ids=task_name)

any_symbols = st.lists(st.integers(0, 4), max_size=9)


def paper_answer(name, context, query):
    """The paper's table, positions counted from 1 as there; ``None`` where it has no answer."""
    x = dict(enumerate(context, start=1))
    q = []
    for i in x:
        if x[i] == query:
            q.append(i)  # noqa: PERF401 - the loop is the paper's sentence
    t = len(q)
    if name == "UR":
        return x.get(q[0] + 1) if t == 1 else None
    if name == "UL":
        return x.get(q[0] - 1) if t == 1 else None
    if t < 2:
        return None
    q_1, q_t = q[0], q[-1]
    place = {"NRFirst": q_1 + 1, "NLFirst": q_1 - 1, "NRLast": q_t + 1, "NLLast": q_t - 1}[name]
    return x.get(place)


@st.composite
def well_formed(draw, task):
    """A context and a query that the task and its mirror image can answer."""
    context = draw(st.lists(st.integers(1, 6), min_size=4, max_size=12))
    inner = st.integers(1, len(context) - 2)
    times = 1 if task.occurrence == "only" else draw(st.integers(2, 4))
    least = min(times, 2)
    for place in draw(st.sets(inner, min_size=least, max_size=times)):
        context[place] = 0
    return context, 0


questions = st.sampled_from(RETRIEVAL).flatmap(lambda t: st.tuples(st.just(t), well_formed(t)))


@every_task
@settings(max_examples=60)
@given(context=any_symbols, query=st.integers(0, 4))
def test_a_task_answers_what_the_paper_says_or_refuses(task, context, query):
    """For all strings: the paper's answer where it has one, a refusal everywhere else."""
    expected = paper_answer(task.name, context, query)

    if expected is None:
        with pytest.raises(InvalidQuestion, match=f"^{task.name} needs the query"):
            task.answer(context, query)
    else:
        assert task.answer(context, query) == expected


@every_task
@settings(max_examples=60)
@given(data=st.data(), rows=st.integers(1, 5), length=st.integers(1, 8))
def test_many_strings_are_answered_like_one_by_one(task, data, rows, length):
    """The vectorized rule equals the rule, and stops with its message at the first refusal."""
    row = st.lists(st.integers(0, 3), min_size=length, max_size=length)
    contexts = data.draw(st.lists(row, min_size=rows, max_size=rows))
    queries = data.draw(st.lists(st.integers(0, 3), min_size=rows, max_size=rows))

    def singly():
        return [[task.answer(c, q)] for c, q in zip(contexts, queries, strict=True)]

    def together():
        return task.answers(Strings(np.array(contexts), np.array(queries))).tolist()

    assert outcome(together) == outcome(singly)


def outcome(compute):
    """What a computation returns, or the words of its refusal."""
    try:
        return compute()
    except InvalidQuestion as refusal:
        return str(refusal)


@given(question=questions)
def test_many_well_formed_strings_are_answered_like_one_by_one(question):
    """The vectorized rule equals the rule where neither refuses."""
    task, (context, query) = question
    strings = Strings(np.array([context, context]), np.array([query, query]))

    assert task.answers(strings).tolist() == [[task.answer(context, query)]] * 2


@given(question=questions)
def test_a_task_on_a_string_is_its_mirror_image_on_the_reversed_string(question):
    """Left and right, first and last exchange when the string is read backward."""
    task, (context, query) = question
    mirrored = TASKS[MIRRORED[task.name]]

    assert isinstance(mirrored, Retrieval)
    assert task.answer(context, query) == mirrored.answer(context[::-1], query)


@given(question=questions, names=st.permutations("abcdefg"))
def test_renaming_the_symbols_renames_the_answer(question, names):
    """A task looks at positions and equality, never at what a symbol is."""
    task, (context, query) = question
    renamed = [names[symbol] for symbol in context]

    assert task.answer(renamed, names[query]) == names[task.answer(context, query)]


@pytest.mark.parametrize("right, left", PAIRED, ids=task_name)
def test_a_pair_differs_in_direction_alone(right, left):
    """The tasks of a comparison share group and occurrence."""
    assert (right.group, right.occurrence) == (left.group, left.occurrence)
    assert (right.direction, left.direction) == ("right", "left")
    assert (right.step, left.step) == (1, -1)


@given(question=well_formed(NRLast))
def test_far_back_or_near_the_rule_is_the_same(question):
    """NRLastFar answers what NRLast answers; it differs in the strings that it is asked about."""
    assert NRLastFar.answer(*question) == NRLast.answer(*question)


def test_contexts_without_queries_are_refused():
    """Strings of a copying task have no query to retrieve by."""
    with pytest.raises(InvalidQuestion, match="UR needs a query with every context"):
        UR.answers(Strings(np.array([[0, 1, 2]])))


def test_no_strings_have_no_answers():
    """An empty batch is answered by an empty batch."""
    assert (
        UR.answers(Strings(np.zeros((0, 5), dtype=np.int64), np.zeros(0, dtype=np.int64))).size == 0
    )


def test_two_instances_are_the_same_task():
    """Tasks have no state, so they are equal, hash alike and show their name."""
    other = type(UR)()

    assert other == UR
    assert len({other, UR, UF}) == 2
    assert repr(other) == "UR"
