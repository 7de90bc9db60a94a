"""The model card of a run from scratch."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill
from typing import Final

from claimkit.tasks.setting import plural
from claimkit.training.course import Machinery
from claimkit.training.scratch.custom import command
from claimkit.training.scratch.exams import EXAM
from claimkit.training.scratch.recipe import ScratchRecipe

_ARCHITECTURES: Final[Mapping[str, str]] = {
    "gpt2": "GPT-2 architecture (learned absolute positions)",
    "llama": "Llama architecture (rotary positions)",
}

_HEAD: Final = """\
---
library_name: transformers
license: apache-2.0
tags: [claimkit, length-generalization]
---
"""

_ABOUT: Final = (
    "A small model that was trained from scratch on one task, {task}, to see whether it still "
    "solves it on strings longer than those of its training. It is of no other use."
)
_MADE: Final = (
    "{architecture}, {layers}, {heads}, {width} wide, {parameters:,} parameters, {symbols}. It was "
    "trained on strings of {shortest} to {longest} symbols, with seed {seed}, for {steps:,} of at "
    "most {most:,} steps of {batch} strings."
)
_FOUND: Final = (
    "This is what the last exam of the training found, after {step:,} steps, on up to {strings:,} "
    "strings of each bin. Claims ask the model again."
)
_AGAIN: Final = (
    "Rebuild it with `{command}`; `recipe.json` holds everything that decides the result, "
    "`log.jsonl` what training printed. It was computed {machine}; sums of floating-point numbers "
    "come out a little different on another processor."
)


def card(
    recipe: ScratchRecipe,
    parameters: int,
    steps: int,
    exam: tuple[int, Mapping[str, float]] | None,
    machine: Machinery,
) -> str:
    """Return the card.

    Args:
        recipe: What was trained.
        parameters: How many there are.
        steps: Optimizer steps that were taken.
        exam: The last one: after how many steps, and its accuracies by bin; None if there was none.
        machine: How it was computed.
    """
    sizes, (shortest, longest) = recipe.sizes, recipe.bins[0]
    made = _MADE.format(
        architecture=_ARCHITECTURES[recipe.architecture],
        layers=plural(sizes.layers, "layer"),
        heads=plural(sizes.heads, "head"),
        width=sizes.width,
        parameters=parameters,
        symbols=plural(recipe.symbols, "symbol"),
        shortest=shortest,
        longest=longest,
        seed=recipe.seed,
        steps=steps,
        most=recipe.learning.steps,
        batch=recipe.learning.batch,
    )
    again = _AGAIN.format(command=command(recipe), machine=_machine(machine))
    found = ["No exam was taken."] if exam is None else _exam(recipe, *exam)
    texts = [_filled(_ABOUT.format(task=recipe.task)), _filled(made), *found, _filled(again)]
    return "\n\n".join([f"{_HEAD}\n# {recipe.name}", *texts]) + "\n"


def _exam(recipe: ScratchRecipe, step: int, found: Mapping[str, float]) -> list[str]:
    lengths = [f"{low}–{high}" for low, high in recipe.bins]
    rows = [
        ["lengths", *lengths],
        ["---"] * (len(lengths) + 1),
        ["whole answers right", *(f"{share:.3f}" for share in found.values())],
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return [table, _filled(_FOUND.format(step=step, strings=EXAM))]


def _filled(text: str) -> str:
    return fill(text, 100, break_long_words=False, break_on_hyphens=False)


def _machine(machine: Machinery) -> str:
    compiled = ", compiled" if machine.compile else ""
    if machine.device == "cpu":
        return f"on a CPU with {plural(machine.threads, 'thread')} in {machine.autocast}{compiled}"
    return f"on a GPU ({machine.device}) in {machine.autocast}{compiled}"
