from itertools import islice, permutations
from random import Random

import pytest

from claimkit.auditing.hunting.covering import covering_strings, one_round
from claimkit.auditing.hunting.domain import Domain
from claimkit.tasks import Group
from claimkit.tasks.sampling import shortest

every_group = pytest.mark.parametrize("group", Group)


def met(questions):
    """All (first symbol, a symbol, one behind it) of some questions."""
    return {
        (question.context[0], one, two)
        for question in questions
        for place, one in enumerate(question.context)
        for two in question.context[place + 1 :]
        if place > 0
    }


@every_group
@pytest.mark.parametrize("symbols, longest", [(20, 12), (12, 12), (9, 6)])
def test_a_round_meets_every_two_conditions_of_order(group, symbols, longest):
    """For all u, s, t: in some string u stands first and s before t."""
    domain = Domain(group, symbols, shortest(group), longest)
    questions = list(one_round(domain, Random(1)))

    assert domain.keep(questions) == list(dict.fromkeys(questions))
    assert met(questions) >= set(permutations(range(symbols), 3))


@every_group
def test_a_round_of_the_usual_alphabet_is_searched_before_the_search_gives_up(group):
    """62 symbols at length 30: 1240 strings, of which half of 64 batches of 64 have room."""
    domain = Domain(group, symbols=62, shortest=shortest(group), longest=30)

    assert sum(1 for _ in one_round(domain, Random(1))) == 1240 <= 64 * 32


@pytest.mark.parametrize("group", [g for g in Group if g is not Group.UNIQUE_COPYING])
@pytest.mark.parametrize("symbols, longest", [(2, 6), (3, 30), (200, 6)])
def test_alphabets_much_smaller_or_larger_than_a_string_are_covered_too(group, symbols, longest):
    """Small ones come round several times; large ones take rounds that never end."""
    domain = Domain(group, symbols, shortest(group), longest)
    questions = list(islice(covering_strings(domain, Random(1)), 200))

    assert len(questions) == 200
    assert all(len(question.context) == longest for question in questions)
    assert domain.keep(questions) == list(dict.fromkeys(questions))


def test_any_part_of_a_round_covers_its_share():
    """A tenth of the strings meets about a tenth of the triples, not those of one first symbol."""
    domain = Domain(Group.UNIQUE_COPYING, symbols=20, shortest=1, longest=12)
    tenth = met(islice(one_round(domain, Random(1)), 24))

    assert len({first for first, _, _ in tenth}) > 10
    assert len(tenth) > 0.1 * 20 * 19 * 18
