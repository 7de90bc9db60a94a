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
    load_scratch,
    scratch_folder,
    sweep_folder,
)
from claimkit.training.scratch.presets import TASKS, preset, sweep
from claimkit.training.scratch.recipe import Learning, ScratchRecipe

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
        ("{", "recipe.json is no recipe"),
        ("[]", "is no recipe: it holds a list"),
        ("{}", "of kind None; runs are from-scratch or finetuned"),
        ('{"kind": "other"}', "of kind 'other'"),
        (
            '{"kind": "from-scratch"}',
            "recipe.json: it lacks task, architecture, seed, preset, sizes",
        ),
        ('{"kind": "from-scratch", "bin": 3}', "symbols and has bin, which nothing is called"),
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


@pytest.mark.parametrize(
    "change, says",
    [
        ({"symbols": "x"}, "symbols is a whole number from 1 on, got 'x'"),
        ({"questions": 0}, "questions is a whole number from 1 on, got 0"),
        ({"seed": True}, "seed is a whole number from 0 on, got True"),
        ({"gaps": 1}, "gaps is true or false, got 1"),
        ({"rope_theta": 0}, "rope_theta is a number above 0, got 0"),
        ({"sizes": {"layers": 2, "heads": 0, "width": 64}}, "heads is a whole number from 1 on"),
        ({"learning": {"learning_rate": "1e-3"}}, "learning_rate is a number above 0, got '1e-3'"),
        ({"sizes": 5}, "not a recipe from-scratch"),
        (
            {"learning": {"learning_rate": 1e-3, "optimizer": "sgd"}},
            "optimizer is 'adamw' or 'muon', got 'sgd'",
        ),
        ({"bins": [[6, 50], [51, "a"], [101, 150]]}, "1 ≤ shortest ≤ longest, got [51, 'a']"),
        ({"bins": [[6, 50], [60, 51], [101, 150]]}, "1 ≤ shortest ≤ longest, got [60, 51]"),
    ],
    ids=str,
)
def test_a_recipe_has_numbers_where_they_belong(tmp_path, change, says):
    """Else strings could not be drawn, long after somebody believed the file."""
    recipe = {**preset("paper", "NB", "gpt2", 1).as_dict(), **change}
    (tmp_path / "recipe.json").write_text(json.dumps(recipe))

    with pytest.raises(InvalidInput) as error:
        load_recipe(tmp_path)

    assert says in str(error.value)


@pytest.mark.parametrize(
    "change, says",
    [
        ({"pool": 2.5}, "pool is a whole number from 1 on, got 2.5"),
        ({"lengths": [6, "x"]}, "lengths need 1 ≤ shortest ≤ longest, got [6, 'x']"),
        ({"learning": {"learning_rate": 1e-3, "batch": 0}}, "batch is a whole number from 1 on"),
        ({"autocast": "half"}, "autocast is 'float32' or 'bfloat16', got 'half'"),
    ],
    ids=str,
)
def test_so_has_the_recipe_of_a_descendant(tmp_path, change, says):
    """Both kinds are read with the same care."""
    (tmp_path / "recipe.json").write_text(json.dumps({**FINETUNED.as_dict(), **change}))

    with pytest.raises(InvalidInput) as error:
        load_recipe(tmp_path)

    assert says in str(error.value)


@pytest.mark.parametrize("name", ["small", "paper"])
@pytest.mark.parametrize("task", TASKS)
def test_every_preset_is_read_as_it_was_written(task, name):
    """No number of a preset is refused."""
    recipe = preset(name, task, "llama", 0)

    assert ScratchRecipe.of(json.loads(json.dumps(recipe.as_dict()))) == recipe


def test_a_folder_without_a_recipe_is_no_run(tmp_path):
    """The file that it lacks is named."""
    with pytest.raises(InvalidInput, match=r"^there is no .*recipe.json, which would say what"):
        load_recipe(tmp_path)
    with pytest.raises(InvalidInput, match=r"^there is no .*recipe.json, which would say what"):
        load_scratch(tmp_path / "recipe.json")


def test_exams_are_read_from_the_log(tmp_path):
    """Lines without one are left out; a run that has not begun has none."""
    run = Run(tmp_path, FINETUNED)
    before = run.exams()
    lines = ['{"step": 50}', '{"step": 60, "exam": {"bin 2": 0, "bin 1": 0.5}}']
    (tmp_path / "log.jsonl").write_text("\n".join(lines))

    assert before == []
    assert run.exams() == [(60, {"bin 1": 0.5, "bin 2": 0})]
    assert (run.curve(1), run.curve(2)) == (((60, 0.5),), ((60, 0),))


def test_a_curve_has_few_points(tmp_path):
    """Whatever the length of the training, with the first exam and the last."""
    lines = [json.dumps({"step": i, "exam": {"bin 1": 0.5, "bin 2": 0}}) for i in range(1, 500)]
    (tmp_path / "log.jsonl").write_text("\n".join(lines))

    steps = [step for step, _ in Run(tmp_path, FINETUNED).curve(1)]

    assert (len(steps), steps[0], steps[-1]) == (40, 1, 499)
    assert steps == sorted(set(steps))


@pytest.mark.parametrize(
    "line",
    [
        '{"step": 5',
        "[]",
        '{"loss": 1}',
        '{"step": "5"}',
        '{"step": 5, "loss": "low"}',
        '{"step": 5, "exam": 5}',
        '{"step": 5, "exam": {"bin 1": 0.5}}',
        '{"step": 5, "exam": {"bin 1": 0.5, "bin 2": "all"}}',
        '{"step": 5, "exam": {"bin 1": 0.5, "bin 2": 1.5}}',
    ],
)
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
