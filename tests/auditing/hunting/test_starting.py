import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings

import claimkit
from claimkit.auditing.hunting.domain import Domain
from claimkit.auditing.hunting.starting import drawn_starts, questions
from claimkit.tasks import Group
from claimkit.tasks.sampling import shortest

every_group = pytest.mark.parametrize("group", Group)
WIDE = Domain(Group.NON_UNIQUE_COPYING, symbols=62, shortest=2, longest=30)


@every_group
def test_every_drawn_start_is_a_question_of_its_domain(group):
    """And none comes twice."""
    domain = Domain(group, symbols=62, shortest=shortest(group), longest=30)
    starts = drawn_starts(domain, 24, seed=1)

    assert domain.keep(starts) == starts
    assert len(starts) > 8


@settings(max_examples=60, deadline=None)
@given(question=questions(Domain(Group.FAR_RETRIEVAL, symbols=9, shortest=6, longest=40)))
def test_the_strategy_can_be_used_in_a_test(question):
    """It yields questions, which Hypothesis can shrink like anything else."""
    domain = Domain(Group.FAR_RETRIEVAL, symbols=9, shortest=6, longest=40)

    assert domain.keep([question]) == [question]


def test_starts_are_of_all_lengths_and_some_have_many_repeats():
    """A hunt that began with long strings of different symbols would miss what needs repeats."""
    starts = drawn_starts(WIDE, 96, seed=2)
    lengths = [len(question.context) for question in starts]
    most = [max(Counter(question.context).values()) for question in starts if question.context]

    assert min(lengths) <= 4 < 27 <= max(lengths)
    assert max(most) >= 8
    assert min(most) <= 2


@every_group
def test_starts_can_be_longer_than_what_hypothesis_draws(group):
    """A model with a wide window is asked thousands of symbols at a time."""
    symbols = 4000 if group is Group.UNIQUE_COPYING else 62
    domain = Domain(group, symbols, shortest(group), longest=4000)
    starts = drawn_starts(domain, 6, seed=1)

    assert domain.keep(starts) == starts
    assert max(len(question.context) for question in starts) > 1000


def test_another_seed_draws_other_starts():
    """Seeds are what tells hunts apart; the simplest question may come in all of them."""
    one, two = set(drawn_starts(WIDE, 24, seed=1)), set(drawn_starts(WIDE, 24, seed=2))

    assert len(one & two) <= 3


def test_starts_are_the_same_in_another_process_that_loaded_other_modules():
    """Workers hunt alike, whatever constants stand in the sources that they imported."""
    code = (
        "import decimal, http.client, xml.dom.minidom\n"
        "from claimkit.auditing.hunting.domain import Domain\n"
        "from claimkit.auditing.hunting.starting import drawn_starts\n"
        "from claimkit.tasks import Group\n"
        "print(drawn_starts(Domain(Group.NON_UNIQUE_COPYING, 62, 2, 30), 24, seed=7))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(claimkit.__file__).parents[1])},
    )

    assert found.stdout.strip() == str(drawn_starts(WIDE, 24, seed=7))
