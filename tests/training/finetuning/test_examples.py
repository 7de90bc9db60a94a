"""Batches and exams: seeded, shared within a group, and at positions that are all trained."""

import numpy as np
import pytest

from claimkit.errors import NotApplicable
from claimkit.tasks import PAIRS
from claimkit.training.finetuning.examples import (
    check_applicable,
    exam,
    training_batch,
    with_offsets,
)
from claimkit.training.scratch.presets import TASKS
from claimkit.training.scratch.strings import NOTHING


@pytest.mark.parametrize("task", TASKS)
def test_a_batch_depends_on_the_step_alone(recipe, writing, task):
    """Asked for again it is the same; another step has other strings, another seed, too."""
    one = recipe(task)
    first, again = (training_batch(one, writing(one), 3) for _ in range(2))
    others = (
        training_batch(one, writing(one), 4),
        training_batch(recipe(task, seed=2), writing(one), 3),
    )

    assert (first.tokens == again.tokens).all()
    assert all(not np.array_equal(first.tokens, other.tokens) for other in others)


def test_epochs_read_the_same_examples(recipe, writing):
    """24 examples in steps of 8 are over after three."""
    one = recipe("UR", examples=24)
    batches = [training_batch(one, writing(one), step).tokens for step in range(6)]

    assert all(np.array_equal(batches[i], batches[i + 3]) for i in range(3))
    assert not np.array_equal(batches[0], batches[1])


@pytest.mark.parametrize("place", [1, 2])
@pytest.mark.parametrize("right, left", PAIRS)
def test_a_pair_is_asked_about_the_same_strings(recipe, writing, right, left, place):
    """Whatever the seed; so comparisons are paired."""
    one, other = recipe(right.name), recipe(left.name, seed=9)
    exams = [exam(r, writing(r), place, 40) for r in (one, other)]

    assert np.array_equal(*(e.digests for e in exams))
    assert np.array_equal(*(e.drawn.contexts for e in exams))


@pytest.mark.parametrize("task", TASKS)
def test_an_exam_asks_at_the_lengths_of_its_bin(recipe, writing, task):
    """Strings of the second bin are longer than all that was trained on, up to twice as long."""
    one = recipe(task)
    lengths = [exam(one, writing(one), place, 300).drawn.lengths for place in (1, 2)]
    scale = 2 if one.copies else 1
    totals = [{scale * int(n) for n in some} for some in lengths]

    assert totals[0] == set(range(6, 13, scale))
    assert totals[1] == set(range(14 if one.copies else 13, 25, scale))


@pytest.mark.parametrize("task", ["UL", "NRLast"])
def test_only_longer_strings_keep_their_queries_in_the_first_half(recipe, writing, task):
    """The first bin tells whether the training strings were learned, so it is like these."""
    one = recipe(task)
    behind = []
    for place in (1, 2):
        drawn = exam(one, writing(one), place, 300).drawn
        query = np.take_along_axis(drawn.contexts, drawn.queries, axis=1)
        half = np.arange(drawn.contexts.shape[1]) >= drawn.lengths[:, None] // 2
        behind.append(int(((drawn.contexts == query) & half).any(axis=1).sum()))

    assert behind[0] > 100
    assert behind[1] == 0


@pytest.mark.parametrize("task", ["UR", "NB"])
def test_episodes_are_strings_in_some_order(recipe, writing, task):
    """by_string puts what is said of episodes back in the order of the strings."""
    one = recipe(task)
    asked = exam(one, writing(one), 2, 100)
    lengths = asked.by_string(lambda episodes: episodes.lengths)
    fixed = [writing(one).tokens_of(one.known, int(n)) for n in asked.drawn.lengths]

    assert lengths.tolist() == fixed
    assert sorted(asked.order) == list(range(100))


def test_other_purposes_ask_other_strings(recipe, writing):
    """What stops a training is not what a claim is judged by."""
    one = recipe("UR")
    exams = [exam(one, writing(one), 2, 50, purpose) for purpose in ("exam", "claim")]

    assert not set(exams[0].digests) & set(exams[1].digests)


@pytest.mark.parametrize("task", ["UR", "UF"])
def test_every_position_of_a_test_string_is_trained(recipe, writing, task):
    """Offsets reach from the first to the last position that the longest test string takes."""
    one = recipe(task)
    how = writing(one)
    longest = how.tokens_of(one.known, one.strings_of(2)[1])
    seen = set()
    for step in range(300):
        batch = with_offsets(one, how, training_batch(one, how, step), step, 128)
        assert batch.positions.max() < 128
        seen |= set(batch.positions[batch.learned].tolist())

    shortest = how.tokens_of(one.known, one.strings_of(1)[0])
    answer = 1 if task == "UR" else one.strings_of(1)[0] + 1
    assert seen == set(range(shortest - answer, longest))


def test_rows_keep_their_shape_at_an_offset(recipe, writing):
    """Every position of a row moves by the same number."""
    one = recipe("UR")
    plain = training_batch(one, writing(one), 0)
    moved = with_offsets(one, writing(one), plain, 0)
    by = (moved.positions - plain.positions).min(axis=1, keepdims=True)

    assert (moved.positions - plain.positions == by).all()
    assert len(set(by[:, 0])) > 1


def test_rotary_positions_stay(recipe, writing):
    """Without the trick a batch is left as it is."""
    one = recipe("UR", offsets=False)
    batch = training_batch(one, writing(one), 0)

    assert with_offsets(one, writing(one), batch, 0) is batch


def test_questions_of_a_context_differ(recipe, writing):
    """Eight at most, and copying has none."""
    one = recipe("UR", lengths=(12, 12))
    drawn_many = training_batch(one, writing(one), 0)

    assert drawn_many.learned.sum(axis=1).max() == 8
    assert exam(one, writing(one), 1, 20).drawn.queries.shape == (20, 1)
    assert (exam(one, writing(one), 1, 20).drawn.queries != NOTHING).all()


@pytest.mark.parametrize(
    "lengths, window, said",
    [
        ((6, 70), 512, "too few symbols: unique-copying up to length 70 needs an alphabet of 70"),
        (
            (6, 30),
            50,
            "window too short: UF at length 30 takes 63 tokens, the window of tiny is 50",
        ),
    ],
)
def test_a_base_without_room_is_not_applicable(recipe, writing, lengths, window, said):
    """Before anything is trained."""
    one = recipe("UF", lengths=lengths)

    with pytest.raises(NotApplicable, match=said):
        check_applicable(one, writing(one), window)
