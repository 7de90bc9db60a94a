from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.auditing.hunting.domain import Domain
from claimkit.auditing.hunting.questions import Question
from claimkit.auditing.hunting.starting import drawn_starts
from claimkit.errors import NotApplicable
from claimkit.tasks import Group
from claimkit.tasks.sampling import shortest

every_group = pytest.mark.parametrize("group", Group)
raw_strings = st.lists(st.integers(0, 11), max_size=30)


@every_group
@settings(max_examples=150, deadline=None)
@given(raw=raw_strings, query=st.integers(0, 11), seed=st.integers(0, 99))
def test_whatever_is_repaired_is_a_question_of_the_domain(group, raw, query, seed):
    """Too long, too short, with the query anywhere or nowhere: all strings can be repaired."""
    domain = Domain(group, symbols=12, shortest=shortest(group), longest=12)
    question = domain.repaired(raw, query if group.is_retrieval else None, Random(seed))

    assert domain.keep([question]) == [question]


@every_group
def test_a_question_of_the_domain_needs_no_repair(group):
    """What is well-posed stays as it is."""
    domain = Domain(group, symbols=12, shortest=shortest(group), longest=12)
    questions = drawn_starts(domain, 30, seed=1)
    repaired = [domain.repaired(q.context, q.query, Random(3)) for q in questions]

    assert len(questions) > 10
    assert repaired == questions


def test_what_is_kept_stands_in_its_order_and_once():
    """Strings of other lengths, without an answer, or of another kind are left out."""
    domain = Domain(Group.UNIQUE_RETRIEVAL, symbols=5, shortest=3, longest=4)
    good, better = Question((1, 2, 3, 1), 2), Question((0, 4, 0), 4)
    bad = [
        Question((0, 1, 2)),
        Question((0, 1, 1), 1),
        Question((0, 5, 0), 5),
        Question((0, 1), 1),
        Question((0, 0, 1, 0, 0), 1),
    ]

    assert domain.keep([bad[0], good, *bad, better, good]) == [good, better]


@pytest.mark.parametrize(
    "symbols, lengths, words",
    [
        (9, (1, 10), "too few symbols: unique-copying of length 10 needs an alphabet of 10"),
        (9, (0, 5), "needs at least 1 symbols, length is 0"),
        (9, (6, 5), "at least 6 and at most 5 symbols"),
    ],
)
def test_a_domain_without_questions_is_not_applicable(symbols, lengths, words):
    """The message says what is missing."""
    with pytest.raises(NotApplicable, match=words):
        Domain(Group.UNIQUE_COPYING, symbols, *lengths)
