"""What it would cost to make the descendants of a model, where nobody asked for them."""

from __future__ import annotations

from claimkit.models.checkpoint import Checkpoint
from claimkit.models.spec import ModelSpec
from claimkit.tasks.setting import plural
from claimkit.training.finetuning.cost import gpu_minutes


def not_run(spec: ModelSpec, preset: str = "small") -> str:
    """Return why claims about descendants of a model were not run, and what they would cost.

    Raises:
        ClaimkitError: If there is no such model.
    """
    minutes = gpu_minutes(Checkpoint.find(spec), preset)
    return f"not run: needs --finetune; about {plural(minutes, 'GPU minute')}"
