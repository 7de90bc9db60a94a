"""Comparison: laws that hold for all samples, and figures whose arithmetic stands beside them."""

import json
from dataclasses import replace
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.errors import InvalidInput
from claimkit.evidence.comparison import (
    Change,
    Compared,
    Comparison,
    compare,
    decide_all,
    first_lost,
    pooled,
    sentence,
)
from claimkit.evidence.samples import Sample
from claimkit.tasks import Setting

# The first call of some functions takes longer than others; none is slow.
law = settings(deadline=None)
TASKS = ("UR", "UL", "NF")
LENGTHS = (10, 20, 30, 100)


def bits_of(size, number):
    """The lowest bits of a number; Hypothesis draws one number faster than as many bits."""
    return [bool(number >> place & 1) for place in range(size)]


BITS = st.builds(bits_of, st.integers(2, 64), st.integers(0, 2**64 - 1))


def sample_of(right, task="UR", length=30, symbols=62, **changes):
    """A sample of one stream; equal arguments but ``right`` mean the same strings."""
    plain = {
        "task": task,
        "setting": json.dumps(Setting(length=length, symbols=symbols).canonical()),
        "purpose": "claim",
        "sampler_version": 1,
        "prompt": "9a5e",
        "opening": f"opening of {task} {length} {symbols}",
    }
    return Sample(**{**plain, **changes}, right=tuple(right))


def lost_of(lost, strings=64, task="UR", length=30, **changes):
    """A comparison in which so many strings of ``strings`` right ones became wrong."""
    right = [False] * lost + [True] * (strings - lost)
    base = sample_of([True] * strings, task, length)
    return compare(base, sample_of(right, task, length, **changes))


@st.composite
def families(draw, tasks=TASKS):
    """Draw comparisons of distinct streams, paired and unpaired."""
    places = st.lists(
        st.tuples(st.sampled_from(tasks), st.sampled_from(LENGTHS)), max_size=8, unique=True
    )
    return [
        compare(
            sample_of(draw(BITS), task, length),
            sample_of(draw(BITS), task, length, sampler_version=draw(st.sampled_from([1, 2]))),
        )
        for task, length in draw(places)
    ]


def decided(comparisons, alpha=0.05):
    """What is said of each row, by its stream."""
    return {one.comparison.stream: one.change for one in decide_all(comparisons, alpha)}


@law
@given(BITS, BITS, st.sampled_from([1, 2]))
def test_exchanging_the_models_exchanges_worse_and_better(base, new, version):
    """Paired and unpaired, what was lost one way is gained the other way."""
    one, other = sample_of(base), sample_of(new, sampler_version=version)
    there, back = compare(one, other), compare(other, one)

    assert there.worse == pytest.approx(back.better, rel=1e-9)
    assert (there.lost, there.gained) == (back.gained, back.lost)
    assert there.change == pytest.approx(-back.change)


@law
@given(st.lists(st.tuples(st.sampled_from(TASKS), st.sampled_from(LENGTHS), BITS), max_size=8))
def test_a_model_is_never_worse_than_itself(streams):
    """Identical samples have no discordant string, and nothing is said of them."""
    samples = [sample_of(right, task, length) for task, length, right in streams]
    rows = decide_all([compare(sample, sample) for sample in samples], 0.5)

    assert all(row.comparison.lost == row.comparison.gained == 0 for row in rows)
    assert all(row.change is Change.SAME for row in rows)


@law
@given(BITS, BITS)
def test_discordant_strings_are_counted_one_by_one(base, new):
    """Lost and gained against a loop over the strings that both samples have."""
    row = compare(sample_of(base), sample_of(new))
    shared = range(min(len(base), len(new)))

    assert row.lost == sum(base[i] and not new[i] for i in shared)
    assert row.gained == sum(new[i] and not base[i] for i in shared)
    assert row.base_strings == row.new_strings == len(shared)


@law
@given(BITS, BITS)
def test_the_flipped_string_was_right_and_is_wrong(base, new):
    """It is the first of its kind, and there is one whenever a string was lost."""
    row = compare(sample_of(base), sample_of(new), example="a b > c")

    if row.lost == 0:
        assert (row.flipped, row.example) == (None, "")
    else:
        assert (base[row.flipped], new[row.flipped]) == (True, False)
        assert not any(base[i] and not new[i] for i in range(row.flipped))
        assert row.example == "a b > c"


