"""Fine-tuning to the end: resumable, refused where it cannot be, a checkpoint like any other."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, BloomConfig, MambaConfig

from claimkit.errors import InvalidInput, NotApplicable, Unsupported
from claimkit.models.bundled import bundled_models
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.spec import ModelSpec
from claimkit.training import vocabulary
from claimkit.training.finetuning.card import command
from claimkit.training.finetuning.course import FinetuneCourse
from claimkit.training.finetuning.examples import training_batch
from claimkit.training.finetuning.loading import load_base
from claimkit.training.finetuning.lora import merged, with_adapter
from claimkit.training.finetuning.presets import preset
from claimkit.training.finetuning.recipe import FinetuneRecipe
from claimkit.training.finetuning.running import finetune
from claimkit.training.loop import Trainer
from claimkit.training.runs import find_finetuned, finetuned_folder


def weights(folder):
    return AutoModelForCausalLM.from_pretrained(folder).state_dict()


@pytest.mark.parametrize("method", ["full", "lora"])
def test_a_descendant_is_a_whole_checkpoint(base, recipe, tmp_path, method):
    """Weights, tokenizer, recipe, log and card; nothing of the training's state is left."""
    one = recipe("UR", method=method)
    lines = []
    run = finetune(one, base, tmp_path / "run", lines.append)
    names = {path.name for path in run.folder.iterdir()}

    Checkpoint.find(ModelSpec(str(run.folder)))
    assert {"config.json", "model.safetensors", "recipe.json", "log.jsonl", "README.md"} < names
    assert not names & {"state.pt", "adapter_config.json", "adapter_model.safetensors"}
    assert len(AutoTokenizer.from_pretrained(run.folder)) == len(
        AutoTokenizer.from_pretrained(base.folder)
    )
    assert FinetuneRecipe.load(run.folder / "recipe.json") == one
    assert run.exams()[-1][0] == lines[-1]["step"] == 4
    command = f"claimkit finetune --model {base.folder} --task UR"
    assert command in (run.folder / "README.md").read_text()
    assert weights(run.folder).keys() == weights(base.folder).keys()


def test_a_resumed_run_gives_the_same_weights(base, recipe, tmp_path):
    """A kill at any step changes no bit of the descendant."""
    one = recipe("UL")
    whole = weights(finetune(one, base, tmp_path / "whole").folder)
    for stop in (1, 3):
        folder = tmp_path / str(stop)
        list(Trainer(FinetuneCourse(one, base), folder).run(until=stop))
        resumed = weights(finetune(one, base, folder).folder)

        assert all(torch.equal(resumed[name], weight) for name, weight in whole.items())


def test_a_finished_run_is_not_trained_again(base, recipe, tmp_path):
    """Nothing is logged, no byte of the weights changes."""
    one, lines = recipe("UR"), []
    finetune(one, base, tmp_path)
    before = (tmp_path / "model.safetensors").stat().st_mtime_ns
    finetune(one, base, tmp_path, lines.append)

    assert lines == []
    assert (tmp_path / "model.safetensors").stat().st_mtime_ns == before


def test_a_folder_of_another_recipe_is_refused(base, recipe, tmp_path):
    """Before and after the run is finished."""
    finetune(recipe("UR"), base, tmp_path)

    with pytest.raises(InvalidInput, match=r"holds a run of another recipe .*give another root"):
        finetune(recipe("UR", seed=2), base, tmp_path)


def test_a_task_that_the_base_cannot_do_leaves_no_folder(base, recipe, tmp_path):
    """An alphabet of 62 holds no source of 70."""
    with pytest.raises(NotApplicable, match="needs an alphabet of 70"):
        finetune(recipe("UF", lengths=(6, 70)), base, tmp_path / "run")

    assert not (tmp_path / "run").exists()


def test_descendants_are_found_by_their_base(base, recipe, tmp_path):
    """Where the layout of run folders says."""
    one = recipe("NF", seed=7)
    finetune(one, base, finetuned_folder(tmp_path, "tiny", "NF", 7))

    assert [run.recipe for run in find_finetuned(tmp_path, "tiny", "NF")] == [one]


def test_lora_moves_nothing_but_its_matrices(base, recipe, tmp_path):
    """And all of those move, or wait for the first step as their partners do."""
    course = FinetuneCourse(recipe("UR", method="lora"), base)
    start = {name: weight.clone() for name, weight in course.build().state_dict().items()}
    trainer = Trainer(course, tmp_path)
    list(trainer.run())
    moved = {n for n, w in trainer.model.state_dict().items() if not torch.equal(w, start[n])}

    assert moved == {name for name in start if "lora_" in name}


