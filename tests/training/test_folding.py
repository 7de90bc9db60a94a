"""Two strings in a row teach what two rows teach."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from tests.training.scratch.test_examples import tiny

from claimkit.training.folding import folded
from claimkit.training.loop import Trainer
from claimkit.training.scratch.course import ScratchCourse
from claimkit.training.scratch.examples import Marks, training_batch


def single(name, architecture="gpt2"):
    recipe = tiny(name, architecture, questions=1, growing=0, gaps=architecture == "llama")
    return replace(recipe, bins=((6, 20), (21, 22), (23, 24)))


def strings(batch):
    """Every learned token with all that it may see, and where that stands."""
    found = []
    for row in range(len(batch.tokens)):
        for at in np.flatnonzero(batch.learned[row]):
            seen = np.arange(at + 1)
            if batch.seen is not None:
                seen = np.flatnonzero(batch.seen[row, 0, at])
            tokens = batch.tokens[row, seen].tolist()
            found.append((*tokens, *batch.positions[row, seen].tolist()))
    return sorted(found)


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
@pytest.mark.parametrize("name", ["UR", "NF", "UB"])
def test_every_learned_token_sees_the_same(name, architecture):
    """The same tokens at the same positions, in half as many rows and fewer cells."""
    recipe = single(name, architecture)
    batch = training_batch(recipe, 3)
    found = folded(batch, Marks.behind(recipe.symbols).pad)

    assert strings(found) == strings(batch)
    assert len(found.tokens) == len(batch.tokens) / 2
    assert found.tokens.size < 0.9 * batch.tokens.size
    assert found.examples == batch.examples


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
def test_gradients_are_the_same(architecture, tmp_path):
    """Up to the last digits of sums in another order."""
    recipe = single("UR", architecture)
    batch = training_batch(recipe, 3)
    gradients = []
    for given in (batch, folded(batch, Marks.behind(recipe.symbols).pad)):
        trainer = Trainer(ScratchCourse(recipe), tmp_path / str(len(gradients)))
        for optimizer in trainer.optimizers:
            optimizer.step = optimizer.zero_grad = lambda **kwargs: None
        trainer._learn(given)
        gradients.append([p.grad.clone() for p in trainer.model.parameters()])
    largest = max(float(g.abs().max()) for g in gradients[0])
    for one, two in zip(*gradients, strict=True):
        torch.testing.assert_close(one, two, atol=1e-5 * largest, rtol=0)


def test_what_has_its_own_mask_is_left_alone():
    """Several questions in a row, or an odd number of rows."""
    recipe = tiny("UR", growing=0)
    shared = training_batch(recipe, 3)
    batch = training_batch(single("UR"), 3)
    odd = replace(
        batch,
        **{name: getattr(batch, name)[:-1] for name in ("tokens", "learned", "tasks", "positions")},
        weights=None,
    )

    assert folded(shared, 0) is shared
    assert folded(odd, 0) is odd
