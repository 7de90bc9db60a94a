"""The course of a model of text: which windows it learns from, and that all tokens count alike."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from claimkit.tasks.sampling import Uniforms
from claimkit.training.loop import Trainer, row_weights
from claimkit.training.text.course import BEGIN, TextCourse, windows
from claimkit.training.text.recipe import TextRecipe

TINY = TextRecipe(
    "tiny",
    seed=5,
    steps=6,
    rows=4,
    window=16,
    vocabulary=300,
    layers=1,
    heads=2,
    width=16,
    inner_width=16,
    warmup=2,
    cooldown=3,
    autocast="float32",
    compile=False,
)
STREAM = (np.arange(500) % 297 + 3).astype(np.uint16)
COURSE = TextCourse(TINY, STREAM, STREAM[:100])


@given(
    stream=arrays.arrays(np.uint16, st.integers(4, 30), elements=st.integers(0, 65_535)),
    width=st.integers(2, 5),
    step=st.integers(0, 2**40),
)
def test_a_window_is_bos_and_a_stretch_of_the_stream(stream, width, step):
    """Each row, its first token apart, stands in the stream as it is."""
    found = windows(stream, Uniforms(3, step), 6, width)
    stretches = np.lib.stride_tricks.sliding_window_view(stream, width - 1).tolist()

    assert found.shape == (6, width)
    assert (found[:, 0] == BEGIN).all()
    assert all(row in stretches for row in found[:, 1:].tolist())


def test_every_place_is_as_likely():
    """The first stretch and the last are among them; counts are those of a uniform draw."""
    found = windows(np.arange(10, 20, dtype=np.uint16), Uniforms(1, 0), 8000, 4)
    places, counts = np.unique(found[:, 1], return_counts=True)

    assert places.tolist() == list(range(10, 18))
    assert np.abs(counts - 1000).max() < 5 * np.sqrt(1000)


def test_a_batch_depends_on_the_seed_and_the_step_alone():
    """Another course of the same recipe has the same batches, in whatever order they are asked."""
    again = TextCourse(replace(TINY, steps=99, learning_rate=1.0), STREAM.copy(), STREAM[:50])
    other = TextCourse(replace(TINY, seed=6), STREAM, STREAM)
    backwards = {step: again.batch(step).tokens for step in (5, 2, 0)}

    for step, tokens in backwards.items():
        assert np.array_equal(COURSE.batch(step).tokens, tokens)
        assert not np.array_equal(other.batch(step).tokens, tokens)
    assert not np.array_equal(backwards[0], backwards[2])


def test_every_token_but_the_first_is_learned_with_equal_weight():
    """So the loss is the mean over tokens."""
    batch = COURSE.batch(0)

    assert batch.learned[:, 1:].all()
    assert not batch.learned[:, 0].any()
    assert len(row_weights(batch).unique()) == 1


def test_a_resumed_run_gives_the_same_weights(tmp_path):
    """Stopping and going on changes no bit of the result, and logs every step once."""
    whole = Trainer(COURSE, tmp_path / "whole")
    logged = list(whole.run())
    list(Trainer(COURSE, tmp_path / "stopped").run(until=2))
    resumed = Trainer(COURSE, tmp_path / "stopped")
    more = list(resumed.run())

    wanted = whole.model.state_dict()
    assert [
        name for name, v in resumed.model.state_dict().items() if not v.equal(wanted[name])
    ] == []
    assert logged[-1]["exam"] == more[-1]["exam"]
    assert resumed.step == TINY.steps


def test_the_rate_goes_up_stays_and_falls():
    """Before the cool-down it does not depend on the number of steps."""
    longer = TextCourse(replace(TINY, steps=9), STREAM, STREAM)

    assert [COURSE.share(step, None) for step in range(6)] == pytest.approx(
        [0.5, 1, 1, 1, 2 / 3, 1 / 3]
    )
    assert [longer.share(step, None) for step in range(4)] == [
        COURSE.share(step, None) for step in range(4)
    ]


def test_the_log_tells_the_held_out_loss_per_token():
    """It is the loss that transformers computes on the same windows."""
    model = COURSE.build().eval()
    with torch.no_grad():
        found = COURSE.examine(model)
        rows = windows(STREAM[:100], Uniforms(TINY.seed + (3 << 32), 0), 64, TINY.window)
        tokens = torch.from_numpy(rows)
        wanted = float(model(input_ids=tokens, labels=tokens).loss)

    assert found["held-out loss"] == pytest.approx(wanted, abs=1e-4)
    assert [step for step in range(1, 1001) if COURSE.is_exam(step)] == [6, 500, 1000]
