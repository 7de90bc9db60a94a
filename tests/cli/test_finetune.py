"""``claimkit finetune`` trains descendants of a model, and says in a sentence why it cannot."""

import json

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from claimkit.cli import finetune as command
from claimkit.cli.main import main
from claimkit.training import vocabulary
from claimkit.training.course import Machinery
from claimkit.training.finetuning import presets
from claimkit.training.finetuning.course import FinetuneCourse
from claimkit.training.finetuning.recipe import FinetuneRecipe
from claimkit.training.loop import Trainer
from claimkit.training.scratch.recipe import Learning


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A model of random weights in a folder called small-one."""
    folder = tmp_path_factory.mktemp("bases") / "small-one"
    torch.manual_seed(0)
    size = len(vocabulary.ids())
    config = GPT2Config(vocab_size=size, n_embd=16, n_layer=1, n_head=2, n_positions=64)
    GPT2LMHeadModel(config).save_pretrained(folder)
    vocabulary.save_tokenizer(folder, 64)
    return folder


@pytest.fixture
def quick(monkeypatch):
    """Make a preset of four steps."""
    learning = Learning(1e-3, batch=4, steps=4, warmup=1, cooldown=1, exam_every=2)
    settings = {"learning": learning, "lengths": (6, 10), "pool": 5}
    monkeypatch.setitem(presets.PRESETS, "quick", lambda task: dict(settings))


def run(base, runs, *more):
    return main(["finetune", "--model", str(base), "--runs", str(runs), *more])


def test_descendants_lie_by_base_task_and_seed(base, quick, tmp_path, capsys):
    """Two tasks, one after the other; each is told with its accuracies and its folder."""
    status = run(base, tmp_path, "--task", "UR", "--task", "NB", "--preset", "quick", "--seed", "3")

    folders = [tmp_path / "finetuned" / "small-one" / task / "3" for task in ("UR", "NB")]
    out = capsys.readouterr().out.splitlines()
    assert status == 0
    assert all((folder / "model.safetensors").exists() for folder in folders)
    assert [line.split("; ")[-1] for line in out] == [str(folder) for folder in folders]
    assert out[0].startswith("small-one-UR-quick-3: 4 steps; whole answers right: 0.")
    assert "at 6–10, " in out[0]
    assert " at 11–20; " in out[0]
    assert all((folder / "curves.svg").stat().st_size > 1_000 for folder in folders)


def test_lora_lies_apart(base, quick, tmp_path):
    """An adapted model does not take the place of a whole one."""
    assert run(base, tmp_path, "--task", "UL", "--preset", "quick", "--method", "lora") == 0

    folder = tmp_path / "finetuned" / "small-one-lora" / "UL" / "1"
    recipe = FinetuneRecipe.load(folder / "recipe.json")
    assert (recipe.method, recipe.base, recipe.learning.optimizer) == ("lora", "small-one", "adamw")


def test_a_second_time_nothing_is_trained(base, quick, tmp_path, capsys):
    """The same sentence without a step."""
    told = []
    for _ in range(2):
        assert run(base, tmp_path, "--task", "UL", "--preset", "quick") == 0
        told.append(capsys.readouterr())

    assert told[0].out == told[1].out
    assert "step 4 of at most 4" in told[0].err
    assert told[1].err == ""


def test_a_descendant_without_a_log_is_trained(base, quick, tmp_path, capsys):
    """Somebody took the log away; what it would say is not made up."""
    run(base, tmp_path, "--task", "UL", "--preset", "quick")
    folder = tmp_path / "finetuned" / "small-one" / "UL" / "1"
    (folder / "log.jsonl").unlink()
    capsys.readouterr()

    assert run(base, tmp_path, "--task", "UL", "--preset", "quick") == 0
    assert capsys.readouterr().out.endswith(f" is trained, but has no log; {folder}\n")


def test_a_stopped_run_goes_on(base, quick, tmp_path):
    """The log has every step once, and the weights are those of a run that was not stopped."""
    options = ("--task", "UF", "--preset", "quick")
    run(base, tmp_path / "whole", *options)
    whole = tmp_path / "whole" / "finetuned" / "small-one" / "UF" / "1"
    part = tmp_path / "part" / "finetuned" / "small-one" / "UF" / "1"
    recipe = FinetuneRecipe.load(whole / "recipe.json")
    found = command.Checkpoint.find(command.ModelSpec(str(base)))
    list(Trainer(FinetuneCourse(recipe, found, Machinery(compile=False)), part).run(until=3))

    assert run(base, tmp_path / "part", *options) == 0
    files = [folder / "model.safetensors" for folder in (whole, part)]
    assert files[0].read_bytes() == files[1].read_bytes()
    logs = [(folder / "log.jsonl").read_text().splitlines() for folder in (whole, part)]
    assert json.loads(logs[1][-1])["exam"] == json.loads(logs[0][-1])["exam"]


def test_one_process_of_accelerate_trains_the_same_recipe(base, quick, tmp_path):
    """Launched or not, the folder is that of the recipe."""
    options = ("--task", "UR", "--preset", "quick")
    assert run(base, tmp_path, *options, "--accelerate") == 0
    assert run(base, tmp_path, *options) == 0


@pytest.mark.parametrize(
    "more, said",
    [
        ([], "name a task with --task, or give --all: UR, UL"),
        (["--task", "UX"], "no task 'UX'"),
        (["--task", "UR", "--all"], "--all trains every task; leave out --task UR"),
        (["--task", "UR", "--preset", "smal"], "no preset 'smal'; did you mean 'small'"),
        (["--task", "UR", "--seed", "-1"], "--seed is a number of at least 0, got -1"),
        (["--task", "UR", "--threads", "0"], "--threads is a number of at least 1, got 0"),
        (["--task", "UR", "--device", "cuda:9"], "no device 'cuda:9' here"),
        (["--task", "UF", "--preset", "paper"], "needs an alphabet of 100, this tokenizer has 62"),
        (["--task", "UR", "--preset", "paper"], "window too short: UR at length 200 takes 205"),
    ],
)
def test_what_cannot_be_is_one_sentence(base, tmp_path, capsys, more, said):
    """And leaves no folder."""
    status = run(base, tmp_path / "runs", *more)

    err = capsys.readouterr().err
    assert status == 2
    assert err.startswith("claimkit: ")
    assert said in err
    assert err.count("\n") == 1
    assert not (tmp_path / "runs").exists()


def test_a_folder_of_another_recipe_is_one_sentence(base, quick, tmp_path, capsys, monkeypatch):
    """It is refused before anything is trained."""
    run(base, tmp_path, "--task", "UR", "--preset", "quick")
    capsys.readouterr()
    status = run(base, tmp_path, "--task", "UL", "--task", "UR", "--preset", "small")

    assert status == 2
    assert "holds a run of another recipe (small-one-UR-quick-1)" in capsys.readouterr().err
    assert not (tmp_path / "finetuned" / "small-one" / "UL").exists()
