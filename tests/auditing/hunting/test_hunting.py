"""Hunts on planted flaws, whose minima are known, in every one of 20 seeds."""

from itertools import pairwise, product
from random import Random

import pytest

from claimkit.auditing.hunting import Question, hunt
from claimkit.auditing.hunting.domain import Domain
from claimkit.errors import NotApplicable
from claimkit.tasks import Group, sample
from claimkit.tasks.sampling import shortest

SYMBOLS, LONGEST, SEEDS = 62, 30, range(20)
FLAT = {True: -1.0, False: 1.0}
"""A margin without a slope."""


def twice(symbol):
    """Wrong exactly when a symbol stands twice."""
    return lambda question: question.context.count(symbol) == 2


def in_order(first, one, two):
    """Wrong only when one symbol stands before another one and a third one begins."""

    def flaw(question):
        context = question.context
        behind = context[context.index(one) + 1 :] if one in context else ()
        return context[0] == first and two in behind

    return flaw


def five_apart(question):
    """Wrong if and only if the query's occurrences are five places apart or more."""
    places = [place for place, symbol in enumerate(question.context) if symbol == question.query]
    return all(b - a >= 5 for a, b in pairwise(places))


def hunted(flaw, group, **options):
    """A hunt on a planted flaw."""
    return hunt(
        lambda questions: [FLAT[flaw(question)] for question in questions],
        group,
        options.pop("symbols", SYMBOLS),
        shortest(group),
        options.pop("longest", LONGEST),
        **options,
    )


def minimum(flaw, group, alphabet):
    """The simplest wrong question made of few symbols, by trying all of them in order."""
    domain = Domain(group, SYMBOLS, shortest(group), LONGEST)
    for length in range(domain.shortest, 8):
        queries = alphabet if group.is_retrieval else [None]
        contexts = product(alphabet, repeat=length)
        every = (Question(context, query) for context in contexts for query in queries)
        for question in filter(flaw, every):
            if domain.keep([question]):
                return question
    raise AssertionError("no wrong question of at most 7 symbols")


@pytest.mark.parametrize("group", [group for group in Group if group is not Group.UNIQUE_COPYING])
def test_a_symbol_that_must_not_repeat_is_found_and_shown_alone(group):
    """In every seed: the symbol twice, and whatever the group needs besides is small."""
    for seed in SEEDS:
        symbol = Random(seed).randrange(SYMBOLS)
        ended = hunted(twice(symbol), group, seed=seed)
        expected = minimum(twice(symbol), group, sorted({0, 1, 2, symbol}))

        assert ended.found.question == expected


@pytest.mark.parametrize(
    "group", [Group.UNIQUE_RETRIEVAL, Group.NON_UNIQUE_RETRIEVAL, Group.NON_UNIQUE_COPYING]
)
def test_two_conditions_without_a_slope_are_found_and_nothing_else_is_shown(group):
    """In every seed: one symbol in front, two in their order, and what the group needs besides."""
    for seed in SEEDS:
        first, one, two = Random(seed).sample(range(SYMBOLS), 3)
        flaw = in_order(first, one, two)
        ended = hunted(flaw, group, seed=seed)

        assert ended.found.question == minimum(flaw, group, sorted({0, 1, first, one, two}))
        assert ended.batches <= 64


@pytest.mark.parametrize(
    "group, context",
    [
        # Two free places, the query, four symbols between, the query, and one behind it.
        (Group.NON_UNIQUE_RETRIEVAL, (0, 0, 1, 0, 0, 0, 0, 1, 0)),
        # Place 7 is in the first half from 16 symbols on.
        (Group.FAR_RETRIEVAL, (0, 0, 1, 0, 0, 0, 0, 1, *[0] * 8)),
    ],
)
def test_queries_that_must_not_stand_far_apart_are_moved_as_close_as_fails(group, context):
    """In every seed: the occurrences exactly five places apart."""
    for seed in SEEDS:
        assert hunted(five_apart, group, seed=seed).found.question == Question(context, 1)


