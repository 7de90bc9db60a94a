"""From a recipe to a checkpoint that transformers loads."""

import json
from dataclasses import replace

import pytest

from claimkit.errors import InvalidInput
from claimkit.models.bundled import bundled_models
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.language_model import load
from claimkit.models.spec import ModelSpec
from claimkit.models.tokenizer import load_tokenizer
from claimkit.training.control_course import build_model
from claimkit.training.pretraining import card, pretrain
from claimkit.training.recipe import Recipe, Stage, shares

TINY = Recipe(
    "tiny",
    shares(0.9),
    seed=5,
    stages=(Stage(2, 10, 64),),
    layers=1,
    width=32,
    inner_width=32,
    positions=128,
    autocast="float32",
    compile=False,
)


def test_the_checkpoint_loads_and_tells_what_it_is(tmp_path):
    """Weights, tokenizer, recipe, log and card are there, and the recipe reads back."""
    folder = pretrain(TINY, tmp_path / "run", tmp_path / "tiny")
    spec = ModelSpec(str(folder))
    checkpoint = Checkpoint.find(spec)

    assert load(checkpoint, spec).vocabulary == len(load_tokenizer(checkpoint))
    assert checkpoint.window == 128
    assert Recipe.load(folder / "recipe.json") == TINY
    assert json.loads((folder / "log.jsonl").read_text().splitlines()[-1])["step"] == 2
    assert "90% of the documents" in (folder / "README.md").read_text()


def test_training_goes_on_from_the_control_that_a_recipe_starts_with():
    """Before any step the weights are that control's, and the card says where they are from."""
    further = replace(TINY, start="position-born")
    spec = ModelSpec(str(bundled_models() / "position-born"))
    start = load(Checkpoint.find(spec), spec).model.state_dict()
    found = build_model(further).state_dict()

    assert [name for name in start if not bool((found[name] == start[name]).all())] == []
    assert "trained further from position-born" in card(further, parameters=1)


def test_a_run_folder_of_another_recipe_is_refused(tmp_path):
    """Going on with another recipe's state would make a checkpoint that no recipe describes."""
    pretrain(TINY, tmp_path, tmp_path / "tiny")

    with pytest.raises(InvalidInput, match=r"holds a run of another recipe \(tiny\)"):
        pretrain(replace(TINY, seed=6), tmp_path, tmp_path / "tiny")
