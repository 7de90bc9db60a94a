"""What fine-tuning a model on all ten tasks takes, told from the files' headers alone.

A training step takes about 6 floating-point operations per parameter and token: 2 on the way
forward, 4 back; LoRA spares the gradients of the weights that stay, a third of it. A GPU for
training keeps up about 10¹⁴ of them a second in bfloat16, a third of an A100's peak, and takes at
least 20 ms for a step, however small.
"""

from __future__ import annotations

import math
from typing import Final

from claimkit.models.checkpoint import Checkpoint
from claimkit.models.layout import weight_files
from claimkit.models.weights import read_header
from claimkit.training.finetuning.presets import preset
from claimkit.training.finetuning.recipe import FinetuneRecipe, Method
from claimkit.training.scratch.presets import TASKS

SPEED: Final = 1e14
"""Floating-point operations a second."""

_STEP: Final = 0.02
_OPERATIONS: Final = {"full": 6, "lora": 4}


def parameters(checkpoint: Checkpoint) -> int:
    """Return how many numbers the checkpoint's weights are.

    Raises:
        ModelError: If a file of weights is missing, cut short or malformed.
    """
    return sum(
        tensor.size for path in weight_files(checkpoint.folder) for tensor in read_header(path)[1]
    )


def gpu_minutes(checkpoint: Checkpoint, name: str = "small", method: Method = "full") -> int:
    """Return about how many minutes one GPU takes for all ten tasks, at most; at least 1.

    Args:
        checkpoint: The model to fine-tune.
        name: Of the preset.
        method: Which weights move.

    Raises:
        InvalidInput: If there is no such preset.
        ModelError: If a file of weights is missing, cut short or malformed.
    """
    many = parameters(checkpoint)
    seconds = 0.0
    for task in TASKS:
        recipe = preset(name, task, checkpoint, "", method=method)
        work = _OPERATIONS[method] * many * _tokens(recipe) / SPEED
        seconds += recipe.learning.steps * max(_STEP, work)
    return max(1, math.ceil(seconds / 60))


def _tokens(recipe: FinetuneRecipe) -> int:
    """Return the tokens of a step, where every symbol and mark is one token."""
    _, longest = recipe.strings_of(1)
    # Beside the symbols: what stands in front, and two marks.
    row = 2 * longest + 3 if recipe.copies else longest + 1 + 4 * recipe.questions
    return recipe.learning.batch * row
