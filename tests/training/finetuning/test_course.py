"""A course: what its learning rate does, when it ends, and that it learns."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from claimkit.errors import Unsupported
from claimkit.training.finetuning.course import FinetuneCourse
from claimkit.training.finetuning.loading import load_base
from claimkit.training.loop import Trainer


@pytest.fixture
def course(base, recipe):
    return lambda task, **changes: FinetuneCourse(recipe(task, **changes), base)


def test_the_published_rate_goes_up_and_down_in_straight_lines(course, base, recipe):
    """Warm-up, then linear decay to nothing at the last step."""
    learning = replace(recipe("UR").learning, decay=True, steps=100, warmup=20)
    rates = [course("UR", learning=learning).share(step, None) for step in range(100)]

    assert rates[:20] == pytest.approx([(i + 1) / 20 for i in range(20)])
    assert rates[20:] == pytest.approx([(100 - i) / 80 for i in range(20, 100)])


def test_a_passed_exam_lets_the_rate_go_down(course, recipe):
    """Level until then; the run ends where the rate does."""
    learning = replace(recipe("UR").learning, steps=100, warmup=4, cooldown=10)
    one = course("UR", learning=learning)

    assert [one.share(s, None) for s in range(4, 90)] == [1.0] * 86
    assert one.last_step(50) == 60
    assert [one.share(s, 50) for s in range(50, 60)] == pytest.approx(
        [(60 - s) / 10 for s in range(50, 60)]
    )


def test_only_a_recipe_that_stops_passes(course):
    """The published setting trains all of its epochs."""
    assert course("UR").passes({"bin 1": 1.0, "bin 2": 0.0})
    assert not course("UR").passes({"bin 1": 0.5, "bin 2": 1.0})
    assert not course("UR", stops=False).passes({"bin 1": 1.0, "bin 2": 1.0})


def test_training_begins_with_the_base(course, base):
    """Before any step all weights are the base's."""
    found, start = course("UR").build().state_dict(), load_base(base).state_dict()

    assert all(torch.equal(found[name], weight) for name, weight in start.items())


def test_the_task_is_learned(course, recipe, tmp_path):
    """A few steps on the shortest strings make the loss fall well below that of a guess."""
    learning = replace(recipe("UF").learning, steps=120, batch=32, cooldown=20, exam_every=60)
    one = course("UF", learning=learning, lengths=(6, 6))
    lines = list(Trainer(one, tmp_path).run())

    assert lines[-1]["loss"] < 0.75 * np.log(62)
    assert set(lines[-1]["exam"]) == {"bin 1", "bin 2"}


def test_a_quantized_base_is_refused(base):
    """Its weights cannot move."""
    config = {**base.config, "quantization_config": {"quant_method": "bitsandbytes"}}

    with pytest.raises(Unsupported, match="tiny has quantized weights and cannot be fine-tuned"):
        load_base(replace(base, config=config))
