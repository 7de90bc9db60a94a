import re
from itertools import pairwise, product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from claimkit.errors import InvalidQuestion, UnknownTask
from claimkit.tasks import ALGORITHMIC, FILLER, algorithmic_named, task_name
from claimkit.tasks.examples_length_generalization import ALGORITHMIC_EXAMPLES, REFUSED_ALGORITHMIC

NAMES = [
    "Binary Majority",
    "Majority",
    "Binary Majority Interleave",
    "Sort",
    "Copy Unique",
    "Copy Repeat",
    "Parity",
    "Addition",
    "Strided Copy 2",
    "Strided Copy 3",
]

every_task = pytest.mark.parametrize("task", ALGORITHMIC.values(), ids=task_name)
distinct = st.lists(st.sampled_from("abcdefghijklmnop"), min_size=1, unique=True)
bits = st.lists(st.sampled_from("01"), min_size=1, max_size=40)


def answer(name, question):
    """The answer of the task of this name, as text."""
    return "".join(ALGORITHMIC[name].answer(question))


def test_there_are_the_papers_tasks():
    """The tasks have the paper's names and stand in its order, those of its appendix last."""
    assert list(ALGORITHMIC) == NAMES


@pytest.mark.parametrize("name, question, expected", ALGORITHMIC_EXAMPLES)
def test_a_rule_gives_the_worked_answer(name, question, expected):
    """The rule agrees with the examples written by hand."""
    assert answer(name, question) == expected


@pytest.mark.parametrize("name, question, words", REFUSED_ALGORITHMIC)
def test_an_input_without_an_answer_is_refused(name, question, words):
    """The message quotes the input and says what the task needs."""
    with pytest.raises(InvalidQuestion, match=re.escape(words)) as refused:
        ALGORITHMIC[name].answer(question)

    assert str(refused.value).startswith(f"{name} needs ")
    assert str(refused.value).endswith(f": {question!r}")


@every_task
def test_every_task_has_examples_and_refusals(task):
    """No task is left out of the tables."""
    assert [row[0] for row in ALGORITHMIC_EXAMPLES].count(task.name) >= 3
    assert task.name in [row[0] for row in REFUSED_ALGORITHMIC]


@every_task
def test_a_shortest_input_is_among_the_examples_or_none_is_shorter(task):
    """Every input of fewer symbols is refused, and some example has few enough to be near."""
    inputs = [question for name, question, _ in ALGORITHMIC_EXAMPLES if name == task.name]

    assert all(len(question) >= task.shortest for question in inputs)
    for question in product("01+=_", repeat=task.shortest - 1) if task.shortest else ():
        with pytest.raises(InvalidQuestion):
            task.answer(question)


@every_task
def test_answers_are_symbols_of_the_task(task):
    """Where a task has an alphabet, its answers are in it."""
    for name, question, _ in ALGORITHMIC_EXAMPLES:
        if name == task.name and task.alphabet is not None:
            assert set(task.answer(question)) <= set(task.alphabet)


@given(st.text(alphabet="abc", min_size=1, max_size=20))
def test_a_majority_beats_every_other_symbol(text):
    """The answer stands more often than any other symbol; where none does, there is none."""
    best = max(text.count(symbol) for symbol in "abc")
    winners = [symbol for symbol in "abc" if text.count(symbol) == best]

    if len(winners) == 1:
        assert answer("Majority", text) == winners[0]
    else:
        with pytest.raises(InvalidQuestion, match="a most frequent symbol"):
            answer("Majority", text)


@given(bits)
def test_binary_majority_is_majority_of_bits(bits):
    """On bits the two tasks agree."""
    assume(bits.count("0") != bits.count("1"))

    assert answer("Binary Majority", bits) == answer("Majority", bits)


