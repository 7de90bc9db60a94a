import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.crasp.laws.forms import NAMES, form_of
from claimkit.errors import InvalidQuestion, UnknownTask
from claimkit.tasks import ALGORITHMIC, ALL_TASKS, LANGUAGES
from claimkit.tasks.examples import COPYING_EXAMPLES, RETRIEVAL_EXAMPLES
from claimkit.tasks.examples_length_generalization import ALGORITHMIC_EXAMPLES

LETTERS = tuple("abcdefghijklmnopqrstuvwxyzqZ7")


def test_every_task_has_a_form():
    """The ten tasks and the far one, the algorithmic ones and the languages, each by its name."""
    assert set(NAMES) == {*ALL_TASKS, *ALGORITHMIC, *LANGUAGES}
    assert all(form_of(name).name == name for name in NAMES)


def test_a_key_is_as_good_as_a_name():
    """``copy-unique`` is Copy Unique and ``d-2`` is D_2."""
    assert form_of("copy-unique") == form_of("Copy Unique")
    assert form_of("d-2") is LANGUAGES["D_2"]


@pytest.mark.parametrize(
    "called, words",
    [("NRfirst", "did you mean 'NRFirst'"), ("Tomita 4", "did you mean '"), ("", "There are: UR")],
)
def test_an_unknown_name_is_refused(called, words):
    """The message offers the nearest name, or lists all."""
    with pytest.raises(UnknownTask, match=words):
        form_of(called)


@pytest.mark.parametrize("task, context, query, answer", RETRIEVAL_EXAMPLES)
def test_retrieval_is_asked_behind_a_separator(task, context, query, answer):
    """The query stands last, and the answer is the rule's."""
    form = form_of(task.name)

    assert form.prompt((*context, query)) == (*context, "|", query)
    assert form.answer((*context, query), LETTERS) == (answer,)
    assert form.stop == "unread"


@pytest.mark.parametrize("task, source, answer", COPYING_EXAMPLES)
def test_a_source_stands_between_beginning_and_separator(task, source, answer):
    """After the answer nothing follows."""
    form = form_of(task.name)

    assert "".join(form.prompt(tuple(source))) == f"${source}|"
    assert "".join(form.answer(tuple(source), LETTERS)) == answer
    assert form.stop == "none"


@pytest.mark.parametrize("task, given_input, answer", ALGORITHMIC_EXAMPLES)
def test_an_input_stands_between_beginning_and_separator(task, given_input, answer):
    """Addition's input has its own end, ``=``; after every answer the end is marked."""
    form = form_of(task)
    end = "" if task == "Addition" else "|"

    assert "".join(form.prompt(tuple(given_input))) == f"${given_input}{end}"
    assert "".join(form.answer(tuple(given_input), form.alphabet or (*LETTERS, "_"))) == answer
    assert form.stop == "eos"


def test_sort_goes_by_the_alphabet():
    """Its order is that of the symbols, not of their names."""
    assert form_of("Sort").answer(("a", "b"), ("b", "a")) == ("b", "a")


@pytest.mark.parametrize(
    "task, question",
    [("UR", "abaa"), ("UR", "baa"), ("NLFirst", "axaxa"), ("UF", "aa"), ("Sort", "aa")],
)
def test_what_the_rule_refuses_has_no_answer(task, question):
    """A form raises what the rule raises."""
    with pytest.raises(InvalidQuestion):
        form_of(task).answer(tuple(question), LETTERS)


@given(st.integers(6, 40), st.data())
def test_far_retrieval_has_its_queries_far_back(length, data):
    """A query in the second half is no question of NRLastFar, though it is one of NRLast."""
    last = max(4, length // 2 - 1)
    near = data.draw(st.integers(last + 1, length - 1)) if last + 1 < length else None
    context = ["x"] * length
    context[2] = context[4] = "q"

    assert form_of("NRLastFar").answer((*context, "q"), LETTERS) == ("x",)
    if near is not None:
        context[near] = "q"
        with pytest.raises(InvalidQuestion, match="NRLastFar needs the query 'q' up to place"):
            form_of("NRLastFar").answer((*context, "q"), LETTERS)
