"""Fine-tuning to the end: resumable, refused where it cannot be, a checkpoint like any other."""

import json

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from claimkit.errors import InvalidInput, NotApplicable
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.spec import ModelSpec
from claimkit.training.finetuning.course import FinetuneCourse
from claimkit.training.finetuning.examples import training_batch
from claimkit.training.finetuning.loading import load_base
from claimkit.training.finetuning.lora import merged, with_adapter
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
    assert "claimkit finetune --model tiny --task UR" in (run.folder / "README.md").read_text()
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
