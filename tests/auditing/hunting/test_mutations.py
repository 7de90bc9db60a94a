from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.auditing.hunting import mutations as edits
from claimkit.auditing.hunting.domain import Domain
from claimkit.auditing.hunting.mutations import EDITS, mutations
from claimkit.auditing.hunting.questions import Question
from claimkit.auditing.hunting.starting import drawn_starts
from claimkit.tasks import Group
from claimkit.tasks.sampling import shortest

QUESTION = Question((10, 11, 12, 13, 14, 15, 16, 17), 13)
OTHER = Question((20, 21, 22, 23, 24, 25, 26, 27), 23)


def edited(edit, times=200):
    """What an edit makes of one question, many times over."""
    random = Random(1)
    return [edit(QUESTION, OTHER, 62, random) for _ in range(times)]


@pytest.mark.parametrize("group", Group)
@settings(max_examples=30, deadline=None)
@given(start=st.integers(0, 20), size=st.integers(1, 64), seed=st.integers(0, 99))
def test_mutations_are_other_questions_of_the_domain(group, start, size, seed):
    """All are well-posed, none is the question itself, and none comes twice."""
    domain = Domain(group, symbols=30, shortest=shortest(group), longest=20)
    question = STARTS[group][start % len(STARTS[group])]
    found = mutations(question, size, domain, Random(seed))

    assert domain.keep(found) == found
    assert question not in found
    assert len(found) <= size


STARTS = {
    group: drawn_starts(Domain(group, 30, shortest(group), 20), 12, seed=4) for group in Group
}


@pytest.mark.parametrize("group", Group)
def test_a_string_of_some_length_has_a_whole_batch_of_mutations(group):
    """64 of them, or the accelerator would idle."""
    domain = Domain(group, symbols=62, shortest=shortest(group), longest=30)
    question = max(drawn_starts(domain, 12, seed=1), key=lambda question: len(question.context))

    assert len(mutations(question, 64, domain, Random(0))) == 64


def test_mutations_depend_on_the_seed_alone():
    """The same question, domain and generator give the same batch."""
    domain = Domain(Group.UNIQUE_RETRIEVAL, symbols=62, shortest=3, longest=30)
    one, two, other = (mutations(QUESTION, 64, domain, Random(seed)) for seed in (5, 5, 6))

    assert one == two != other


def test_a_substitution_changes_at_most_one_place():
    """The place and the symbol are random, new symbols included."""
    changed = [
        [i for i, (a, b) in enumerate(zip(context, QUESTION.context, strict=True)) if a != b]
        for context, _ in edited(edits.substitute)
    ]

    assert {len(places) for places in changed} <= {0, 1}
    assert {place for places in changed for place in places} == set(range(8))


@pytest.mark.parametrize("edit", [edits.swap, edits.turn_block])
def test_an_exchange_keeps_the_symbols(edit):
    """Only their order changes."""
    found = edited(edit)

    assert all(sorted(context) == list(QUESTION.context) for context, _ in found)
    assert len({tuple(context) for context, _ in found}) > 10


def test_a_duplicate_stands_twice():
    """One symbol takes another one's place."""
    assert {len(set(context)) for context, _ in edited(edits.duplicate)} == {7, 8}


def test_the_query_may_become_any_symbol():
    """Mostly one of the context, so that the question stays close by."""
    asked = [query for _, query in edited(edits.ask_another)]

    assert set(QUESTION.context) < set(asked)
    assert sum(query in QUESTION.context for query in asked) > 100


@pytest.mark.parametrize("edit, longer", [(edits.delete, -1), (edits.insert, 1)])
def test_an_edit_makes_a_string_longer_or_shorter(edit, longer):
    """Deletions leave out a block, insertions add a symbol."""
    lengths = {len(context) - 8 for context, _ in edited(edit)}

    assert all(length * longer > 0 for length in lengths)


def test_a_block_is_repeated():
    """The string with some block of it a second time."""
    for context, _ in edited(edits.repeat_block):
        added = len(context) - 8

        assert any(
            (*context[:i], *context[i + added :]) == QUESTION.context
            and set(context[i : i + added]) <= set(QUESTION.context)
            for i in range(9)
        )


def test_a_splice_goes_on_with_the_end_of_another_string():
    """The beginning of one, then the end of the other."""
    for context, query in edited(edits.splice):
        kept = sum(symbol < 20 for symbol in context)

        assert tuple(context[:kept]) == QUESTION.context[:kept]
        assert tuple(context[kept:]) == OTHER.context[8 - (len(context) - kept) :]
        assert query == QUESTION.query


def test_every_edit_is_used():
    """No edit is written and forgotten."""
    public = {
        value
        for name, value in vars(edits).items()
        if callable(value) and getattr(value, "__module__", "") == edits.__name__
    }

    assert set(EDITS) == {e for e in public if not e.__name__.startswith("_")} - {mutations}
