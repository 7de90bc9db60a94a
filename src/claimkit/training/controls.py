"""The recipes of the control checkpoints.

A control is a model of which we know, because we made it so, what a claim must say. forward-born
saw rules that point right in nine documents of ten, backward-born its mirror image, and even-born
both equally often; nothing else differs.
"""

from __future__ import annotations

from difflib import get_close_matches

from claimkit.errors import InvalidInput
from claimkit.training.recipe import Recipe, Stage, shares

RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("forward-born", shares(0.9), 1, (Stage(5000, 16, 256), Stage(500, 8, 512))),
        Recipe("even-born", shares(0.5), 2, (Stage(11000, 16, 256), Stage(1100, 8, 512))),
        Recipe("backward-born", shares(0.1), 3, (Stage(5000, 16, 256), Stage(500, 8, 512))),
    )
}


def recipe_named(name: str) -> Recipe:
    """Return a control's recipe.

    Raises:
        InvalidInput: If there is none of this name.
    """
    if name in RECIPES:
        return RECIPES[name]
    near = get_close_matches(name, RECIPES, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise InvalidInput(f"no recipe {name!r}{hint} Recipes: {', '.join(RECIPES)}")
