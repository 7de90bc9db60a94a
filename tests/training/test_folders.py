"""Run folders: one recipe's, one process's, and finished only when the weights are there."""

import threading
import warnings
from dataclasses import replace

import pytest
from tests.training.scratch.test_examples import tiny

from claimkit.errors import InvalidInput
from claimkit.training.folders import alone, claim, finished, refuse_another
from claimkit.training.runs import load_scratch
from claimkit.training.scratch.recipe import Learning


def test_a_folder_belongs_to_the_recipe_that_claimed_it(tmp_path):
    """The same recipe may come again; another one is told in what it differs."""
    recipe = replace(tiny("UR"), learning=Learning(1e-3, batch=64))
    claim(tmp_path / "run", recipe, load_scratch, "go away")
    claim(tmp_path / "run", recipe, load_scratch, "go away")
    other = replace(recipe, seed=3, learning=replace(recipe.learning, batch=7))

    with pytest.raises(
        InvalidInput,
        match=r"another recipe \(UR-gpt2-small-1\) with seed 1 and not 3, batch 64 and not 7; go ",
    ):
        refuse_another(tmp_path / "run", other, load_scratch, "go away")


def test_many_differences_are_counted(tmp_path):
    """A sentence names the first two."""
    claim(tmp_path, tiny("UR"), load_scratch, "go away")
    other = replace(tiny("UF", "llama"), seed=2)

    with pytest.raises(InvalidInput, match=r"task UR and not UF, .* gpt2 and not llama, \d+ more"):
        claim(tmp_path, other, load_scratch, "go away")


def test_asking_makes_no_folder(tmp_path):
    """What is only checked leaves nothing behind."""
    refuse_another(tmp_path / "run", tiny("UR"), load_scratch, "go away")

    assert not (tmp_path / "run").exists()


def test_a_second_worker_waits_and_says_so(tmp_path):
    """It enters only when the first one has left, and it is warned once."""
    order = []

    def second():
        with alone(tmp_path, "UR-gpt2-small-1"):
            order.append("second")

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with alone(tmp_path, "UR-gpt2-small-1"):
            thread = threading.Thread(target=second)
            thread.start()
            while not caught:
                thread.join(0.01)
            order.append("first")
        thread.join(60)

    assert order == ["first", "second"]
    assert [str(warning.message) for warning in caught] == [
        f"another process trains UR-gpt2-small-1 in {tmp_path}; waiting until it is done"
    ]


def test_the_lock_goes_with_the_end_of_the_work(tmp_path):
    """A folder that holds weights keeps no lock; one that does not keeps its."""
    with alone(tmp_path, "run"):
        pass
    before = (tmp_path / ".lock").exists()
    with alone(tmp_path, "run"):
        (tmp_path / "model.safetensors").touch()

    assert before
    assert finished(tmp_path)
    assert not (tmp_path / ".lock").exists()
