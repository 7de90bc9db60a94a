"""Samplers match the paper's distribution: chi-square tests on 10⁵ strings with fixed seeds.

The seeds are fixed, so a test that passes once passes always; each would reject a right sampler
with probability 10⁻⁴. The biased samplers at the end show that the tests can reject.
"""

from collections import Counter
from itertools import combinations, pairwise, permutations, product
from math import comb, factorial, prod

import numpy as np
import pytest
from scipy.stats import chi2

from claimkit.tasks import Group, sample

DRAWS = 100_000
REJECT = 1e-4


def p_value(counts, shares=None):
    """The chi-square p-value of counts against shares of each row (default: uniform).

    Args:
        counts: Int ``(row, cell)``; each row is tested given its total.
        shares: Float ``(row, cell)`` or ``(cell,)``, rows summing to 1.
    """
    counts = np.atleast_2d(np.asarray(counts, dtype=float))
    cells = counts.shape[1]
    shares = np.full(cells, 1 / cells) if shares is None else np.asarray(shares)
    expected = counts.sum(axis=1, keepdims=True) * shares
    assert expected.min() > 5, "too few draws per cell for a chi-square test"
    statistic = ((counts - expected) ** 2 / expected).sum()
    return chi2.sf(statistic, counts.size - len(counts))


def draw(group, length, symbols):
    """The strings under test."""
    return sample(group, length, symbols, seed=20250521, stop=DRAWS)


def tally(values, cells):
    """How often each of the cells occurs; nothing else may."""
    counts = Counter(values)
    assert set(counts) <= set(cells)
    return [counts[cell] for cell in cells]


def others(contexts, queries, symbols):
    """Counts ``(place and query, other symbol)`` of everything that is not the query.

    Other symbols are numbered from their query on, so that 1 … symbols − 1 are all possible.
    """
    rows, places = np.nonzero(contexts != queries[:, None])
    shifted = (contexts[rows, places] - queries[rows]) % symbols - 1
    cell = (places * symbols + queries[rows]) * (symbols - 1) + shifted
    counts = np.bincount(cell, minlength=contexts.shape[1] * symbols * (symbols - 1))
    return counts.reshape(-1, symbols - 1)


def place_sets(contexts, queries, times):
    """The set of the query's places in every string that holds it so many times."""
    hits = contexts == queries[:, None]
    hits = hits[hits.sum(axis=1) == times]
    return list(map(tuple, np.nonzero(hits)[1].reshape(-1, times).tolist()))


def allowed_sets(length, times, last=None):
    """All sets of places: none adjacent, none at the first two places or behind the last one."""
    inner = combinations(range(2, length - 1 if last is None else last + 1), times)
    return [s for s in inner if all(b - a > 1 for a, b in pairwise(s))]


def test_the_unique_query_stands_anywhere_between_two_neighbours():
    """Unique retrieval: every position with both neighbours, each equally often."""
    strings = draw(Group.UNIQUE_RETRIEVAL, 12, 26)
    places = np.argmax(strings.contexts == strings.queries[:, None], axis=1)

    assert p_value(tally(places.tolist(), range(1, 11))) > REJECT


@pytest.mark.parametrize("group", [Group.UNIQUE_RETRIEVAL, Group.NON_UNIQUE_RETRIEVAL])
def test_every_symbol_is_the_query_equally_often(group):
    """Queries are uniform over the alphabet."""
    queries = draw(group, 12, 26).queries

    assert p_value(tally(queries.tolist(), range(26))) > REJECT


@pytest.mark.parametrize("group", [Group.UNIQUE_RETRIEVAL, Group.NON_UNIQUE_RETRIEVAL])
def test_the_other_symbols_are_uniform_over_the_alphabet_without_the_query(group):
    """At every place and for every query, so other symbols may repeat."""
    strings = draw(group, 7, 5)
    counts = others(strings.contexts, strings.queries, 5)
    seen = counts[counts.sum(axis=1) > 0]

    assert len(seen) == 7 * 5
    assert p_value(seen) > REJECT


