from itertools import islice, product

import pytest

from claimkit.auditing.hunting.domain import Domain
from claimkit.auditing.hunting.ordering import MOST_STREAMS, in_order, place_sets
from claimkit.auditing.hunting.questions import Question
from claimkit.tasks import Group
from claimkit.tasks.sampling import shortest


def sorted_questions(domain, alphabet):
    """All questions made of some symbols, sorted: the definition, without any wit."""
    lengths = range(domain.shortest, domain.longest + 1)
    contexts = [c for length in lengths for c in product(alphabet, repeat=length)]
    queries = alphabet if domain.group.is_retrieval else [None]
    every = [Question(context, query) for context in contexts for query in queries]
    return sorted(domain.keep(every), key=lambda question: question.simplicity)


@pytest.mark.parametrize("group", Group)
@pytest.mark.parametrize("alphabet", [(0, 1), (0, 1, 2), (1, 4), (2, 3, 6)], ids=str)
def test_questions_come_in_order_and_none_is_missing(group, alphabet):
    """The generator yields what sorting all strings gives."""
    few = min(len(alphabet), 8) if group is Group.UNIQUE_COPYING else shortest(group) + 2
    domain = Domain(group, symbols=7, shortest=shortest(group), longest=few)

    assert list(in_order(domain, alphabet)) == sorted_questions(domain, alphabet)


def test_the_first_questions_come_at_once_whatever_the_alphabet():
    """Nothing is listed before it is asked for: of 10⁵ symbols three million pairs would be."""
    domain = Domain(Group.NON_UNIQUE_COPYING, symbols=100_000, shortest=2, longest=50)
    first = list(islice(in_order(domain, range(100_000)), 3))

    assert [question.context for question in first] == [(0, 0), (1, 1), (2, 2)]


def test_contexts_end_where_queries_can_stand_in_too_many_ways():
    """They would never be asked, and listing their places alone takes long."""
    domain = Domain(Group.NON_UNIQUE_RETRIEVAL, symbols=2, shortest=6, longest=100)
    longest = max(len(question.context) for question in in_order(domain, range(2)))
    last, next_one = (2 * len(place_sets(domain.group, n)) for n in (longest, longest + 1))

    assert last <= MOST_STREAMS < next_one
