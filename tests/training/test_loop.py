"""The training loop: resumable to the last bit, and what it minimizes."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from claimkit.errors import InvalidInput, ModelError
from claimkit.training.control_course import ControlCourse, build_model
from claimkit.training.course import Machinery
from claimkit.training.loop import Trainer, row_weights
from claimkit.training.meter import Meter
from claimkit.training.recipe import Recipe, Stage, shares
from claimkit.training.rows import Batch

TINY = Recipe(
    "tiny",
    shares(0.5),
    seed=5,
    stages=(Stage(4, 10, 64), Stage(2, 10, 96)),
    warmup=2,
    cooldown=2,
    layers=1,
    width=32,
    inner_width=32,
    autocast="float32",
    compile=False,
)


def weights(trainer):
    return {name: value.clone() for name, value in trainer.model.state_dict().items()}


def test_a_resumed_run_gives_the_same_weights(tmp_path):
    """Stopping after any step and going on changes no bit of the result."""
    whole = Trainer(ControlCourse(TINY), tmp_path / "whole")
    list(whole.run())
    for stop in (1, 4, 5):
        list(Trainer(ControlCourse(TINY), tmp_path / f"{stop}").run(until=stop))
        resumed = Trainer(ControlCourse(TINY), tmp_path / f"{stop}")
        list(resumed.run())

        assert resumed.step == TINY.steps
        assert all(torch.equal(weights(whole)[k], v) for k, v in weights(resumed).items())


def test_a_resumed_run_logs_every_step_once(tmp_path):
    """Steps that were logged but not saved, and are taken again, leave one line."""
    list(Trainer(ControlCourse(TINY), tmp_path).run(until=4))
    log = tmp_path / "log.jsonl"
    log.write_text(log.read_text() + '{"step": 5, "loss": 9.9}\n')
    list(Trainer(ControlCourse(TINY), tmp_path).run())
    steps = [json.loads(line)["step"] for line in log.read_text().splitlines()]

    assert steps == [4, 6]


def test_training_changes_every_weight(tmp_path):
    """No parameter is left out of the optimizers."""
    before = build_model(TINY).state_dict()
    trainer = Trainer(ControlCourse(TINY), tmp_path)
    list(trainer.run())

    assert all(not torch.equal(before[name], value) for name, value in weights(trainer).items())


def test_a_task_is_learned(tmp_path):
    """The loss falls by what knowing the place of the end mark is worth, at least."""
    recipe = replace(TINY, shares={"UF": 1.0}, stages=(Stage(150, 16, 64),), warmup=5, cooldown=10)
    lines = list(Trainer(ControlCourse(recipe), tmp_path).run())

    assert lines[-1]["loss"] < lines[0]["loss"] - 0.3


def test_the_learning_rate_goes_up_stays_and_goes_down():
    """The level stretch depends neither on the warm-up's nor on the run's end."""
    recipe = replace(TINY, stages=(Stage(100, 1, 1),), warmup=10, cooldown=20)
    rates = [ControlCourse(recipe).share(step, None) for step in range(100)]

    assert rates[0] == pytest.approx(0.1)
    assert set(rates[9:81]) == {1.0}
    assert np.all(np.diff(rates[81:]) < 0)
    assert rates[-1] == pytest.approx(0.05)


def test_muon_takes_the_matrices_and_adamw_the_rest():
    """Embeddings and norms are trained by AdamW, the matrices of the layers by Muon."""
    model = build_model(TINY)
    adamw, muon = ControlCourse(TINY).optimizers(model)
    sizes = [{p.ndim for group in o.param_groups for p in group["params"]} for o in (adamw, muon)]
    trained = sum(len(g["params"]) for o in (adamw, muon) for g in o.param_groups)

    assert sizes == [{1, 2}, {2}]
    assert trained == len(list(model.parameters()))


def test_rows_weigh_as_the_root_of_their_answers():
    """A row with four times the answers weighs twice as much in all, not four times."""
    learned = np.zeros((2, 10), bool)
    learned[0, 1:9] = True
    learned[1, 1:3] = True
    found = row_weights(Batch(np.zeros((2, 10), np.int64), learned))

    assert float(found[:8].sum()) == pytest.approx(2 * float(found[8:].sum()))


@pytest.mark.parametrize("change", [{"optimizer": "sgd"}, {"autocast": "float16"}])
def test_words_that_nobody_knows_are_refused(change):
    """Else AdamW and float32 would be taken, unsaid."""
    [(name, value)] = change.items()

    with pytest.raises(InvalidInput, match=f"{name} is '.*' or '.*', got '{value}'"):
        replace(TINY, **change)


def test_a_machine_knows_its_number_formats():
    """Whichever recipe it computes."""
    with pytest.raises(InvalidInput, match="autocast is 'float32' or 'bfloat16', got 'float16'"):
        Machinery(autocast="float16")


def test_weights_that_are_no_numbers_stop_the_training(tmp_path):
    """The sentence says what, where and after how many steps."""
    trainer = Trainer(ControlCourse(TINY), tmp_path)
    with torch.no_grad():
        next(trainer.model.parameters()).fill_(torch.nan)

    with pytest.raises(ModelError, match=r"the loss of .* is nan at step 1; lower the learning"):
        list(trainer.run())


def test_a_gradient_that_is_no_number_stops_the_training(tmp_path):
    """Before any weight is moved by it."""
    trainer = Trainer(ControlCourse(TINY), tmp_path)
    weight = next(trainer.model.parameters())
    weight.register_hook(lambda gradient: torch.full_like(gradient, torch.inf))

    with pytest.raises(ModelError, match=r"the gradient's norm of .* is (inf|nan) at step 1;"):
        list(trainer.run())

    assert weight.isfinite().all()


def test_a_state_of_another_machine_is_taken_up(tmp_path):
    """What a GPU's random numbers were is of no use to a CPU."""
    list(Trainer(ControlCourse(TINY), tmp_path).run(until=2))
    state = torch.load(tmp_path / "state.pt", weights_only=True)
    torch.save(
        {**state, "random_on_gpu": [torch.zeros(16, dtype=torch.uint8)]}, tmp_path / "state.pt"
    )
    resumed = Trainer(ControlCourse(TINY), tmp_path)

    assert state["random_on_gpu"] == []
    assert resumed.step == 2


def test_an_exam_is_no_training_time():
    """Speed is that of the steps."""
    batch = ControlCourse(TINY).batch(0)
    meter = Meter()
    time.sleep(0.05)
    meter.add(batch, 1.0, np.ones(int(batch.learned[:, 1:].sum()), bool))
    time.sleep(0.5)

    assert meter.line(1, {})["examples_per_second"] > batch.examples / 0.5
