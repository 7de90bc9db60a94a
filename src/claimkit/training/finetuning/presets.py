"""Presets: the published settings, and smaller ones that a few minutes suffice for.

``paper``: GPT-2 1.5B as published, on lengths up to 100.

``small`` is made for models of some layers and a few hundred dimensions, such as the bundled one,
on lengths up to 30. It differs where that makes minutes of hours: examples are always new, many
questions about a context are asked at once where the model takes them, Muon moves the matrices, and
the learning rate goes down once the training lengths are mastered.

LoRA, which is not in the paper, takes AdamW and ten times the learning rate in either of them.

Source: arXiv:2505.21785, §4.3. Published are 45–100 k examples; ``paper`` takes 50,000.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, Final

from claimkit.errors import InvalidInput
from claimkit.models.checkpoint import Checkpoint
from claimkit.tasks import Copying, task_named
from claimkit.training.finetuning.recipe import FinetuneRecipe, Method
from claimkit.training.scratch.presets import HARD, TASKS
from claimkit.training.scratch.recipe import Learning

_ABSOLUTE: Final = ("gpt2", "gpt_bigcode", "gpt_neo", "openai-gpt", "opt")
"""Model types of transformers with learned absolute positions."""

_ALONE: Final = (
    "bloom",
    "falcon_mamba",
    "gpt_neo",
    "mamba",
    "mamba2",
    "mpt",
    "recurrent_gemma",
    "rwkv",
    "xlstm",
)
"""Model types that cannot be told which tokens of a row see which, or where a token stands."""

_EXAMPLES: Final = 50_000


def preset(
    name: str,
    task: str,
    base: Checkpoint,
    fingerprint: str,
    *,
    seed: int = 1,
    method: Method = "full",
) -> FinetuneRecipe:
    """Return the recipe of one task, with the settings of a preset.

    Args:
        name: One of :data:`PRESETS`.
        task: One of the ten.
        base: The pretrained model.
        fingerprint: Its own, :meth:`claimkit.models.checkpoint.Checkpoint.fingerprint`.
        seed: Of the strings.
        method: Which weights move.

    Raises:
        InvalidInput: If there is no such preset, or the paper fine-tunes on no such task.
    """
    if name not in PRESETS:
        near = get_close_matches(name, PRESETS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ";"
        raise InvalidInput(f"no preset {name!r}{hint} presets: {', '.join(PRESETS)}")
    if task not in TASKS:
        task_named(task)
        raise InvalidInput(f"{task} is none of the tasks of fine-tuning: {', '.join(TASKS)}")
    settings = PRESETS[name](task)
    if not takes_rows_of_questions(base.config):
        settings["questions"] = 1
    if method == "lora":
        settings["learning"] = _for_lora(settings["learning"])
    return FinetuneRecipe(
        task=task,
        base=base.name,
        fingerprint=fingerprint,
        seed=seed,
        preset=name,
        method=method,
        offsets=base.config.get("model_type") in _ABSOLUTE,
        **settings,
    )


def takes_rows_of_questions(config: Mapping[str, Any]) -> bool:
    """Whether a model takes several questions in a row, each of which sees the context and itself.

    States and biases that follow from distances in the row (ALiBi) mix them up.
    """
    return config.get("model_type") not in _ALONE and not config.get("alibi")


def _for_lora(learning: Learning) -> Learning:
    """Return how an adapter learns: by AdamW alone, at a rate that suits its fresh matrices."""
    return replace(learning, optimizer="adamw", learning_rate=10 * learning.learning_rate)


def _paper(task: str) -> dict[str, Any]:
    epochs = 30 if task in ("UR", "UL") else 15
    steps = epochs * (_EXAMPLES // 64)
    return {
        "learning": Learning(1e-5, steps=steps, warmup=int(0.15 * steps), decay=True),
        "lengths": (6, 100),
        "pool": 10,
        "examples": _EXAMPLES,
        "stops": False,
        "autocast": "bfloat16",
    }


def _small(task: str) -> dict[str, Any]:
    copies = isinstance(task_named(task), Copying)
    return {
        "learning": Learning(
            2e-3,
            optimizer="muon",
            matrix_learning_rate=0.01,
            batch=64 if copies else 32,
            # These take longest to learn the training lengths.
            steps=2_400 if task in HARD else 1_200,
            warmup=25,
            cooldown=200,
            exam_every=50,
            passing=0.99,
        ),
        "lengths": (6, 30),
        "pool": 5,
        "questions": 1 if copies else 8,
    }


PRESETS: Final[dict[str, Callable[[str], dict[str, Any]]]] = {"small": _small, "paper": _paper}