def test_a_hunt_depends_on_its_seed_alone():
    """All of it: what was found, from where, and how many were asked."""
    flaw, group = twice(40), Group.UNIQUE_RETRIEVAL
    one, two, other = (hunted(flaw, group, seed=seed) for seed in (3, 3, 4))

    assert one == two
    assert one.found.question == other.found.question
    assert one.found.start != other.found.start
    assert one.found.origin == other.found.origin == "hypothesis"


@pytest.mark.parametrize("group", [Group.UNIQUE_RETRIEVAL, Group.NON_UNIQUE_COPYING])
def test_a_start_that_fails_saves_the_search_and_changes_nothing_else(group):
    """Strings known to fail lead to the question that the search leads to, only sooner."""
    flaw = twice(40)
    strings = sample(group, LONGEST, SYMBOLS, seed=1, stop=300)
    contexts = [tuple(context) for context in strings.contexts.tolist()]
    queries = [None] * 300 if strings.queries is None else strings.queries.tolist()
    starts = [(Question(c, q), "sample") for c, q in zip(contexts, queries, strict=True)]
    wrong = [start for start in starts if flaw(start[0])]
    plain, started = hunted(flaw, group), hunted(flaw, group, starts=wrong[:64])

    assert len(wrong) > 5
    assert started.found.question == plain.found.question
    assert started.found.origin == "sample"
    assert started.found.start in {question for question, _ in wrong}
    assert started.batches <= 16


def test_the_minimum_of_an_earlier_run_is_confirmed_in_a_few_batches():
    """It is tried first; what is left to do is to see that nothing simpler fails."""
    flaw, group = in_order(50, 30, 20), Group.UNIQUE_RETRIEVAL
    first = hunted(flaw, group)
    again = hunted(flaw, group, seed=9, starts=[(first.found.question, "database")])

    assert again.found.question == first.found.question
    assert again.found.origin == "database"
    assert again.batches < first.batches / 2


def test_starts_that_are_no_questions_here_are_passed_over():
    """Too long, of another alphabet, or of another group: they are asked of nobody."""
    asked = set()

    def oracle(questions):
        asked.update(questions)
        return [1.0] * len(questions)

    bad = [Question((0, 1) * 20, 1), Question((0, 99, 0), 99), Question((0, 1, 1), 1)]
    good = Question((3, 4, 5), 4)
    starts = [(question, "database") for question in (*bad, good)]
    hunt(oracle, Group.UNIQUE_RETRIEVAL, SYMBOLS, 3, LONGEST, starts=starts, batches=1)

    assert good in asked
    assert not asked & set(bad)


def test_a_hunt_without_a_find_says_how_much_was_tried():
    """The budget is spent, and the count is of different questions."""
    ended = hunted(lambda question: False, Group.UNIQUE_COPYING, batches=5)

    assert ended.found is None
    assert ended.batches == 5
    assert 250 < ended.asked <= 320


def test_what_the_confirmation_finds_right_is_passed_over():
    """The next simplest wrong question takes its place, and the refuted ones are told."""
    flaw = twice(40)
    smallest = hunted(flaw, Group.NON_UNIQUE_COPYING).found.question
    ended = hunted(flaw, Group.NON_UNIQUE_COPYING, confirm=lambda question: question != smallest)

    assert ended.refuted == (smallest,) == (Question((40, 40)),)
    assert ended.found.question == Question((0, 40, 40))


def test_a_model_that_takes_everything_back_has_no_counterexample():
    """After sixteen refutations a hunt gives up."""
    ended = hunted(twice(40), Group.NON_UNIQUE_COPYING, confirm=lambda question: False)

    assert ended.found is None
    assert len(set(ended.refuted)) == 16


def test_a_group_without_strings_cannot_be_hunted_on():
    """Thirty different symbols of twenty."""
    with pytest.raises(NotApplicable, match="needs an alphabet of 30, found 20"):
        hunted(twice(1), Group.UNIQUE_COPYING, symbols=20)
