from itertools import pairwise, permutations, product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from claimkit.errors import InvalidInput
from claimkit.tasks import ALL_TASKS, Group, Strings, sample
from claimkit.tasks.domains import well_formed, well_posed
from claimkit.tasks.sampling import shortest, symbols_needed

every_group = pytest.mark.parametrize("group", Group)

TINY = [
    (Group.UNIQUE_RETRIEVAL, 3, 3),
    (Group.UNIQUE_RETRIEVAL, 5, 2),
    (Group.NON_UNIQUE_RETRIEVAL, 6, 2),
    (Group.NON_UNIQUE_RETRIEVAL, 7, 3),
    (Group.NON_UNIQUE_RETRIEVAL, 11, 2),
    (Group.FAR_RETRIEVAL, 6, 3),
    (Group.FAR_RETRIEVAL, 13, 2),
    (Group.UNIQUE_COPYING, 1, 2),
    (Group.UNIQUE_COPYING, 3, 4),
    (Group.NON_UNIQUE_COPYING, 2, 3),
    (Group.NON_UNIQUE_COPYING, 5, 2),
    (Group.NON_UNIQUE_COPYING, 6, 3),
    (Group.NON_UNIQUE_COPYING, 8, 3),
]
"""(group, length, symbols), few enough strings to draw them all."""


def everything(group, length, symbols):
    """All contexts over an alphabet, with every query if the group has queries."""
    contexts = np.array(list(product(range(symbols), repeat=length)), dtype=np.int64)
    if not group.is_retrieval:
        return Strings(contexts)
    queries = np.repeat(np.arange(symbols), len(contexts))
    return Strings(np.tile(contexts, (symbols, 1)), queries)


def as_rows(strings):
    """The strings as a set of tuples."""
    return set(map(tuple, strings.rows().tolist()))


@pytest.mark.parametrize("group, length, symbols", TINY)
def test_a_string_is_well_formed_if_and_only_if_it_is_sampled(group, length, symbols):
    """Of all strings of a tiny alphabet, those called well-formed are those that get drawn."""
    every = everything(group, length, symbols)
    formed = as_rows(every[np.flatnonzero(well_formed(group, every, symbols))])
    drawn = as_rows(sample(group, length, symbols, seed=0, stop=200_000))

    assert drawn == formed != set()


@every_group
@settings(max_examples=40)
@given(length=st.integers(1, 40), symbols=st.integers(2, 70), seed=st.integers(0, 2**64 - 1))
def test_every_sampled_string_is_well_formed(group, length, symbols, seed):
    """Whatever the length, alphabet and seed."""
    assume(length >= shortest(group) and symbols >= symbols_needed(group, length))
    strings = sample(group, length, symbols, seed, stop=60)

    assert well_formed(group, strings, symbols).all()


@every_group
@settings(max_examples=40)
@given(data=st.data(), length=st.integers(1, 9), symbols=st.integers(1, 4))
def test_what_is_well_formed_is_well_posed(group, data, length, symbols):
    """A hunt looks at more than a sampler draws, never at less."""
    context = st.lists(st.integers(-1, symbols), min_size=length, max_size=length)
    contexts = np.array(data.draw(st.lists(context, min_size=1, max_size=20)))
    queries = contexts[:, length // 2] if group.is_retrieval else None
    strings = Strings(contexts, queries)

    assert (well_posed(group, strings, symbols) >= well_formed(group, strings, symbols)).all()


@pytest.mark.parametrize("group, length, symbols", TINY)
def test_every_task_can_answer_what_is_well_posed(group, length, symbols):
    """A hunt asks no question without an answer."""
    every = everything(group, length, symbols)
    posed = every[np.flatnonzero(well_posed(group, every, symbols))]
    tasks = [task for task in ALL_TASKS.values() if task.group is group]

    assert tasks
    assert all(len(task.answers(posed)) == len(posed) for task in tasks)


@pytest.mark.parametrize("group, last", [(Group.NON_UNIQUE_RETRIEVAL, 9), (Group.FAR_RETRIEVAL, 4)])
def test_a_well_posed_context_holds_its_query_at_any_number_of_the_groups_places(group, last):
    """Twice or more, apart, from place 2 on; a sampler of this length draws two places only."""
    every = everything(group, 11, 2)
    posed = as_rows(every[np.flatnonzero(well_posed(group, every, 2))])
    expected = {row for row in as_rows(every) if stands_apart(row[:-1], row[-1], last)}
    times = {row[:-1].count(row[-1]) for row in posed}

    assert posed == expected
    assert times == ({2, 3, 4} if group is Group.NON_UNIQUE_RETRIEVAL else {2})


def stands_apart(context, query, last):
    """Whether a context holds a query as these groups want it, read off the definition."""
    places = [place for place, symbol in enumerate(context) if symbol == query]
    apart = all(b - a > 1 for a, b in pairwise(places))
    return len(places) >= 2 and apart and places[0] >= 2 and places[-1] <= last


def test_a_source_with_any_repeat_is_well_posed():
    """The sampler wants every symbol of a longer source twice; a hunt wants one repeat."""
    sources = Strings(np.array([[0, 1, 2, 3, 4, 5, 0], [0, 1, 2, 3, 4, 5, 6]]))

    assert well_posed(Group.NON_UNIQUE_COPYING, sources, 10).tolist() == [True, False]
    assert well_formed(Group.NON_UNIQUE_COPYING, sources, 10).tolist() == [False, False]


def test_distinct_sources_are_those_of_unique_copying():
    """The permutations, and nothing else."""
    every = everything(Group.UNIQUE_COPYING, 3, 4)

    formed = as_rows(every[np.flatnonzero(well_formed(Group.UNIQUE_COPYING, every, 4))])
    assert formed == set(permutations(range(4), 3))


@every_group
@pytest.mark.parametrize("wrong", [-1, 9])
def test_a_number_that_is_no_symbol_is_not_well_posed(group, wrong):
    """Symbols are 0 … symbols − 1."""
    strings = sample(group, length=9, symbols=9, seed=0, stop=1)
    contexts = strings.contexts.copy()
    contexts[0, 0] = wrong

    assert well_posed(group, strings, 9).all()
    assert not well_posed(group, Strings(contexts, strings.queries), 9).any()


@every_group
def test_strings_with_and_without_queries_are_not_mixed_up(group):
    """A group's strings have queries, or they have none."""
    strings = sample(group, length=9, symbols=9, seed=0, stop=2)
    other = Strings(strings.contexts, None if group.is_retrieval else strings.contexts[:, 0])

    with pytest.raises(InvalidInput, match=f"strings of the group {group} cannot be strings with"):
        well_posed(group, other, 9)