@given(st.lists(st.sampled_from(["000", "011", "101", "110", "111"]), min_size=1, max_size=9))
def test_interleaving_puts_three_binary_majorities_side_by_side(rows):
    """Each answer is the binary majority of one stream."""
    streams = ["".join(stream) for stream in zip(*rows, strict=True)]
    assume(all(stream.count("0") != stream.count("1") for stream in streams))

    expected = "".join(answer("Binary Majority", stream) for stream in streams)

    assert answer("Binary Majority Interleave", "".join(rows)) == expected


@given(distinct)
def test_sort_is_a_rearrangement_in_increasing_order(symbols):
    """Sort neither loses nor adds a symbol, and each is greater than the one before."""
    found = answer("Sort", symbols)

    assert set(found) == set(symbols)
    assert len(found) == len(symbols)
    assert all(one < other for one, other in pairwise(found))


def test_sort_goes_by_the_order_of_the_alphabet():
    """An alphabet's order comes before that of text."""
    task = ALGORITHMIC["Sort"]

    assert task.answer(["2", "10", "9"]) == ("10", "2", "9")
    assert task.answer(["2", "10", "9"], alphabet=["2", "9", "10"]) == ("2", "9", "10")


def test_an_alphabet_of_ones_own_is_kept_to():
    """A symbol that the given alphabet lacks is refused; a task's own alphabet stands."""
    with pytest.raises(InvalidQuestion, match="needs symbols among a b, but the input has 'c'"):
        ALGORITHMIC["Copy Unique"].answer("ac", alphabet="ab")
    with pytest.raises(InvalidQuestion, match="needs symbols among 0 1, but the input has 'a'"):
        ALGORITHMIC["Binary Majority"].answer("aab", alphabet="ab")


@given(distinct)
def test_copying_distinct_symbols_is_copying(symbols):
    """Both copying tasks return distinct symbols as they are."""
    assert answer("Copy Unique", symbols) == answer("Copy Repeat", symbols) == "".join(symbols)


@given(st.sampled_from([2, 3]), distinct)
def test_a_strided_copy_steps_evenly(step, symbols):
    """The t-th symbol of the answer is that at place 1 + k·t, and no further one is left."""
    found = answer(f"Strided Copy {step}", FILLER * (step - 1) + "".join(symbols))

    assert [symbols[step * t] for t in range(len(found))] == list(found)
    assert step * len(found) >= len(symbols)


@given(bits, st.sampled_from("01"))
def test_parity_turns_with_every_one(bits, bit):
    """One more bit changes the parity exactly if it is a one."""
    changed = answer("Parity", bits) != answer("Parity", [*bits, bit])

    assert changed == (bit == "1")


@given(st.integers(0, 2**40), st.integers(0, 2**40))
def test_addition_adds(x, y):
    """The answer is x + y in binary."""
    assert answer("Addition", f"{x:b}+{y:b}=") == f"{x + y:b}"


@pytest.mark.parametrize("question", ["1+00=", "00+1=", "1++1=", "1+1==", "+1+1=", "11+=", "1+1=0"])
def test_addition_refuses_other_forms(question):
    """Operands have a bit and no leading zeros, and ``=`` comes last."""
    with pytest.raises(InvalidQuestion, match="Addition needs x"):
        answer("Addition", question)


@every_task
def test_a_task_is_found_by_name_and_by_key(task):
    """A key is a lower-case file name and word of the shell, and leads where the name leads."""
    assert algorithmic_named(task.name) is algorithmic_named(task.key) is task
    assert re.fullmatch(r"[a-z0-9-]+", task.key)


def test_a_near_miss_is_offered_the_task_that_was_meant():
    """The message suggests the nearest name and lists all of them."""
    words = r"no algorithmic task 'copy-uniq'; did you mean 'Copy Unique'\? There are: Binary Maj"
    with pytest.raises(UnknownTask, match=words):
        algorithmic_named("copy-uniq")


def test_nobody_can_add_a_task_in_passing():
    """The table is read-only."""
    with pytest.raises(TypeError):
        ALGORITHMIC["XX"] = ALGORITHMIC["Sort"]
