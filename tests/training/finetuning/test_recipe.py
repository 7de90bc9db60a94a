"""Recipes of fine-tuning say what decides the weights, and read back what they wrote."""

import json
from dataclasses import replace

import pytest

from claimkit.errors import InvalidInput, UnknownTask
from claimkit.training.finetuning.presets import PRESETS, preset
from claimkit.training.finetuning.recipe import FinetuneRecipe
from claimkit.training.scratch.presets import TASKS


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("task", TASKS)
def test_a_recipe_reads_back(base, tmp_path, name, task):
    """What is written to recipe.json is the same recipe again."""
    recipe = preset(name, task, base, "ab", seed=3, method="lora")
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps(recipe.as_dict()))

    assert FinetuneRecipe.load(path) == recipe
    assert json.loads(path.read_text())["kind"] == "finetuned"


def test_the_second_bin_doubles_the_lengths(base):
    """As published: up to 100 in training, 101 to 200 in the test."""
    recipe = preset("paper", "UR", base, "")

    assert recipe.bins == ((6, 100), (101, 200))
    assert recipe.strings_of(2) == (101, 200)


def test_a_source_shares_its_length_with_its_answer(base):
    """For copying the combined length is what is bounded."""
    recipe = preset("paper", "UF", base, "")

    assert recipe.strings_of(1) == (3, 50)
    assert recipe.strings_of(2) == (51, 100)


def test_the_paper_preset_is_as_published(base):
    """Batch 64, AdamW 1e-5, weight decay 0.01, warm-up 0.15, clip 1.0; UL and UR 30 epochs."""
    learning = {task: preset("paper", task, base, "").learning for task in ("UL", "NF")}

    assert learning["NF"].steps == 15 * (50_000 // 64)
    assert learning["UL"].steps == 2 * learning["NF"].steps
    assert learning["NF"].warmup == pytest.approx(0.15 * learning["NF"].steps, abs=1)
    assert [learning["NF"].batch, learning["NF"].optimizer] == [64, "adamw"]
    assert [learning["NF"].learning_rate, learning["NF"].weight_decay] == [1e-5, 0.01]
    assert learning["NF"].clip == 1.0


def test_only_absolute_positions_are_offset(base):
    """The base's configuration says which positions it has."""
    rotary = replace(base, config={**base.config, "model_type": "llama"})

    assert preset("small", "UR", base, "").offsets
    assert not preset("small", "UR", rotary, "").offsets


@pytest.mark.parametrize(
    "name, task, error, said",
    [
        ("smal", "UR", InvalidInput, "no preset 'smal'; did you mean 'small'"),
        ("small", "FarR", InvalidInput, "FarR"),
        ("small", "URR", UnknownTask, "no task 'URR'"),
    ],
)
def test_what_there_is_not_is_refused(base, name, task, error, said):
    """A near name is offered."""
    with pytest.raises(error, match=said):
        preset(name, task, base, "")


@pytest.mark.parametrize(
    "change, said",
    [
        ({"method": "half"}, "a method is full or lora, got 'half'"),
        ({"lengths": (2, 9)}, "6 ≤ shortest ≤ longest, got 2 to 9"),
    ],
)
def test_values_that_cannot_be_are_refused(recipe, change, said):
    """With the value."""
    with pytest.raises(InvalidInput, match=said):
        replace(recipe("UR"), **change)


@pytest.mark.parametrize(
    "text, said",
    [
        ("{", "is no recipe"),
        ("[]", "is no recipe: it holds a list"),
        ('{"kind": "from-scratch"}', "kind 'finetuned' is needed, got kind 'from-scratch'"),
        ('{"kind": "finetuned"}', "not a recipe finetuned"),
    ],
)
def test_a_file_that_is_no_recipe_is_one_sentence(tmp_path, text, said):
    """Damage is told apart from another kind of recipe."""
    path = tmp_path / "recipe.json"
    path.write_text(text)

    with pytest.raises(InvalidInput, match=said):
        FinetuneRecipe.load(path)
