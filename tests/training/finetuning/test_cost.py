"""The expected cost follows from sizes alone."""

import pytest
from transformers import AutoModelForCausalLM

from claimkit.training.finetuning import cost
from claimkit.training.finetuning.cost import gpu_minutes, parameters


def test_parameters_are_counted_from_the_headers(base):
    """As many as transformers loads; the tied head is stored once."""
    model = AutoModelForCausalLM.from_pretrained(base.folder)

    assert parameters(base) == model.num_parameters()


def test_a_small_model_takes_what_its_steps_take(base):
    """Six tasks of at most 1,200 steps and four of 2,400, of 20 ms each, are 336 seconds."""
    assert gpu_minutes(base) == gpu_minutes(base, method="lora") == 6


@pytest.mark.parametrize("method, share", [("full", 1.0), ("lora", 2 / 3)])
def test_a_large_model_takes_as_many_operations_as_parameters(base, monkeypatch, method, share):
    """At 1.5 billion: 6 operations for each parameter and token, or 4."""
    monkeypatch.setattr(cost, "parameters", lambda checkpoint: 1_500_000_000)
    # UR and UL twice as long as the other four retrieval tasks; rows of 100 + 5 tokens. Four
    # copying tasks; rows of 2 × 50 + 3 tokens.
    steps = 781 * 15
    tokens = 64 * ((2 * 2 + 4) * steps * 105 + 4 * steps * 103)

    found = gpu_minutes(base, "paper", method)

    assert found == pytest.approx(share * 6 * 1.5e9 * tokens / 1e14 / 60, abs=1)
