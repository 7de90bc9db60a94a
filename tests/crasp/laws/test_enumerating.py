from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.crasp.laws.enumerating import (
    how_many,
    letters,
    patterns,
    questions,
    symmetric,
    usual_length,
    words,
)
from claimkit.crasp.laws.forms import NAMES, form_of
from claimkit.crasp.library import program_of
from claimkit.crasp.text.parsing import parse
from claimkit.tasks import LANGUAGES

TASKS = [name for name in NAMES if name not in LANGUAGES]


def renamed(question):
    """A question with its symbols numbered in the order in which they come."""
    numbers = {}
    return tuple(numbers.setdefault(symbol, len(numbers)) for symbol in question)


@given(st.integers(1, 300))
def test_letters_are_distinct_words(count):
    """As many as asked for; fewer are the beginning of more."""
    found = letters(count)

    assert len(set(found)) == len(found) == count
    assert found == letters(300)[:count]


# Counted by hand: the query at one of N − 1 places with a right neighbour, N − 1 others of two;
# at least twice: 3^N − 2^N − N·2^(N−1) contexts for each of 3 queries; arrangements of 4 out of 5.
@pytest.mark.parametrize(
    "task, symbols, length, count",
    [
        ("UR", "abc", 5, 3 * 4 * 2**4),
        ("UL", "abc", 5, 3 * 4 * 2**4),
        ("NRFirst", "abc", 5, 3 * (3**5 - 2**5 - 5 * 2**4)),
        ("UF", "abcde", 4, 5 * 4 * 3 * 2),
        ("NF", "abc", 4, 3**4),
        ("Sort", "abcde", 4, 5 * 4 * 3 * 2),
        ("Strided Copy 3", "abcd_", 3, 4 * 3 * 2),
        ("Parity", "01eo", 5, 2**5),
        ("Binary Majority", "01", 5, 2**5),
        ("Binary Majority", "01", 4, 2**4 - 6),
        ("Binary Majority Interleave", "01", 4, 0),
        ("Addition", "01+=", 5, 2 * (2 * 2)),
    ],
)
def test_there_are_as_many_questions_as_counted(task, symbols, length, count):
    """Addition of length 5: one operand of two bits, which begins with 1, and one of one bit."""
    found = list(questions(form_of(task), tuple(symbols), length))

    assert len(found) == len(set(found)) == count


@pytest.mark.parametrize("task", TASKS)
def test_all_questions_are_well_formed_and_different(task):
    """Each has an answer, and none comes twice."""
    form = form_of(task)
    symbols = form.alphabet or (*"abcd", "_")
    found = list(questions(form, symbols, 4))

    assert len(set(found)) == len(found)
    assert all(form.answer(question, symbols) for question in found)


@pytest.mark.parametrize("task", ["UR", "NLFirst", "NRLast", "NF", "UB", "Majority", "Copy Repeat"])
@pytest.mark.parametrize("length", [1, 2, 3, 4, 5])
def test_patterns_are_the_questions_up_to_names(task, length):
    """Over an alphabet with room, each class of questions that differ in names has one pattern."""
    form, symbols = form_of(task), letters(length + 1)
    found = list(patterns(form, symbols, length))
    classes = {renamed(question) for question in questions(form, symbols, length)}

    assert sorted(map(renamed, found)) == sorted(classes)


def test_without_conditions_there_are_as_many_patterns_as_partitions():
    """NF takes every source: Bell numbers."""
    form = form_of("NF")

    assert [len(list(patterns(form, letters(9), n))) for n in range(1, 7)] == [1, 2, 5, 15, 52, 203]


def test_words_are_all_words():
    """Every word of a length, the empty one too."""
    assert list(words(LANGUAGES["D_2"], 0)) == [()]
    assert list(words(LANGUAGES["D_2"], 2)) == list(product("ab", repeat=2))


@pytest.mark.parametrize("task", NAMES)
def test_the_usual_length_keeps_the_number_of_strings_small(task):
    """At most 2¹⁴ strings of it, or 7 over three symbols."""
    form = form_of(task)
    size = 3 if form.alphabet is None else 2 if task == "Parity" else len(form.alphabet)

    assert size ** usual_length(form) <= 2**14
    assert usual_length(form) in range(6, 41)


@pytest.mark.parametrize(
    "task, text, expected",
    [
        ("UR", "NEXT[a](i) := Q[a](i)", True),
        ("UR", "alphabet a b\nNEXT[a](i) := Q[a](i)", False),
        ("UR", "NEXT[a](i) := ⋁[b : b < a] Q[b](i)", False),
        ("UR", "NEXT[a](i) := Q[a](i) ∧ ¬(1 ≤ ∑[b : b ≠ a, b < a] 1)", False),
        ("Sort", "NEXT[a](i) := Q[a](i)", False),
        ("D_2", "ACCEPT(i) := ⊤", False),
    ],
)
def test_a_program_is_symmetric_if_nothing_tells_symbols_apart(task, text, expected):
    """Neither a fixed alphabet, nor the order, nor the task's own."""
    assert symmetric(parse(text), form_of(task)) is expected


def test_programs_of_the_library_are_symmetric_unless_they_sort():
    """UR is, Sort is not."""
    assert symmetric(program_of("UR"), form_of("UR"))
    assert not symmetric(program_of("Sort"), form_of("Sort"))


@pytest.mark.parametrize("task", ["NF", "UF", "Parity"])
def test_how_many_strings_there_are_is_known_before(task):
    """Where every string is a question, as many as are enumerated."""
    form = form_of(task)
    symbols = form.alphabet or ("a", "b", "c", "d")
    found = sum(1 for length in range(1, 5) for _ in questions(form, symbols, length))

    assert how_many(form, symbols, 4) == found


def test_how_many_patterns_there_are_is_known_before():
    """Of a source, all patterns of equal and different symbols: 1 + 2 + 5 + 15."""
    form = form_of("NF")
    found = sum(1 for length in range(1, 5) for _ in patterns(form, tuple("abcde"), length))

    assert how_many(form, tuple("abcde"), 4, by_pattern=True) == found == 23
