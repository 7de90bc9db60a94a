"""``claimkit train`` trains several models one after the other, and says what they can do."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from tests.training.scratch.test_running import quick

import claimkit
from claimkit.cli.main import main, parser
from claimkit.cli.train import recipes_of
from claimkit.models.bundled import bundled_models
from claimkit.training.runs import find_scratch


def recipes(*arguments):
    return recipes_of(parser().parse_args(["train", *arguments]))


def written(folder, recipe):
    path = folder / "given.json"
    path.write_text(json.dumps(recipe.as_dict()))
    return str(path)


@pytest.mark.parametrize(
    "arguments, names",
    [
        (["UR"], ["UR-gpt2-small-1"]),
        (["UR", "--seed", "4"], ["UR-gpt2-small-4"]),
        (["UR", "UL", "UR", "--seeds", "2", "--arch", "llama", "--preset", "paper"],
         ["UR-llama-paper-1", "UR-llama-paper-2", "UL-llama-paper-1", "UL-llama-paper-2"]),
        (["NB", "--layers", "3"], ["NB-gpt2-custom-1"]),
    ],
)  # fmt: skip
def test_tasks_and_seeds_are_trained_in_turn(arguments, names):
    """Each task with each seed; a changed number makes the preset a custom one."""
    assert [recipe.name for recipe in recipes(*arguments)] == names


def test_all_tasks_are_the_ten_of_the_paper():
    assert len({recipe.task for recipe in recipes("--all")}) == 10


def test_numbers_of_a_preset_can_be_changed():
    """Every option reaches its place in the recipe."""
    options = ["--layers", "3", "--heads", "2", "--width", "32"]
    (found,) = recipes("UR", *options, "--steps", "7", "--batch", "5", "--lr", "0.5")

    assert (found.sizes.layers, found.sizes.heads, found.sizes.width) == (3, 2, 32)
    learning = found.learning
    assert (learning.steps, learning.batch, learning.learning_rate) == (7, 5, 0.5)


@pytest.mark.parametrize(
    "arguments, says",
    [
        ([], "name a task to train, or give --all: UR, UL, NRFirst"),
        (["UR", "--all"], "--all trains every task; leave out UR"),
        (["URR"], "no task 'URR'; did you mean 'UR'?"),
        (["UR", "--preset", "smal"], "no preset 'smal'; did you mean 'small'?"),
        (["UR", "--seeds", "0"], "--seeds is a number of runs, at least 1, got 0"),
        (["UR", "--seed", "-1"], "--seed is a number of at least 0, got -1"),
        (["UR", "--threads", "0"], "--threads is a number of at least 1, got 0"),
        (["UR", "--lr", "nan"], "--lr is a learning rate above 0, got nan"),
        (["UR", "--steps", "0"], "--steps is a number of at least 1, got 0"),
        (["UR", "--heads", "5"], "shared by its heads, got 64 for 5"),
        (["UR", "--recipe", "r.json"], "--recipe says all that is trained; leave out UR"),
        (["--recipe", "none.json"], "claimkit: there is no none.json, which"),
    ],
)
def test_what_cannot_be_trained_is_one_sentence(arguments, says, capsys, tmp_path, monkeypatch):
    """Nothing is trained, and no folder is made."""
    monkeypatch.chdir(tmp_path)
    status = main(["train", *arguments])

    err = capsys.readouterr().err
    assert status == 2
    assert err.startswith("claimkit: ")
    assert err.count("\n") == 1
    assert says in err
    assert list(tmp_path.iterdir()) == []


def test_a_model_is_trained_once(tmp_path, capsys):
    """The second time it is said so; the result stands on standard output both times."""
    arguments = ["train", "--recipe", written(tmp_path, quick()), "--runs", str(tmp_path / "runs")]
    statuses = [main(arguments)]
    first = capsys.readouterr()
    statuses.append(main(arguments))
    second = capsys.readouterr()
    (run,) = find_scratch(tmp_path / "runs", "small", "UR", "gpt2")

    assert statuses == [0, 0]
    assert "UR-gpt2-small-1: step 40 of at most 40, loss " in first.err
    assert first.out.startswith("UR-gpt2-small-1 did not learn lengths 6–9 in 40 steps; whole ")
    assert first.out.endswith(f"; {run.folder}\n")
    assert second.out == first.out
    assert second.err == f"claimkit: UR-gpt2-small-1 is trained already, in {run.folder}\n"
    assert (run.folder / "curves.svg").stat().st_size < 30_000


def test_a_folder_of_another_recipe_is_refused_before_anything_is_trained(tmp_path, capsys):
    """Else a long training would come before the refusal."""
    folder = tmp_path / "runs/scratch/small/gpt2/UR/2"
    folder.mkdir(parents=True)
    (folder / "recipe.json").write_text(json.dumps(replace(quick(), seed=2).as_dict()))

    status = main(["train", "UR", "--seeds", "2", "--runs", str(tmp_path / "runs")])

    err = capsys.readouterr().err
    assert status == 2
    assert f"{folder} holds a run of another recipe" in err
    assert not (folder.parent / "1").exists()


def test_a_device_that_is_not_there_is_one_sentence(tmp_path, capsys):
    """Only where there is none."""
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    status = main(["train", "UR", "--device", "cuda", "--runs", str(tmp_path)])

    assert status == 2
    assert "no device 'cuda' here; devices: auto, cpu" in capsys.readouterr().err


def test_a_root_that_is_a_file_is_one_sentence(tmp_path, capsys):
    """It is said before a step is taken."""
    root = tmp_path / "runs"
    root.write_text("mine")

    status = main(["train", "--recipe", written(tmp_path, quick()), "--runs", str(root)])

    err = capsys.readouterr().err
    assert status == 2
    assert err.startswith(f"claimkit: cannot write {root}/scratch")
    assert err.count("\n") == 1


def test_a_run_without_a_log_is_trained(tmp_path, capsys):
    """Somebody took the log away; what it would say is not made up."""
    recipe = quick(steps=2)
    arguments = ["train", "--recipe", written(tmp_path, recipe), "--runs", str(tmp_path / "runs")]
    main(arguments)
    (run,) = find_scratch(tmp_path / "runs", "small", "UR", "gpt2")
    (run.folder / "log.jsonl").unlink()
    capsys.readouterr()

    assert main(arguments) == 0
    assert capsys.readouterr().out == f"UR-gpt2-small-1 is trained, but has no log; {run.folder}\n"


def test_auto_is_a_device(tmp_path, capsys):
    """As it is for fine-tuning and in runs of pytest: a GPU where there is one."""
    recipe = written(tmp_path, quick(steps=2))

    assert main(["train", "--recipe", recipe, "--runs", str(tmp_path), "--device", "auto"]) == 0


def test_a_controls_recipe_is_told_to_be_another(capsys):
    """It says no kind."""
    path = bundled_models() / "forward-born" / "recipe.json"

    status = main(["train", "--recipe", str(path)])

    says = "a recipe of kind 'from-scratch' is needed, got kind None"
    assert (status, capsys.readouterr().err) == (2, f"claimkit: {path}: {says}\n")


def test_ctrl_c_keeps_what_was_trained(tmp_path):
    """It is said where, and the exit status is that of an interrupted command."""
    recipe = quick(steps=100_000, exam_every=50, cooldown=0)
    runs = tmp_path / "runs"
    log = runs / "scratch/small/gpt2/UR/1/log.jsonl"
    command = [sys.executable, "-m", "claimkit.cli.main", "train"]
    environment = {**os.environ, "PYTHONPATH": str(Path(claimkit.__file__).parents[1])}
    with subprocess.Popen(
        [*command, "--recipe", written(tmp_path, recipe), "--runs", str(runs)],
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        while process.poll() is None and not (log.exists() and log.read_text()):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        err = process.communicate()[1]

    told = "nothing of UR-gpt2-small-1 is kept yet; the same command begins anew"
    if (log.parent / "state.pt").exists():
        told = (
            f"what was trained of UR-gpt2-small-1 is kept in {log.parent}; the same command goes on"
        )
    assert process.returncode == 130
    assert err.splitlines()[-2:] == [
        f"claimkit: {told}",
        "claimkit: train was interrupted",
    ]
