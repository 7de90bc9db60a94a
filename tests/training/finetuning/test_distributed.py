"""Spread over processes a descendant is the same; here there is one, and a launched two."""

import subprocess
import sys

import pytest
from transformers import AutoModelForCausalLM

from claimkit.errors import InvalidInput, ModelError
from claimkit.training.finetuning.distributed import STATE, Spread, finetune_spread
from claimkit.training.finetuning.running import course_of, finetune


def weights(folder):
    return AutoModelForCausalLM.from_pretrained(folder).state_dict()


def apart(one, other):
    """Return how far two models' weights are apart, as the root of the sum of squares."""
    one, other = weights(one), weights(other)
    return float(sum((one[name] - other[name]).square().sum() for name in one)) ** 0.5


def require_alike(found, wanted, base):
    """Float noise grows where gradients are near 0, but stays far below what training moved."""
    assert apart(found, wanted) < 0.01 * apart(wanted, base.folder)


def silent(line):
    pass


@pytest.mark.parametrize("method", ["full", "lora"])
def test_one_process_trains_what_the_loop_trains(base, recipe, tmp_path, method):
    """Same batches, same steps, same exams; the sums are taken in another order."""
    one = recipe("UL", method=method)
    wanted = finetune(one, base, tmp_path / "loop")
    finetune_spread(course_of(one, base), tmp_path / "spread", silent)
    names = {path.name for path in (tmp_path / "spread").iterdir()}

    require_alike(tmp_path / "spread", wanted.folder, base)
    assert not any(name.startswith("accelerate") for name in names)


def test_it_goes_on_where_it_stopped(base, recipe, tmp_path):
    """After a kill the state that was last said to hold is taken up again."""
    one = recipe("UF")
    whole, part = tmp_path / "whole", tmp_path / "part"
    finetune_spread(course_of(one, base), whole, silent)
    part.mkdir()
    list(Spread(course_of(one, base), part).run(until=2))
    (part / "accelerate-3").mkdir()  # killed while it wrote the next one
    assert (part / STATE).exists()
    lines = []
    finetune_spread(course_of(one, base), part, lines.append)

    assert [line["step"] for line in lines] == [4]
    require_alike(part, whole, base)


def test_a_batch_is_shared_equally_or_not_at_all(base, recipe, tmp_path, monkeypatch):
    """Three processes would learn from 8 strings unequally."""
    from accelerate import Accelerator

    monkeypatch.setattr(Accelerator, "num_processes", 3)

    with pytest.raises(InvalidInput, match="8 strings of a step cannot be shared by 3 processes"):
        Spread(course_of(recipe("UR"), base), tmp_path)


def test_a_kill_before_the_tidying_leaves_nothing_for_good(base, recipe, tmp_path):
    """Asked for again, a finished run drops what accelerate kept of it."""
    one = recipe("UL")
    finetune_spread(course_of(one, base), tmp_path, silent)
    (tmp_path / "accelerate-4").mkdir()
    (tmp_path / "accelerate-4" / "random_states_0.pkl").touch()
    (tmp_path / STATE).write_text("{}")
    finetune_spread(course_of(one, base), tmp_path, silent)

    assert not list(tmp_path.glob("accelerate*"))


def test_a_damaged_state_is_one_sentence(base, recipe, tmp_path):
    """Whichever of its files was cut short."""
    one = recipe("UL")
    list(Spread(course_of(one, base), tmp_path).run(until=2))
    (tmp_path / "accelerate-2" / "model.safetensors").write_bytes(b"")

    with pytest.raises(ModelError, match=r"accelerate.json is damaged: .*; remove it, and the tra"):
        Spread(course_of(one, base), tmp_path)


def test_speed_counts_what_a_process_did(base, recipe, tmp_path, monkeypatch):
    """Of two processes each has half of the questions, as it has half of the tokens."""
    spread = Spread(course_of(recipe("UR"), base), tmp_path)
    whole = spread.course.batch(0)
    parts = []
    for place in (0, 1):
        monkeypatch.setattr(type(spread.accelerator), "num_processes", 2)
        monkeypatch.setattr(type(spread.accelerator), "process_index", place)
        parts.append(spread._mine(whole))

    assert sum(part.examples for part in parts) == whole.examples
    assert all(0 < part.examples < whole.examples for part in parts)


def test_two_processes_train_what_one_trains(base, tmp_path):
    """Launched by accelerate on two processes of the CPU."""
    command = [
        *(sys.executable, "-m", "accelerate.commands.launch", "--cpu", "--num_processes", "2"),
        *("--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no"),
        *("--main_process_port", "0", "-m", "tests.training.finetuning.spread", str(base.folder)),
        str(tmp_path / "two"),
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    from tests.training.finetuning.spread import recipe_of

    one = finetune(recipe_of(base), base, tmp_path / "one")

    require_alike(tmp_path / "two", one.folder, base)