@pytest.mark.parametrize(
    "other",
    [{"sampler_version": 2}, {"opening": "beef"}, {"purpose": "fresh"}, {"symbols": 40}],
    ids=str,
)
def test_other_strings_are_not_paired(other):
    """Then nothing is known of single strings, and Fisher's test takes the place of McNemar's."""
    base, new = sample_of([True] * 16), sample_of([False] * 16, **other)
    row = compare(base, new)

    assert (row.lost, row.gained, row.flipped) == (None, None, None)
    assert first_lost(base, new) is None
    # One of the ways to choose 16 of 32 strings.
    assert row.worse == pytest.approx(1 / comb(32, 16))


def test_an_opening_of_fewer_strings_is_no_other_opening():
    """The digest of 8 strings and that of 16 differ, though the strings are the same."""
    row = compare(sample_of([True] * 8, opening="of 8"), sample_of([False] * 64))

    assert (row.lost, row.new_strings) == (8, 8)


def test_the_same_strings_in_another_alphabet_are_paired():
    """Two models asked the same strings are not independent, as an unpaired test would need."""
    row = compare(sample_of([True] * 4), sample_of([False] * 4, prompt="beef"))

    assert row.lost == 4
    assert row.worse == pytest.approx(1 / 16)


@pytest.mark.parametrize(
    "other, says",
    [
        ({"task": "UL"}, "UR at length 30 is compared with UL at length 30"),
        ({"length": 10}, "compared with UR at length 10, which are other questions"),
        ({"right": []}, "got 2 and 0 strings"),
    ],
    ids=str,
)
def test_other_questions_are_not_compared(other, says):
    """The error names both and says what can be compared."""
    with pytest.raises(InvalidInput, match=says):
        compare(sample_of([True, True]), sample_of(**{"right": [True], **other}))


@law
@given(families(), st.randoms(use_true_random=False), st.sampled_from([0.01, 0.05, 0.4]))
def test_the_order_of_comparisons_does_not_matter(family, random, alpha):
    """Any order gives the same rows in the same order."""
    shuffled = random.sample(family, len(family))

    assert decide_all(shuffled, alpha) == decide_all(family, alpha)


@law
@given(families(), st.data())
def test_a_stream_that_several_claims_read_counts_once(family, data):
    """Also if one of them read fewer of its strings."""
    again = [one for one in family if data.draw(st.booleans())]
    fewer = [lost_of(1, strings=1, length=length) for length in LENGTHS]
    known = {one.stream for one in family}

    repeated = [*again, *family, *(one for one in fewer if one.stream in known)]

    assert decide_all(repeated, 0.05) == decide_all(family, 0.05)


def test_of_two_baselines_of_a_stream_the_kept_one_is_not_chosen_by_what_it_lost():
    """Only a stream that lost a string has a question to show; that must not be what counts."""
    nothing = [lost_of(0, length=length) for length in range(10, 50)]
    shown = [replace(lost_of(1, length=length), example="a b: b") for length in range(10, 50)]

    kept = [row.comparison.lost for row in decide_all([*nothing, *shown], 0.05)[1:]]

    assert 0 in kept
    assert 1 in kept


def test_of_equal_figures_the_one_with_a_question_is_kept():
    """Two claims read the same strings of the same baseline; one could not write the question."""
    bare = lost_of(1)
    rows = decide_all([bare, replace(bare, example="a b: b"), bare], 0.05)

    assert [row.comparison.example for row in rows] == ["a b: b"]


@law
@given(families(("UR", "UL")), families(("NF",)))
def test_further_comparisons_make_no_other_one_worse(family, further):
    """A larger family is stricter; a pooled row is that of the task's own streams alone."""
    before, after = decided(family), decided([*family, *further])

    assert all(after[stream] is Change.SAME for stream in before if before[stream] is Change.SAME)


@law
@given(families())
def test_each_task_with_two_streams_has_one_pooled_row(family):
    """It comes before all streams and sums their figures."""
    rows = [row.comparison for row in decide_all(family, 0.05)]
    tasks = [one.task for one in family]
    heads = rows[: len(rows) - len(family)]

    assert [row.task for row in heads] == sorted(task for task in TASKS if tasks.count(task) > 1)
    assert all(
        (row.base_right, row.new_strings)
        == (
            sum(one.base_right for one in family if one.task == row.task),
            sum(one.new_strings for one in family if one.task == row.task),
        )
        for row in heads
    )


def test_streams_stand_in_the_order_of_their_lengths():
    """Numbers sort as numbers, pooled rows first."""
    rows = decide_all([lost_of(0, length=length) for length in (100, 20, 10)], 0.05)

    labels = [row.comparison.label for row in rows]

    assert labels == [
        "UR over 3 settings",
        "UR at length 10",
        "UR at length 20",
        "UR at length 100",
    ]


