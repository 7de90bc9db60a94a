import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from claimkit.tasks import Strings
from claimkit.tasks.strings import digests

CONTEXTS = np.arange(12).reshape(4, 3)
QUERIES = np.array([0, 4, 8, 9])
GOLDEN = (8901564848246840783, 2424899034245111364)


def test_slicing_takes_contexts_and_queries_alike():
    """Some of the strings keep their queries."""
    some = Strings(CONTEXTS, QUERIES)[1:3]

    assert some.contexts.tolist() == [[3, 4, 5], [6, 7, 8]]
    assert some.queries.tolist() == [4, 8]


def test_copying_strings_stay_without_queries():
    """Slicing invents no query."""
    assert Strings(CONTEXTS)[np.array([2])].queries is None


def test_a_string_is_as_long_as_its_context():
    """The query is not counted."""
    strings = Strings(CONTEXTS, QUERIES)

    assert (len(strings), strings.length, strings.rows().shape) == (4, 3, (4, 4))


@given(
    row=st.lists(st.integers(-1, 300), min_size=2, max_size=8),
    place=st.integers(0, 7),
    change=st.integers(1, 50),
)
def test_another_symbol_gives_another_digest(row, place, change):
    """A digest depends on every symbol."""
    other = list(row)
    other[place % len(row)] += change
    one, two = digests(np.array([row, other]))

    assert one != two


def test_digests_are_the_same_everywhere():
    """Digests are stored beside outcomes, so their values are fixed."""
    first, second = digests(np.array([[0, 1, 2], [2, 1, 0]])).tolist()

    assert (first, second) == GOLDEN


def test_a_digest_depends_on_its_row_alone():
    """Neither the batch nor the memory layout changes a digest."""
    whole = digests(CONTEXTS)

    assert whole[2:].tolist() == digests(CONTEXTS[2:]).tolist()
    assert whole.tolist() == digests(np.asfortranarray(CONTEXTS)).tolist()
