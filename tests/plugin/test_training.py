"""Training inside a run of the claims: one recipe, in its folder, once."""

import time
from dataclasses import replace

import pytest
from tests.auditing.runs.planting import tiny_recipe

from claimkit.auditing.limits import Limits
from claimkit.errors import BudgetUsedUp, InvalidInput
from claimkit.plugin.training import Training
from claimkit.training.runs import find_scratch, scratch_folder
from claimkit.training.scratch.recipe import Learning


@pytest.fixture
def brief():
    """A recipe of two steps."""
    return replace(tiny_recipe("UR"), learning=Learning(1e-3, batch=2, steps=2, exam_every=2))


def test_what_is_missing_is_trained_once(brief, tmp_path):
    """The second time nothing is told, since nothing is done."""
    told, folder = [], scratch_folder(tmp_path, brief)
    training = Training("cpu", lambda *line: told.append(line))

    training(brief, folder)
    weights = (folder / "model.safetensors").read_bytes()
    lines = len(told)
    training(brief, folder)

    assert [run.recipe for run in find_scratch(tmp_path, "small", "UR", "gpt2")] == [brief]
    assert {(label, total) for label, _, total in told} == {("UR-gpt2-small-1", 2)}
    assert told[0][1] == 0
    assert lines > 1
    assert (folder / "model.safetensors").read_bytes() == weights


def test_whoever_is_interrupted_goes_on(brief, tmp_path):
    """Ctrl-C leaves a run that is not finished, and that the next call finishes."""
    folder = scratch_folder(tmp_path, brief)

    def interrupt(label, step, total):
        if step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Training("cpu", interrupt)(brief, folder)
    assert find_scratch(tmp_path, "small", "UR", "gpt2") == ()

    Training("cpu", lambda *_: None)(brief, folder)

    assert len(find_scratch(tmp_path, "small", "UR", "gpt2")) == 1


def test_the_end_of_the_time_ends_a_training_that_goes_on_later(brief, tmp_path):
    """No more steps are taken; the next run has the time."""
    folder, limits = scratch_folder(tmp_path, brief), Limits()

    def spend(label, step, total):
        limits.deadline = time.time()

    with pytest.raises(BudgetUsedUp, match="used up before UR-gpt2-small-1 was trained"):
        Training("cpu", spend, limits)(brief, folder)
    assert find_scratch(tmp_path, "small", "UR", "gpt2") == ()

    Training("cpu", lambda *_: None)(brief, folder)

    assert len(find_scratch(tmp_path, "small", "UR", "gpt2")) == 1
    assert (folder / "curves.svg").stat().st_size > 1_000


def test_a_folder_of_another_recipe_is_left_alone(brief, tmp_path):
    """Whoever asks for other settings is told."""
    training, folder = Training("cpu", lambda *_: None), scratch_folder(tmp_path, brief)
    training(brief, folder)

    with pytest.raises(InvalidInput, match="another recipe"):
        training(replace(brief, symbols=20), folder)
