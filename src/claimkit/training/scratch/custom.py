"""Recipes that differ from a preset in some numbers, and the command that rebuilds any recipe."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from typing import Any, Final

from claimkit.errors import InvalidInput
from claimkit.training.scratch.presets import PRESETS, preset
from claimkit.training.scratch.recipe import ScratchRecipe

CUSTOM: Final = "custom"
"""The preset of recipes that differ from one."""

SIZES: Final[Mapping[str, str]] = {"layers": "layers", "heads": "heads", "width": "width"}
LEARNING: Final[Mapping[str, str]] = {"steps": "steps", "batch": "batch", "lr": "learning_rate"}
"""What may be changed: the name of each option, and of the recipe's field."""

FROM_FILE: Final = "claimkit train --recipe recipe.json"


def customized(recipe: ScratchRecipe, changes: Mapping[str, float]) -> ScratchRecipe:
    """Return a recipe with some numbers changed; it is ``custom`` if that made a difference.

    With another number of steps, no more than a third of them cools down: else a run of few steps
    would never come near its learning rate.

    Args:
        recipe: That of a preset.
        changes: Values by the names in :data:`SIZES` and :data:`LEARNING`.

    Raises:
        InvalidInput: If a number cannot be.
    """
    for name, value in changes.items():
        if name == "lr" and not (isfinite(value) and value > 0):
            raise InvalidInput(f"--lr is a learning rate above 0, got {value}")
        if name != "lr" and value < 1:
            raise InvalidInput(f"--{name} is a number of at least 1, got {value}")
    sizes: dict[str, Any] = {
        field: int(changes[name]) for name, field in SIZES.items() if name in changes
    }
    learning: dict[str, Any] = {
        field: changes[name] for name, field in LEARNING.items() if name in changes
    }
    if changes.get("steps", recipe.learning.steps) != recipe.learning.steps:
        learning["cooldown"] = min(recipe.learning.cooldown, int(changes["steps"]) // 3)
    changed = replace(
        recipe,
        sizes=replace(recipe.sizes, **sizes),
        learning=replace(recipe.learning, **learning),
    )
    return recipe if changed == recipe else replace(changed, preset=CUSTOM)


def command(recipe: ScratchRecipe) -> str:
    """Return the command that trains a recipe, from its file if no options say what it is.

    >>> command(preset("paper", "UR", "gpt2", 3))
    'claimkit train UR --arch gpt2 --preset paper --seed 3'
    >>> command(customized(preset("paper", "UR", "gpt2", 3), {"steps": 500, "width": 64}))
    'claimkit train UR --arch gpt2 --preset paper --seed 3 --steps 500'
    """
    ways = [way for name in PRESETS for way in [_way(recipe, name)] if way is not None]
    return min(ways, key=len, default=FROM_FILE)


def _way(recipe: ScratchRecipe, name: str) -> str | None:
    """Return the command that begins with a preset, if there is one."""
    start = preset(name, recipe.task, recipe.architecture, recipe.seed)
    changes = {
        **{o: getattr(recipe.sizes, f) for o, f in SIZES.items()},
        **{o: getattr(recipe.learning, f) for o, f in LEARNING.items()},
    }
    usual = {
        **{o: getattr(start.sizes, f) for o, f in SIZES.items()},
        **{o: getattr(start.learning, f) for o, f in LEARNING.items()},
    }
    unusual = {option: value for option, value in changes.items() if value != usual[option]}
    if customized(start, unusual) != recipe:
        return None
    words = ["claimkit", "train", recipe.task, "--arch", recipe.architecture]
    words += ["--preset", name, "--seed", str(recipe.seed)]
    for option, value in unusual.items():
        words += [f"--{option}", str(value)]
    return shlex.join(words)