def test_merging_changes_no_answer(base, recipe, writing, tmp_path):
    """The merged weights answer as the model with its adapter beside them, and not as the base."""
    one = recipe("UR", method="lora")
    trainer = Trainer(FinetuneCourse(one, base), tmp_path)
    list(trainer.run())
    tokens = torch.from_numpy(training_batch(one, writing(one), 0).tokens)
    with torch.no_grad():
        beside = trainer.model.eval()(input_ids=tokens).logits
        inside = merged(trainer.model)(input_ids=tokens).logits
        before = load_base(base)(input_ids=tokens).logits

    torch.testing.assert_close(inside, beside)
    assert float((inside - before).abs().max()) > 0.1


def test_a_fresh_adapter_changes_nothing(base):
    """Training begins with the base."""
    tokens = torch.arange(10)[None]
    with torch.no_grad():
        plain = load_base(base)(input_ids=tokens).logits
        adapted = with_adapter(load_base(base), 4)(input_ids=tokens).logits

    assert torch.equal(plain, adapted)


def test_the_log_is_one_object_a_line(base, recipe, tmp_path):
    """With loss, speed, and at exams the accuracies."""
    run = finetune(recipe("UR"), base, tmp_path)
    lines = [json.loads(line) for line in (run.folder / "log.jsonl").read_text().splitlines()]

    assert [line["step"] for line in lines] == [2, 4]
    assert all(
        np.isfinite(line["loss"]) and set(line["exam"]) == {"bin 1", "bin 2"} for line in lines
    )


@pytest.mark.parametrize(
    "model, name, words",
    [
        ("/cache/snapshots/abc", "org/model@v1", "--model org/model --revision v1"),
        ("/cache/snapshots/abc", "org/model", "--model org/model"),
        ("/my models/m", "m", "--model '/my models/m'"),
        (str(bundled_models() / "absolute-born"), "absolute-born", "--model absolute-born"),
    ],
)
def test_the_command_of_a_card_names_the_base_as_it_is_found(base, recipe, model, name, words):
    """A revision has its own option; a path is whole, and one word."""
    other = replace(base, folder=Path(model), name=name)

    assert command(recipe("UR", seed=2), other) == (f"claimkit finetune {words} --task UR --seed 2")


@pytest.mark.parametrize("share", [0.0, 0.1])
def test_training_has_the_dropout_of_the_base(base, recipe, tmp_path, share):
    """And exams have none."""
    folder = shutil.copytree(base.folder, tmp_path / "base")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "resid_pdrop": share}))
    dropping = Checkpoint.find(ModelSpec(str(folder)))
    one = recipe("UR")
    trainer = Trainer(FinetuneCourse(one, dropping), tmp_path / "run")
    list(trainer.run())
    list(Trainer(FinetuneCourse(one, base), tmp_path / "plain").run())
    found, plain = (torch.load(tmp_path / n / "state.pt")["model"] for n in ("run", "plain"))
    alike = all(torch.equal(found[name], weight) for name, weight in plain.items())
    exams = [trainer.course.examine(trainer.model.eval()) for _ in range(2)]

    assert alike == (share == 0.0)
    assert exams[0] == exams[1]


@pytest.mark.parametrize(
    "config",
    [
        BloomConfig(vocab_size=len(vocabulary.ids()), hidden_size=16, n_layer=1, n_head=2),
        MambaConfig(vocab_size=len(vocabulary.ids()), hidden_size=16, num_hidden_layers=1),
    ],
    ids=["Bloom", "Mamba"],
)
def test_a_model_that_takes_no_mask_learns_one_question_a_row(config, recipe, tmp_path):
    """Several are refused in a sentence before the first step."""
    torch.manual_seed(0)
    AutoModelForCausalLM.from_config(config).save_pretrained(tmp_path / "base")
    vocabulary.save_tokenizer(tmp_path / "base", 128)
    base = Checkpoint.find(ModelSpec(str(tmp_path / "base")))
    made = preset("small", "UR", base, "f" * 64)
    one = recipe("UR", steps=2, questions=made.questions, offsets=made.offsets)
    run = finetune(one, base, tmp_path / "run")

    assert one.questions == 1
    assert len(run.exams()) == 1
    with pytest.raises(Unsupported, match=r"base \(.*\) cannot be told .* questions=8; take 1"):
        finetune(replace(one, questions=8), base, tmp_path / "other")
