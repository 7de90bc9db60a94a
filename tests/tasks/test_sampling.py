import itertools
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from claimkit.errors import InvalidInput, NotApplicable
from claimkit.tasks import ALL_TASKS, SAMPLER_VERSION, Group, Setting, sample, stream_seed
from claimkit.tasks.sampling import BLOCK, Uniforms, check_drawable, shortest, symbols_needed

every_group = pytest.mark.parametrize("group", Group)
lengths = st.integers(1, 40)
alphabets = st.integers(2, 70)
seeds = st.integers(0, 2**64 - 1)

GOLDEN = {
    Group.UNIQUE_RETRIEVAL: "474a113b109e4f1f",
    Group.NON_UNIQUE_RETRIEVAL: "e04025c5d1b7e9ad",
    Group.FAR_RETRIEVAL: "34511ef529337bff",
    Group.UNIQUE_COPYING: "9dfe58dcc77e39c6",
    Group.NON_UNIQUE_COPYING: "74c3e4056d08fcdb",
}


def well_formed(group, context, query):
    """What the paper promises of one string of a group, and claimkit of far retrieval."""
    N = len(context)
    found = [i for i, symbol in enumerate(context) if symbol == query]
    if group is Group.UNIQUE_RETRIEVAL:
        return len(found) == 1 and 0 < found[0] < N - 1
    if group is Group.NON_UNIQUE_RETRIEVAL or group is Group.FAR_RETRIEVAL:
        far = group is Group.FAR_RETRIEVAL
        apart = all(b - a >= 2 for a, b in itertools.pairwise(found))
        last = max(4, N // 2 - 1) if far else N - 2
        most = max(2, N // (10 if far else 5))
        return 2 <= len(found) <= most and apart and found[0] >= 2 and found[-1] <= last
    repeats = N - len(set(context))
    return repeats == 0 if group is Group.UNIQUE_COPYING else repeats >= 1


@every_group
@settings(max_examples=40)
@given(length=lengths, symbols=alphabets, seed=seeds, start=st.integers(0, 600))
def test_samplers_yield_only_well_formed_strings(group, length, symbols, seed, start):
    """Whatever the length, alphabet, seed and range: strings are what the paper says."""
    assume(length >= shortest(group) and symbols >= symbols_needed(group, length))
    strings = sample(group, length, symbols, seed, start + 20, start)
    queries = [None] * 20 if strings.queries is None else strings.queries.tolist()

    assert strings.contexts.shape == (20, length)
    assert 0 <= strings.contexts.min() <= strings.contexts.max() < symbols
    for context, query in zip(strings.contexts.tolist(), queries, strict=True):
        assert well_formed(group, context, query)


@every_group
@settings(max_examples=20)
@given(length=lengths, symbols=alphabets, seed=seeds)
def test_every_task_has_an_answer_to_every_sampled_string(group, length, symbols, seed):
    """Samplers and rules agree on what is well-formed."""
    assume(length >= shortest(group) and symbols >= symbols_needed(group, length))
    strings = sample(group, length, symbols, seed, stop=30)

    for task in ALL_TASKS.values():
        if task.group is group:
            assert len(task.answers(strings)) == 30


@every_group
@settings(max_examples=25)
@given(
    seed=seeds,
    bounds=st.tuples(st.integers(0, 900), st.integers(0, 900)).filter(lambda b: b[0] != b[1]),
)
@example(seed=1, bounds=(BLOCK, BLOCK + 1))
@example(seed=1, bounds=(BLOCK - 1, BLOCK))
@example(seed=1, bounds=(0, BLOCK))
def test_any_range_of_a_stream_is_a_slice_of_the_whole(group, seed, bounds):
    """String i depends on its stream and i, not on what else is asked for."""
    start, stop = sorted(bounds)
    part = sample(group, 8, 12, seed, stop, start)
    whole = sample(group, 8, 12, seed, 900)

    assert part.rows().tolist() == whole[start:stop].rows().tolist()


@every_group
def test_a_sampler_version_pins_its_strings(group):
    """If this fails, stored evidence is about other strings: raise SAMPLER_VERSION."""
    rows = sample(group, length=12, symbols=26, seed=1, stop=300).rows()
    found = sha256(rows.astype("<i8").tobytes()).hexdigest()[:16]

    assert (SAMPLER_VERSION, found) == (1, GOLDEN[group])


@every_group
@pytest.mark.parametrize(
    "change", [{"seed": 2}, {"length": 13}, {"symbols": 27}], ids=lambda change: next(iter(change))
)
def test_other_streams_have_other_strings(group, change):
    """Seed, length and alphabet each make a stream of its own."""
    asked = {"length": 12, "symbols": 26, "seed": 1}
    one = sample(group, **asked, stop=100).contexts[:, :12]
    two = sample(group, **{**asked, **change}, stop=100).contexts[:, :12]

    assert (one == two).mean() < 0.3


@every_group
def test_no_string_is_drawn_twice_in_a_row_of_blocks(group):
    """Blocks are drawn from different parts of the stream."""
    rows = sample(group, length=12, symbols=62, seed=3, stop=4 * BLOCK).rows()

    assert len(np.unique(rows, axis=0)) == 4 * BLOCK


@every_group
def test_the_shortest_length_and_the_smallest_alphabet_can_be_drawn(group):
    """The stated least values are enough."""
    length = shortest(group)
    strings = sample(group, length, symbols_needed(group, length), seed=0, stop=10)

    assert (len(strings), strings.length) == (10, length)


@every_group
def test_a_length_below_the_shortest_is_not_applicable(group):
    """The message says the length found and the length needed."""
    least = shortest(group)

    with pytest.raises(NotApplicable, match=f"{group} needs at least {least} symbols.*{least - 1}"):
        check_drawable(group, least - 1, 62)


@pytest.mark.parametrize(
    "group, length, symbols, words",
    [
        (
            Group.UNIQUE_COPYING,
            30,
            29,
            "unique-copying of length 30 needs an alphabet of 30, found 29",
        ),
        (Group.UNIQUE_RETRIEVAL, 10, 1, "needs an alphabet of 2, found 1"),
        (Group.NON_UNIQUE_COPYING, 10, 1, "needs an alphabet of 2, found 1"),
    ],
)
def test_an_alphabet_that_is_too_small_is_not_applicable(group, length, symbols, words):
    """The message says the number of symbols found and the number needed."""
    with pytest.raises(NotApplicable, match=f"too few symbols: .*{words}"):
        sample(group, length, symbols, seed=0, stop=1)


@pytest.mark.parametrize("start, stop", [(0, 0), (5, 5), (6, 5), (-1, 5)])
def test_an_empty_or_negative_range_is_refused(start, stop):
    """A range has at least one string."""
    with pytest.raises(InvalidInput, match=f"got start={start} stop={stop}"):
        sample(Group.UNIQUE_RETRIEVAL, 5, 5, seed=0, stop=stop, start=start)


def test_the_seed_of_a_stream_follows_from_its_group_setting_and_purpose():
    """Every field of the setting, the group and the purpose give a seed of their own."""
    headline = Setting(length=10, symbols=62)
    changed = [
        Setting(length=11, symbols=62),
        Setting(length=10, symbols=61),
        Setting(10, 62, demonstrations=4),
        Setting(10, 62, demonstration_length="same"),
        Setting(10, 62, template="rule"),
        Setting(10, 62, separator=False),
    ]
    found = [stream_seed(group, setting) for group in Group for setting in (headline, *changed)]
    found.append(stream_seed(Group.UNIQUE_RETRIEVAL, headline, purpose="fresh"))

    assert len(set(found)) == len(found)


def test_a_stream_seed_never_changes():
    """Seeds are part of the keys under which evidence is stored."""
    assert stream_seed(Group.UNIQUE_RETRIEVAL, Setting(10, 62)) == 3330484351369743075


@given(key=seeds, counter=st.integers(0, 2**40), bound=st.integers(1, 2**40))
def test_uniform_numbers_stay_below_their_bound(key, counter, bound):
    """Floats lie in [0, 1), ints in 0 … bound − 1."""
    numbers = Uniforms(key, counter).below(bound, 3, 4)

    assert numbers.shape == (3, 4)
    assert 0 <= numbers.min() <= numbers.max() < bound


@given(bound=st.integers(1, 2**31))
def test_even_the_largest_float_stays_below_its_bound(bound):
    """Rounding cannot lift (1 − 2⁻⁵³) · bound up to the bound."""
    assert int(np.floor((1 - 2.0**-53) * bound)) == bound - 1


def test_uniform_numbers_continue_where_the_last_ones_stopped():
    """Two requests give what one larger request gives."""
    once = Uniforms(5, 0).floats(10)
    twice = Uniforms(5, 0)

    assert once.tolist() == [*twice.floats(4), *twice.floats(6)]
