"""Finding runs below a root, and reading what their folders say."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from claimkit.errors import ClaimkitError, InvalidInput
from claimkit.training.finetuning.recipe import FinetuneRecipe
from claimkit.training.runs import (
    Run,
    find_finetuned,
    find_scratch,
    finetuned_folder,
    load_recipe,
    scratch_folder,
    sweep_folder,
)
from claimkit.training.scratch.presets import preset, sweep
from claimkit.training.scratch.recipe import Learning

FINETUNED = FinetuneRecipe(
    task="UL",
    base="fixtures/models/absolute-born",
    fingerprint="f",
    seed=4,
    preset="small",
    method="full",
    learning=Learning(1e-3),
    lengths=(6, 10),
    pool=5,
)


def put(folder, recipe, done=True):
    """Make a run folder; what is done has weights."""
    folder.mkdir(parents=True)
    (folder / "recipe.json").write_text(json.dumps(recipe.as_dict()))
    (folder / ("model.safetensors" if done else "state.pt")).touch()
    return folder


def scratch(root, seed, done=True):
    recipe = preset("small", "UR", "llama", seed)
    return put(scratch_folder(root, recipe), recipe, done)


def test_folders_are_named_after_what_is_in_them(tmp_path):
    """The layout that commands and claims share."""
    recipe = preset("small", "UR", "llama", 7)

    assert scratch_folder(tmp_path, recipe) == tmp_path / "scratch/small/llama/UR/7"
    assert finetuned_folder(tmp_path, "m", "UL", 2) == tmp_path / "finetuned/m/UL/2"


def test_finished_runs_are_found_by_seed(tmp_path):
    """Numbers are ordered as numbers; what is not done and what is no seed does not count."""
    for seed in (10, 2, 1):
        scratch(tmp_path, seed)
    scratch(tmp_path, 3, done=False)
    (tmp_path / "scratch/small/llama/UR/notes").mkdir()

    found = find_scratch(tmp_path, "small", "UR", "llama")

    assert [run.recipe.seed for run in found] == [1, 2, 10]
    assert found[0].folder == tmp_path / "scratch/small/llama/UR/1"
    assert find_scratch(tmp_path, "small", "UR", "gpt2") == ()
    assert find_scratch(tmp_path / "none", "small", "UR", "gpt2") == ()


def test_descendants_are_found_by_their_base(tmp_path):
    """The folder has the base's name, the recipe says the rest."""
    folder = put(finetuned_folder(tmp_path, "absolute-born", "UL", 4), FINETUNED)

    assert find_finetuned(tmp_path, "absolute-born", "UL") == (Run(folder, FINETUNED),)
    assert find_finetuned(tmp_path, "other", "UL") == ()


def test_a_recipe_is_read_by_its_kind(tmp_path):
    """Both kinds come back as what they were."""
    put(tmp_path / "a", FINETUNED)
    put(tmp_path / "b", preset("paper", "NB", "gpt2", 1))

    assert load_recipe(tmp_path / "a") == FINETUNED
    assert load_recipe(tmp_path / "b") == preset("paper", "NB", "gpt2", 1)


def test_a_run_in_the_wrong_place_is_refused(tmp_path):
    """A copied folder would count as another seed."""
    recipe = preset("small", "UR", "llama", 1)
    put(scratch_folder(tmp_path, replace(recipe, seed=2)), recipe)

    with pytest.raises(InvalidInput, match=r"UR/2 holds UR-llama-small-1, which belongs elsewhere"):
        find_scratch(tmp_path, "small", "UR", "llama")


@pytest.mark.parametrize(
    "text, says",
    [
        ("{", "recipe.json is not JSON"),
        ("[]", "must hold a JSON object, got a list"),
        ("{}", "of kind None; runs are from-scratch or finetuned"),
        ('{"kind": "other"}', "of kind 'other'"),
        ('{"kind": "from-scratch"}', "recipe.json: not a recipe from-scratch"),
        ('{"kind": "from-scratch", "bins": 3}', "recipe.json: not a recipe from-scratch"),
        ('{"kind": "finetuned", "task": "UR"}', "recipe.json: "),
    ],
)
def test_a_damaged_recipe_is_one_sentence(tmp_path, text, says):
    """The file is named, and nothing but claimkit's own error is raised."""
    (tmp_path / "recipe.json").write_text(text)

    with pytest.raises(ClaimkitError) as error:
        load_recipe(tmp_path)

    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_folder_without_a_recipe_is_no_run(tmp_path):
    """The file that it lacks is named."""
    with pytest.raises(InvalidInput, match=r"there is no .*recipe.json, which would say what"):
        load_recipe(tmp_path)


def test_exams_are_read_from_the_log(tmp_path):
    """Lines without one are left out; a run that has not begun has none."""
    run = Run(tmp_path, FINETUNED)
    before = run.exams()
    (tmp_path / "log.jsonl").write_text('{"step": 50}\n{"step": 60, "exam": {"bin 1": 0.5}}\n')

    assert before == []
    assert run.exams() == [(60, {"bin 1": 0.5})]


@pytest.mark.parametrize("line", ['{"step": 5', "[]", '{"loss": 1}'])
def test_a_damaged_line_of_the_log_is_one_sentence(tmp_path, line):
    """It is named by its number."""
    (tmp_path / "log.jsonl").write_text(f'{{"step": 1}}\n{line}\n')

    with pytest.raises(InvalidInput, match=r"line 2 of .*log.jsonl is damaged"):
        Run(tmp_path, FINETUNED).lines()


def test_runs_of_a_sweep_have_folders_of_their_own(tmp_path):
    """No two recipes share one, though task and seed are the same."""
    recipes = sweep("small", "UR", "gpt2", 1)
    folders = {sweep_folder(tmp_path, recipe) for recipe in recipes}

    assert len(folders) == len(recipes)
    assert {folder.parent for folder in folders} == {tmp_path / "sweep/small/gpt2/UR/1"}


def test_finding_runs_needs_no_torch():
    """Claims are collected without it."""
    code = "import sys, claimkit.training.runs; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