@pytest.mark.parametrize("length, most", [(6, 2), (14, 2), (15, 3), (30, 6)])
def test_the_number_of_occurrences_is_uniform(length, most):
    """Non-unique retrieval: k is uniform on 2 … max(2, ⌊(N − 1) / 5⌋)."""
    strings = draw(Group.NON_UNIQUE_RETRIEVAL, length, 26)
    times = (strings.contexts == strings.queries[:, None]).sum(axis=1)
    counts = tally(times.tolist(), range(2, most + 1))

    assert sum(counts) == DRAWS
    assert most == 2 or p_value(counts) > REJECT


@pytest.mark.parametrize("length, times, sets", [(7, 2, 3), (12, 2, 28), (15, 2, 55), (15, 3, 120)])
def test_every_set_of_places_is_equally_likely(length, times, sets):
    """Non-unique retrieval: C(m − k + 1, k) sets of k among m = length − 3 places, all reached."""
    strings = draw(Group.NON_UNIQUE_RETRIEVAL, length, 26)
    allowed = allowed_sets(length, times)

    assert sets == len(allowed) == comb(length - 3 - times + 1, times)
    assert p_value(tally(place_sets(strings.contexts, strings.queries, times), allowed)) > REJECT


@pytest.mark.parametrize("length, most", [(6, 2), (29, 2), (30, 3), (100, 10)])
def test_the_number_of_far_occurrences_is_uniform(length, most):
    """Far retrieval: k is uniform on 2 … max(2, ⌊N / 10⌋)."""
    strings = draw(Group.FAR_RETRIEVAL, length, 26)
    times = (strings.contexts == strings.queries[:, None]).sum(axis=1)
    counts = tally(times.tolist(), range(2, most + 1))

    assert sum(counts) == DRAWS
    assert most == 2 or p_value(counts) > REJECT


@pytest.mark.parametrize(
    "length, times, last, sets", [(12, 2, 5, 3), (20, 2, 9, 21), (30, 3, 14, 165)]
)
def test_every_set_of_far_places_is_equally_likely(length, times, last, sets):
    """Far retrieval: the same sets as elsewhere, in the first half of the context."""
    strings = draw(Group.FAR_RETRIEVAL, length, 26)
    allowed = allowed_sets(length, times, last)

    assert sets == len(allowed)
    assert p_value(tally(place_sets(strings.contexts, strings.queries, times), allowed)) > REJECT


@pytest.mark.parametrize("length, symbols", [(3, 5), (4, 4), (1, 9)])
def test_every_order_of_distinct_symbols_is_equally_likely(length, symbols):
    """Unique copying: a uniform sample without replacement."""
    contexts = draw(Group.UNIQUE_COPYING, length, symbols).contexts
    orders = list(permutations(range(symbols), length))

    assert p_value(tally(map(tuple, contexts.tolist()), orders)) > REJECT


@pytest.mark.parametrize("length, symbols", [(2, 5), (3, 4), (4, 3), (5, 2)])
def test_short_sources_repeat_one_place_and_are_uniform_elsewhere(length, symbols):
    """Non-unique copying up to length 5: two random places are equal, the rest is uniform."""
    contexts = draw(Group.NON_UNIQUE_COPYING, length, symbols).contexts
    pairs = list(combinations(range(length), 2))
    free = symbols ** (length - 1)
    share = {
        source: sum(source[i] == source[j] for i, j in pairs) / len(pairs) / free
        for source in product(range(symbols), repeat=length)
    }
    possible = [source for source in share if share[source] > 0]
    counts = tally(map(tuple, contexts.tolist()), possible)

    assert p_value(counts, [share[source] for source in possible]) > REJECT


