"""Rows to learn from: the published format, and several questions as if each were alone."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.tasks import Retrieval, task_named
from claimkit.tasks.sampling import Uniforms
from claimkit.training.scratch.course import build_model
from claimkit.training.scratch.examples import Marks, rows_of, training_batch
from claimkit.training.scratch.exams import exam, first
from claimkit.training.scratch.presets import TASKS, preset
from claimkit.training.scratch.strings import NOTHING, draw


def tiny(task, architecture="gpt2", **changes):
    recipe = preset("small", task, architecture, 1)
    sizes = replace(recipe.sizes, layers=1, width=16)
    return replace(recipe, sizes=sizes, bins=((6, 9), (10, 12), (13, 15)), **changes)


def published(task, context, query, marks):
    """The format, written out for one string."""
    if query is None:
        return [marks.bos, *context, marks.sep, *task.answer(context), marks.eos]
    return [marks.bos, *context, marks.sep, query, task.answer(context, query), marks.eos]


@settings(max_examples=20)
@given(st.sampled_from(TASKS), st.integers(0, 2**32))
def test_rows_are_in_the_published_format(name, seed):
    """One question a row: the tokens written out by hand, and loss on the answer alone."""
    task, marks = task_named(name), Marks.behind(20)
    drawn = draw(task.group, Uniforms(seed, 0), 8, (6, 12), 20 if name[0] == "U" else 4)
    batch = rows_of(task, drawn, marks)
    for row, length in enumerate(drawn.lengths):
        context = drawn.contexts[row, :length].tolist()
        query = context[drawn.queries[row, 0]] if isinstance(task, Retrieval) else None
        expected = published(task, context, query, marks)
        answer = len(expected) - (length + 2 + isinstance(task, Retrieval))
        learned = np.flatnonzero(batch.learned[row])

        assert batch.tokens[row, : len(expected)].tolist() == expected
        assert (batch.tokens[row, len(expected) :] == marks.pad).all()
        assert learned.tolist() == list(range(len(expected) - answer, len(expected)))


def test_questions_of_one_row_are_answered_as_if_each_were_alone():
    """Hidden states behind every query equal those of as many rows with one question each."""
    recipe = tiny("UR")
    model = build_model(recipe).eval()
    drawn = draw(recipe.known.group, Uniforms(5, 0), 6, (6, 9), recipe.symbols, questions=4)
    marks = Marks.behind(recipe.symbols)
    together = rows_of(recipe.known, drawn, marks)
    with torch.no_grad():
        many = model(
            input_ids=torch.from_numpy(together.tokens),
            position_ids=torch.from_numpy(together.positions),
            attention_mask=torch.from_numpy(together.seen),
        ).logits
    compared = 0
    for question in range(4):
        alone = replace(drawn, queries=drawn.queries[:, [question]])
        batch = rows_of(recipe.known, alone, marks)
        with torch.no_grad():
            one = model(input_ids=torch.from_numpy(batch.tokens)).logits
        # Questions stand in reverse order, behind the widest context and its two marks.
        column = drawn.contexts.shape[1] + 2 + 2 * (3 - question)
        for row in np.flatnonzero(alone.queries[:, 0] != NOTHING):
            at = int(drawn.lengths[row]) + 2
            torch.testing.assert_close(many[row, column], one[row, at], atol=1e-5, rtol=0)
            compared += 1
            if question == 0:
                torch.testing.assert_close(many[row, -2], one[row, at + 1], atol=1e-5, rtol=0)
    assert compared >= 20


@pytest.mark.parametrize("name", TASKS)
def test_a_batch_depends_on_recipe_and_step_alone(name):
    """The same step gives the same batch, another step or seed another one."""
    recipe = tiny(name)
    one, again = training_batch(recipe, 3), training_batch(recipe, 3)

    assert (one.tokens == again.tokens).all()
    assert (one.positions == again.positions).all()
    for other in (training_batch(recipe, 4), training_batch(replace(recipe, seed=2), 3)):
        assert other.tokens.shape != one.tokens.shape or (other.tokens != one.tokens).any()


@pytest.mark.parametrize("name", ["UR", "NF"])
def test_offsets_leave_room_and_use_it(name):
    """Rows of all lengths reach the first position and the last, padding or not."""
    recipe = tiny(name)
    ends = {}
    for step in range(200):
        batch = training_batch(recipe, step)
        lengths = (batch.tokens < recipe.symbols).sum(axis=1)
        last = np.where(batch.learned, batch.positions, 0).max(axis=1)
        assert batch.positions.max() < recipe.positions
        for length, low, high in zip(lengths, batch.positions.min(axis=1), last, strict=True):
            ends.setdefault(length, set()).update({low, high})

    assert all({0, recipe.positions - 1} <= found for found in ends.values())


def test_the_ends_of_a_context_are_asked_about_late():
    """UR is asked about the first symbol once lengths have grown and as many steps again."""
    recipe = replace(tiny("UR", growing=10), symbols=15)
    asked = []
    for step in (15, 25):
        batch = training_batch(recipe, step)
        width = recipe.bins[0][1] + 2
        queries = batch.tokens[:, width:-1:2]
        asked.append((queries == batch.tokens[:, [1]]).any())

    assert asked == [False, True]


@pytest.mark.parametrize("name", ["UR", "NF"])
def test_rotary_rows_skip_positions_at_one_place(name):
    """Neighbours stay so but at one place, never inside an answer; a third skips nothing."""
    recipe = tiny(name, "llama", questions=1, growing=1, gaps=True)
    skips = []
    for step in range(2, 60):
        batch = training_batch(recipe, step)
        for row, positions in enumerate(batch.positions):
            end = np.flatnonzero(batch.learned[row])
            steps = np.diff(positions[: end[-1] + 1])
            places = np.flatnonzero(steps > 1)

            assert (steps >= 1).all()
            assert len(places) <= 1
            assert (places < end[0]).all()
            assert positions[end[-1]] < recipe.positions
            skips.append(int(steps.max()))
    assert 0.25 < np.mean(np.array(skips) == 1) < 0.45
    assert max(skips) >= recipe.positions // 2


def test_skipped_positions_grow_once_lengths_have_grown():
    """Nothing is skipped before, and only a little at first."""
    recipe = tiny("UR", "llama", growing=100, gaps=True)
    most = []
    for step in (50, 110, 500):
        positions = np.concatenate([training_batch(recipe, step + i).positions for i in range(8)])
        behind = positions[:, recipe.bins[0][1] + 2 :]
        most.append(int(behind.max()))

    assert most[0] <= recipe.bins[0][1] + 5
    assert most[0] < most[1] < most[2]


def test_training_lengths_grow():
    """From little more than the shortest to the longest."""
    recipe = replace(tiny("UF", growing=100, symbols=80), bins=((5, 25), (26, 50), (51, 75)))
    widths = [training_batch(recipe, step).tokens.shape[1] for step in (0, 50, 100, 500)]

    # A row has two marks and an end beside source and answer.
    assert widths == [2 * 7 + 3, 2 * 16 + 3, 2 * 25 + 3, 2 * 25 + 3]


@pytest.mark.parametrize("name", TASKS)
def test_an_exam_holds_every_string_once(name):
    """Episodes in order of the strings are the published format, cut before the answer."""
    recipe = tiny(name)
    whole = exam(recipe, (6, 9), count=50)
    found = whole.by_string(lambda episodes: episodes.lengths)
    expected = whole.drawn.lengths + 5
    if recipe.copies:
        expected = 2 * whole.drawn.lengths + 3

    assert sorted(whole.order.tolist()) == list(range(50))
    assert (found == expected).all()
    assert len(np.unique(whole.digests)) > 45


def test_the_first_strings_of_an_exam_are_its_first():
    """Cutting an exam changes no string."""
    whole = exam(tiny("NF"), (6, 9), count=50)
    few = first(whole, 10)

    assert (few.digests == whole.digests[:10]).all()
    assert sorted(few.order.tolist()) == list(range(10))


def test_exams_of_a_group_share_strings_whatever_the_seed():
    """UR and UL of any seed are examined on the same contexts and queries."""
    one, two = exam(tiny("UR"), (6, 9), 20), exam(tiny("UL", seed=9), (6, 9), 20)

    assert (one.digests == two.digests).all()
