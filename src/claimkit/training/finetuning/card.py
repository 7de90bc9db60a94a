"""The model card of a fine-tuned model."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Final

from claimkit.models.bundled import is_bundled
from claimkit.models.checkpoint import Checkpoint
from claimkit.training.finetuning.recipe import FinetuneRecipe
from claimkit.training.roots import place_of

_CARD: Final = """\
---
library_name: transformers
tags: [claimkit, length-generalization]
---

# {name}

{base}, fine-tuned on one task, {task}, to see whether it then solves it on strings longer than
those of its training. It is of no other use.

{parameters:,} parameters, {moved}. It was trained on {what} of {shortest} to {longest} symbols,
with seed {seed}, for {steps:,} of at most {most:,} steps of {batch} strings.

{exam}

Rebuild it with

    {command}

`recipe.json` holds everything that decides the result, `log.jsonl` what training printed. Sums of
floating-point numbers come out a little different on another processor.
"""

_EXAM: Final = """\
| lengths | {lengths} |
|---|{rules}|
| whole answers right | {shares} |

This is what the last exam of the training found, after {step:,} steps, on a few hundred strings of
each bin. Claims ask the model again."""


def card(
    recipe: FinetuneRecipe,
    parameters: int,
    steps: int,
    exam: tuple[int, Mapping[str, float]] | None,
    base: Checkpoint,
) -> str:
    """Return the card.

    Args:
        recipe: What was trained.
        parameters: How many the model has.
        steps: Optimizer steps that were taken.
        exam: The last one: after how many steps, and its accuracies by bin; None if there was none.
        base: What it began with.
    """
    shortest, longest = recipe.lengths
    lora = f"moved by LoRA of rank {recipe.rank}, which was then merged into them"
    return _CARD.format(
        name=recipe.name,
        base=recipe.base,
        task=recipe.task,
        parameters=parameters,
        moved=lora if recipe.method == "lora" else "all of which were free to move",
        what="sources and answers of together" if recipe.copies else "contexts",
        shortest=shortest,
        longest=longest,
        seed=recipe.seed,
        steps=steps,
        most=recipe.learning.steps,
        batch=recipe.learning.batch,
        exam="No exam was taken." if exam is None else _table(recipe, *exam),
        command=command(recipe, base),
    )


def command(recipe: FinetuneRecipe, base: Checkpoint) -> str:
    """Return the command line that trains a recipe of a preset.

    Args:
        recipe: What is trained.
        base: The pretrained model, a folder or of the hub.
    """
    words = ["claimkit", "finetune", *_model(base), "--task", recipe.task]
    given = {"preset": recipe.preset, "method": recipe.method, "seed": str(recipe.seed)}
    usual = {"preset": "small", "method": "full", "seed": "1"}
    for name, value in given.items():
        if value != usual[name]:
            words += [f"--{name}", value]
    return shlex.join(words)


def _model(base: Checkpoint) -> list[str]:
    """Return the options that name a base: a bundled one's name, a path, or id and revision."""
    if base.folder.name == base.name:
        return ["--model", base.name if is_bundled(str(base.folder)) else place_of(base.folder)]
    model, _, revision = base.name.partition("@")
    return ["--model", model, *(["--revision", revision] if revision else [])]


def _table(recipe: FinetuneRecipe, step: int, found: Mapping[str, float]) -> str:
    return _EXAM.format(
        lengths=" | ".join(f"{low}–{high}" for low, high in recipe.bins),
        rules="|".join("---" for _ in recipe.bins),
        shares=" | ".join(f"{share:.3f}" for share in found.values()),
        step=step,
    )