def pooled_shares(length, symbols):
    """The probability of every source of a pool: enumerated from the paper's sentence."""
    size = min(length // 2, max(2, length // 3), symbols)
    pools = list(combinations(range(symbols), size))
    rest = list(product(range(size), repeat=length - 2 * size))
    shares = Counter()
    for pool, drawn in product(pools, rest):
        times = {pool[i]: 2 + drawn.count(i) for i in range(size)}
        orders = factorial(length) // prod(map(factorial, times.values()))
        shares[frozenset(times.items())] += 1 / len(pools) / len(rest) / orders
    return shares


@pytest.mark.parametrize("length, symbols", [(6, 3), (7, 3), (8, 2)])
def test_long_sources_come_from_a_pool_with_every_order_equally_likely(length, symbols):
    """Non-unique copying: a pool, each symbol twice, the rest drawn from it, all shuffled."""
    contexts = draw(Group.NON_UNIQUE_COPYING, length, symbols).contexts
    shares = pooled_shares(length, symbols)
    share = {
        source: shares[frozenset(Counter(source).items())]
        for source in product(range(symbols), repeat=length)
    }
    possible = [source for source in share if share[source] > 0]
    counts = tally(map(tuple, contexts.tolist()), possible)

    assert sum(share.values()) == pytest.approx(1)
    assert p_value(counts, [share[source] for source in possible]) > REJECT


@pytest.mark.parametrize("length, size", [(9, 3), (12, 4)])
def test_what_a_pool_leaves_free_is_drawn_from_it_independently(length, size):
    """Non-unique copying: beyond two of each, the symbols' counts are multinomial."""
    contexts = draw(Group.NON_UNIQUE_COPYING, length, 26).contexts.tolist()
    rest = Counter(
        tuple(sorted(drawn.count(i) for i in range(size)))
        for drawn in product(range(size), repeat=length - 2 * size)
    )
    extras = [tuple(sorted(n - 2 for n in Counter(source).values())) for source in contexts]

    shares = np.array(list(rest.values())) / rest.total()
    assert p_value(tally(extras, list(rest)), shares) > REJECT


@pytest.mark.parametrize(
    "length, symbols, size",
    [(6, 62, 2), (9, 62, 3), (10, 62, 3), (12, 62, 4), (30, 62, 10), (100, 62, 33), (100, 20, 20)],
)
def test_a_pool_has_the_published_number_of_symbols(length, symbols, size):
    """min(⌊N/2⌋, max(2, ⌊N/3⌋), |Σ|) different symbols, each at least twice."""
    contexts = sample(Group.NON_UNIQUE_COPYING, length, symbols, seed=0, stop=500).contexts

    for source in contexts.tolist():
        assert len(set(source)) == size
        assert min(Counter(source).values()) >= 2


def test_a_query_that_avoids_the_end_a_little_is_rejected():
    """Control: 3 % of the queries move to the first allowed position."""
    generator = np.random.default_rng(0)
    places = generator.integers(1, 11, DRAWS)
    places[generator.random(DRAWS) < 0.03] = 1

    assert p_value(tally(places.tolist(), range(1, 11))) < REJECT


def test_other_symbols_that_avoid_the_query_by_moving_on_are_rejected():
    """Control: redrawing the query as the next symbol makes that one twice as likely."""
    generator = np.random.default_rng(0)
    queries = generator.integers(0, 5, DRAWS)
    drawn = generator.integers(0, 5, (DRAWS, 7))
    contexts = np.where(drawn == queries[:, None], (drawn + 1) % 5, drawn)

    assert p_value(others(contexts, queries, 5)) < REJECT


def test_places_chosen_one_after_the_other_are_rejected():
    """Control: a second place that is uniform among those left favours places near a border."""
    generator = np.random.default_rng(0)
    allowed = allowed_sets(12, 2)
    beside = {a: [b for b in range(2, 11) if abs(a - b) > 1] for a in range(2, 11)}
    found = []
    for first in generator.integers(2, 11, DRAWS).tolist():
        second = beside[first][int(generator.random() * len(beside[first]))]
        found.append((min(first, second), max(first, second)))

    assert p_value(tally(found, allowed)) < REJECT


def test_orders_from_a_careless_shuffle_are_rejected():
    """Control: exchanging every place with any place reaches all orders, not equally often."""
    generator = np.random.default_rng(0)
    orders = np.tile(np.arange(4), (DRAWS, 1))
    rows = np.arange(DRAWS)
    for place in range(4):
        other = generator.integers(0, 4, DRAWS)
        orders[rows, place], orders[rows, other] = orders[rows, other], orders[rows, place].copy()

    assert p_value(tally(map(tuple, orders.tolist()), list(permutations(range(4))))) < REJECT
