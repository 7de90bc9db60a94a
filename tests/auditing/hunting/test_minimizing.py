"""The minimizer against three other definitions: a fixpoint, an exhaustive search, a slow one."""

from hashlib import blake2b
from random import Random
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.auditing.hunting.asking import Ledger
from claimkit.auditing.hunting.domain import Domain
from claimkit.auditing.hunting.minimizing import minimize
from claimkit.auditing.hunting.ordering import in_order
from claimkit.auditing.hunting.questions import Question
from claimkit.auditing.hunting.starting import drawn_starts
from claimkit.tasks import Group
from claimkit.tasks.sampling import shortest

every_group = pytest.mark.parametrize("group", Group)


def domain_of(group, symbols=40, longest=30):
    return Domain(group, symbols, shortest(group), longest)


def minimized(oracle, domain, wrong, seed=0):
    """What the minimizer makes of a wrong question, and how often it asked."""
    ledger = Ledger(oracle)
    assert ledger.wrong_among([wrong])
    return minimize(ledger, domain, wrong, seed), ledger.batches


def holds(pattern):
    """Wrong where all these symbols stand in this order, whatever stands between."""

    def in_turn(context):
        rest = iter(context)
        return all(symbol in rest for symbol in pattern)

    return lambda questions: [-1.0 if in_turn(q.context) else 1.0 for q in questions]


def by_lot(share):
    """Wrong for this share of all questions, which have nothing in common."""

    def lot(question):
        drawn = blake2b(repr(question).encode(), digest_size=4).digest()
        return int.from_bytes(drawn) / 2**32

    return lambda questions: [lot(question) - share for question in questions]


def single_steps(question):
    """All single deletions, and all single lowerings of a symbol, the query's included."""
    context, query = question.context, question.query
    for i, symbol in enumerate(context):
        yield Question(context[:i] + context[i + 1 :], query)
        for smaller in range(symbol):
            yield Question((*context[:i], smaller, *context[i + 1 :]), query)
    for smaller in range(query or 0):
        renamed = tuple(smaller if symbol == query else symbol for symbol in context)
        yield Question(renamed, smaller)


def slowly(oracle, domain, question):
    """The reference: the first single step that is wrong too, one call at a time, to the end."""
    calls = 0
    steps = iter(domain.keep(single_steps(question)))
    while (step := next(steps, None)) is not None:
        calls += 1
        if oracle([step])[0] <= 0:
            question, steps = step, iter(domain.keep(single_steps(step)))
    return question, calls


def planted(domain, seed, size):
    """A long question of a domain, and some of its symbols in their order."""
    question = max(drawn_starts(domain, 8, seed), key=lambda start: len(start.context))
    places = sorted(Random(seed).sample(range(len(question.context)), size))
    return question, [question.context[place] for place in places]


@every_group
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32), share=st.sampled_from([0.01, 0.1, 0.5]))
def test_the_result_is_a_fixpoint_whatever_is_wrong(group, seed, share):
    """No single deletion and no single lowering of a symbol is wrong, too."""
    domain, oracle = domain_of(group, longest=15), by_lot(share)
    random = Random(seed)
    wrong = next(q for q in questions_at_random(domain, random) if oracle([q])[0] <= 0)
    found, _ = minimized(oracle, domain, wrong)
    steps = domain.keep(single_steps(found))

    assert oracle([found])[0] <= 0
    assert found.simplicity <= wrong.simplicity
    assert not [step for step, margin in zip(steps, oracle(steps), strict=True) if margin <= 0]


def questions_at_random(domain, random):
    """Questions of a domain without end."""
    while True:
        length = random.randint(domain.shortest, domain.longest)
        context = [random.randrange(domain.symbols) for _ in range(length)]
        yield domain.repaired(context, 0 if domain.group.is_retrieval else None, random)


@pytest.mark.parametrize(
    "group", [Group.NON_UNIQUE_COPYING, Group.UNIQUE_RETRIEVAL, Group.NON_UNIQUE_RETRIEVAL]
)
def test_the_result_is_what_trying_all_questions_in_order_finds(group):
    """Over six symbols the first question of all that holds two to four symbols in their order."""
    domain = domain_of(group, symbols=6)
    for seed in range(12):
        wrong, pattern = planted(domain, seed, size=2 + seed % 3)
        oracle = holds(pattern)
        found, batches = minimized(oracle, domain, wrong, seed)

        assert found == next(q for q in in_order(domain, range(6)) if oracle([q])[0] <= 0)
        assert batches <= 12


def test_distinct_symbols_shrink_to_the_pattern_itself():
    """Of 40 symbols no order of candidates could try them all."""
    domain = domain_of(Group.UNIQUE_COPYING)
    for seed in range(12):
        wrong, pattern = planted(domain, seed, size=2 + seed % 4)
        found, batches = minimized(holds(pattern), domain, wrong, seed)

        assert found == Question(tuple(pattern))
        assert batches <= 16


@every_group
def test_the_result_is_at_least_as_simple_as_that_of_single_steps(group):
    """The slow reference gets stuck where the minimizer does not, and takes many more calls."""
    domain = domain_of(group, symbols=20, longest=18)
    calls, batches = [], []
    for seed in range(6):
        wrong, pattern = planted(domain, seed, size=3)
        slow, asked = slowly(holds(pattern), domain, wrong)
        fast, taken = minimized(holds(pattern), domain, wrong, seed)
        calls.append(asked)
        batches.append(taken)

        assert fast.simplicity <= slow.simplicity
    assert median(batches) < median(calls) / 3


@every_group
def test_a_model_that_always_fails_fails_on_the_first_question_there_is(group):
    """Two batches: what it was found on, and the simplest ones."""
    domain = domain_of(group, symbols=62)
    found, batches = minimized(by_lot(1.0), domain, drawn_starts(domain, 8, seed=1)[-1])

    assert found == next(in_order(domain, range(62)))
    assert batches == 2


def test_wrong_questions_that_are_known_already_are_starts_as_good():
    """A second start never makes the result longer."""
    domain, oracle = domain_of(Group.UNIQUE_COPYING), holds([7, 3])
    ledger = Ledger(oracle)
    long, short = Question((9, 7, 8, 1, 3, 2, 5)), Question((7, 4, 3))
    ledger.wrong_among([long, short])

    assert minimize(ledger, domain, long, seed=0) == Question((7, 3))
