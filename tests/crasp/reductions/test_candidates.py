"""Candidates are what they are called: right on what they can be right on."""

from itertools import pairwise

import pytest

from claimkit.crasp.reductions.candidates import (
    by_place,
    counted_bigrams,
    majority,
    trigrams,
    within,
)
from claimkit.crasp.reductions.copying import copies
from claimkit.crasp.reductions.languages import words
from claimkit.crasp.reductions.last_retrieval import REDUCTIONS
from claimkit.crasp.reductions.refuting import answers
from claimkit.crasp.running.generating import generate
from claimkit.crasp.symbols import Alphabet
from claimkit.tasks import NB, NF

AB = Alphabet("ab")


def copied(program, asked, limit):
    """What a program writes after each prompt."""
    prompts = [AB.encode(question.prompt) for question in asked]
    return [tuple(AB.decode(codes)) for codes in generate(program, AB, prompts, limit)]


@pytest.mark.parametrize("task", [NF, NB], ids=lambda task: task.name)
@pytest.mark.parametrize("longest", [1, 2, 4])
def test_so_many_places_copy_so_many_symbols(task, longest):
    """All sources up to that length, and none that is longer."""
    program = by_place(task.name, longest)

    for length in range(1, longest + 2):
        asked = copies(task, "ab").questions(length)
        right = [q.answer == said for q, said in zip(asked, copied(program, asked, 9), strict=True)]
        assert all(right) if length <= longest else not any(right)


def followers(source, symbol):
    """What follows a symbol in a source, in order."""
    return [after for before, after in pairwise(source) if before == symbol]


def test_trigrams_copy_sources_without_repeated_pairs():
    """All up to length 5 in which no two symbols stand side by side twice."""
    asked = [
        question
        for length in range(1, 6)
        for question in copies(NF, "ab").questions(length)
        if len({*pairwise(question.answer)}) == length - 1
    ]

    assert copied(trigrams(), asked, 9) == [question.answer for question in asked]
    assert len(asked) > 20


def test_counted_bigrams_copy_sources_that_go_through_them_in_order():
    """All up to length 6 in which each symbol's followers come in the alphabet's order."""
    asked = [question for length in range(1, 7) for question in copies(NF, "ab").questions(length)]

    for question, said in zip(asked, copied(counted_bigrams(), asked, 9), strict=True):
        ordered = all(
            followers(question.answer, symbol) == sorted(followers(question.answer, symbol))
            for symbol in "ab"
        )
        assert (question.answer == said) == ordered


@pytest.mark.parametrize("reduction", REDUCTIONS, ids=lambda reduction: reduction.task.name)
@pytest.mark.parametrize("reach", [4, 6])
def test_a_window_sees_the_last_occurrence_if_it_is_near(reduction, reach):
    """On all questions that words up to length 7 ask: right exactly if it lies within reach."""
    asked = [
        reduction.context(word)
        for word in words(7)
        if word[-1] == "e" and reduction.context(word).count("q") >= 2
    ]

    said = answers(within(reduction.task.name, reach), asked)

    for context, symbols in zip(asked, said, strict=True):
        # The query stands two behind the context's last symbol.
        distance = len(context) + 1 - (len(context) - 1 - context[::-1].index("q"))
        expected = (reduction.task.answer(context, "q"),) if distance <= reach else ()
        assert symbols == expected


def test_the_majority_is_the_most_frequent_neighbour():
    """All of them where several are as frequent."""
    context = tuple("aqbqaqe")

    assert answers(majority("NLLast"), [context, tuple("aqbq")]) == [("a",), ("a", "b")]
    assert answers(majority("NRLast"), [context, tuple("aqbqb")]) == [("a", "b", "e"), ("b",)]