def test_a_drop_too_small_for_any_stream_shows_in_the_pooled_row():
    """Three lost strings in each of four streams: p = 1/8 each, and 1/4096 together."""
    rows = decide_all([lost_of(3, length=length) for length in LENGTHS], 0.05)

    assert [row.change for row in rows] == [Change.WORSE, *[Change.SAME] * 4]
    assert rows[0].comparison.worse == pytest.approx(2**-12)


def test_a_pooled_row_shows_a_string_of_the_stream_that_lost_most():
    """The row of a whole task has a question to show, too."""
    few, many = (
        compare(sample_of([True] * 9, length=n), sample_of([n < 20] * 9, length=n), f"of {n}")
        for n in (10, 30)
    )

    assert pooled([few, many])[0].example == "of 30"


def test_a_row_with_streams_that_are_not_paired_is_not_paired():
    """Its p-value still comes from each stream's own test: 1/16 · 1/70."""
    here = compare(sample_of([True] * 4), sample_of([False] * 4))
    there = compare(
        sample_of([True] * 4, length=10), sample_of([False] * 4, length=10, sampler_version=2)
    )

    row = pooled([here, there])[0]

    assert (row.lost, row.gained) == (None, None)
    assert row.worse == pytest.approx(1 / 16 / 70)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 64), st.sampled_from([1, 2]))
def test_the_detectable_drop_is_the_smallest_that_is_called_worse(right, version):
    """Losing so many strings is worse, losing one less is not; None says that no loss would be."""
    bits = [True] * right + [False] * (64 - right)

    def after(losses):
        new = [False] * losses + bits[losses:]
        row = compare(sample_of(bits), sample_of(new, sampler_version=version))
        return decide_all([row], 0.01)[0]

    detectable = after(0).detectable
    least = right + 1 if detectable is None else round(64 * detectable)

    assert [after(losses).change is Change.WORSE for losses in range(right + 1)] == [
        losses >= least for losses in range(right + 1)
    ]


def test_the_detectable_drop_counts_the_whole_family():
    """Alone 5 losses have p = 1/32 < 0.05; in a family of 12 it takes 8, with p = 1/256."""
    family = [lost_of(0, length=length) for length in range(10, 21)]

    assert decide_all(family[:1], 0.05)[0].detectable == 5 / 64
    assert {row.detectable for row in decide_all(family, 0.05)[1:]} == {8 / 64}


@pytest.mark.parametrize(
    "row, says",
    [
        (
            lost_of(15),
            "UR at length 30: 1.00 → 0.77 of 64 strings (−0.23); "
            "15 right before and wrong now, 0 the other way; "
            "worse (p = 3e-05, one of 1 comparison)",
        ),
        (
            lost_of(2),
            "UR at length 30: 1.00 → 0.97 of 64 strings (−0.03); "
            "2 right before and wrong now, 0 the other way; "
            "same within noise (a drop of 0.08 would have shown)",
        ),
        (
            lost_of(2, strings=2),
            "UR at length 30: 1.00 → 0.00 of 2 strings (−1.00); "
            "2 right before and wrong now, 0 the other way; "
            "same within noise (no drop would have shown)",
        ),
        (
            compare(sample_of([False] * 8), sample_of([True] * 6, sampler_version=2)),
            "UR at length 30: 0.00 → 1.00 of 8 and 6 strings (+1.00); "
            "not paired string by string; better (p = 3e-04, one of 1 comparison)",
        ),
    ],
    ids=["worse", "same", "too few strings", "better, not paired"],
)
def test_a_sentence_says_all_of_a_comparison(row, says):
    """Both figures, the strings that differ, and the decision with what it rests on."""
    assert sentence(decide_all([row], 0.05)[0]) == says


def test_no_chance_is_said_to_be_nothing():
    """Floats have no smaller number than 5e-324; a p-value below that is still above 0."""
    row = lost_of(1100, strings=1100)

    assert row.worse == 0
    assert "worse (p < 1e-300, one of" in sentence(decide_all([row], 0.05)[0])


def test_a_comparison_comes_back_from_json_as_it_was():
    """It crosses process borders and lies in journals."""
    row = lost_of(3)

    assert Comparison.from_dict(json.loads(json.dumps(row.to_dict()))) == row


def test_no_comparison_is_no_decision():
    """A run without a snapshot says nothing."""
    assert decide_all([], 0.05) == ()


def test_a_decision_keeps_the_size_of_its_family():
    """The reader can tell how many comparisons shared the run's error rate."""
    rows = decide_all([lost_of(0, length=length) for length in LENGTHS], 0.05)

    assert rows[0] == Compared(rows[0].comparison, Change.SAME, rows[0].detectable, family=5)
