from itertools import pairwise

import pytest

from claimkit.auditing.hunting.asking import Ledger
from claimkit.auditing.hunting.domain import Domain
from claimkit.auditing.hunting.questions import Question
from claimkit.auditing.hunting.searching import BATCH, Search
from claimkit.tasks import Group
from claimkit.tasks.sampling import shortest

STAIRS = Domain(Group.UNIQUE_COPYING, symbols=20, shortest=1, longest=15)


def stairs(slope):
    """Wrong where seven symbols are followed by the next one; a slope counts how many are."""

    def oracle(questions):
        steps = [sum(b == a + 1 for a, b in pairwise(q.context)) for q in questions]
        return [6.5 - n if slope or n >= 7 else 1.0 for n in steps]

    return oracle


def test_the_margin_leads_to_what_chance_does_not_find():
    """In ten of ten searches with a slope, in none of five without."""
    steered = [Search(Ledger(stairs(slope=True)), STAIRS, seed).run(64) for seed in range(10)]
    blind = [Search(Ledger(stairs(slope=False)), STAIRS, seed).run(64) for seed in range(5)]

    assert None not in steered
    assert blind == [None] * 5


@pytest.mark.parametrize("group", Group)
def test_a_search_that_finds_nothing_ends_with_its_budget(group):
    """So many batches, each of 64 different questions of the domain or a few less."""
    domain = Domain(group, symbols=62, shortest=shortest(group), longest=20)
    batches = []

    def oracle(questions):
        batches.append(list(questions))
        return [1.0] * len(questions)

    ended = Search(Ledger(oracle), domain, seed=1).run(9)

    assert ended is None
    assert len(batches) == 9
    assert all(BATCH * 0.8 < len(batch) <= BATCH for batch in batches)
    assert all(domain.keep(batch) == batch for batch in batches)


def test_a_search_is_taken_up_where_it_stopped():
    """Two runs ask what one longer run asks."""
    ledgers = [Ledger(stairs(slope=True)) for _ in range(2)]
    once, twice = (Search(ledger, STAIRS, seed=2) for ledger in ledgers)
    twice.run(3)

    assert once.run(6) == twice.run(6)
    assert list(ledgers[0].margins) == list(ledgers[1].margins)


def test_another_seed_searches_elsewhere():
    """Two searches share hardly a question."""
    ledgers = [Ledger(stairs(slope=False)) for _ in range(2)]
    for seed, ledger in enumerate(ledgers):
        Search(ledger, STAIRS, seed).run(5)
    shared = set(ledgers[0].margins) & set(ledgers[1].margins)

    assert len(shared) < 0.1 * len(ledgers[0].margins)


def test_what_was_asked_before_the_search_is_mutated_too():
    """A question that failed elsewhere and comes close here is a start like any other."""
    near = Question((0, 1, 2, 3, 4, 5, 6, 19, 11, 13))
    batches = {}
    for known in (True, False):
        ledger = Ledger(stairs(slope=True))
        search = Search(ledger, STAIRS, seed=3)
        if known:
            ledger.wrong_among([near])
            search.watch([near])
        search.run(64)
        batches[known] = search.batches

    assert batches[True] < batches[False] / 2
