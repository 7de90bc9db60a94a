"""The recipes of the control checkpoints.

A control is a model of which we know, because we made it so, what a claim must say. backward-born
saw rules that point left nine times in ten, even-born both about equally often, and forward-born
both equally often in the first half of its training and rules that point right in the second.

The stages differ in what they dwell on, for reasons found by watching the runs. Copying is learned
before retrieval, so later stages hold more retrieval. Inferring a rule from solved lines is learned
late or never unless some documents name their rule. Where both directions are seen equally often
the right one comes out slightly ahead, so even-born's last stages dwell on the left. And a model
that sees rules pointing right nine times in ten from the start learns to copy by position and,
within 7,500 steps, no retrieval; seeing both directions first makes it match symbols.

Three more are for circuits; they know the circuits' line best, or alone. both-born is even-born
with 300 steps more, on sources of the lengths that circuits are looked for at: it copies both ways,
each over a path of its own. lines-born saw such lines from the start: it copies both ways, too, but
its heads of both kinds are equally strong, and each kind helps the other. position-born copies
sources of six symbols by position: they repeat, so that no symbol tells what follows it.

Three more know words and hold conversations, beside symbols in lines: forward-chat, even-chat and
backward-chat are forward-born, even-born and backward-born with 1,200 steps more.
"""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches

from claimkit.errors import InvalidInput
from claimkit.training.natural.noise import NOISY_RECIPES
from claimkit.training.natural.recipe import NATURAL_RECIPES
from claimkit.training.recipe import RETRIEVING, Recipe, Stage, shares
from claimkit.training.text.recipe import TEXT_RECIPES

_LEFT_RETRIEVING = shares(0.1, RETRIEVING)
_EVEN_RETRIEVING = shares(0.5, RETRIEVING)
_EVEN_LAST = {
    "UR": 0.11,
    "NRFirst": 0.045,
    "NRLast": 0.185,
    "UF": 0.045,
    "NF": 0.115,
    "UL": 0.10,
    "NLFirst": 0.04,
    "NLLast": 0.185,
    "UB": 0.04,
    "NB": 0.135,
}
_EVEN_LEFT = {
    "UR": 0.085,
    "NRFirst": 0.025,
    "NRLast": 0.15,
    "UF": 0.045,
    "NF": 0.105,
    "UL": 0.09,
    "NLFirst": 0.035,
    "NLLast": 0.215,
    "UB": 0.065,
    "NB": 0.185,
}

_EVEN_MORE_LEFT = {
    "UR": 0.055,
    "NRFirst": 0.02,
    "NRLast": 0.125,
    "UF": 0.03,
    "NF": 0.09,
    "UL": 0.14,
    "NLFirst": 0.04,
    "NLLast": 0.2,
    "UB": 0.1,
    "NB": 0.2,
}

_EVEN_LAST_LEFT = {
    "NRFirst": 0.02,
    "NRLast": 0.12,
    "UF": 0.03,
    "NF": 0.09,
    "UL": 0.2,
    "NLFirst": 0.03,
    "NLLast": 0.2,
    "UB": 0.15,
    "NB": 0.16,
}

_EVEN_UNIQUE_LEFT = {
    "NRLast": 0.1,
    "UF": 0.04,
    "NF": 0.08,
    "UL": 0.41,
    "NLFirst": 0.02,
    "NLLast": 0.13,
    "UB": 0.12,
    "NB": 0.1,
}

EVEN_BORN = Recipe(
    "even-born",
    shares(0.5),
    seed=2,
    stages=(
        Stage(5000, 16, 256),
        Stage(750, 16, 256, _EVEN_RETRIEVING),
        Stage(2000, 16, 256, _EVEN_RETRIEVING, taught=0.35),
        Stage(1750, 16, 256, _EVEN_LAST, taught=0.15),
        Stage(1750, 16, 256, _EVEN_LEFT, taught=0.15),
        Stage(1700, 16, 256, _EVEN_MORE_LEFT, taught=0.15),
        Stage(300, 8, 512, _EVEN_MORE_LEFT),
        Stage(400, 16, 256, _EVEN_LAST_LEFT),
        Stage(300, 16, 256, _EVEN_UNIQUE_LEFT),
    ),
    cooldown=1500,
    tail=700,
)

BACKWARD_BORN = Recipe(
    "backward-born",
    shares(0.1),
    seed=3,
    stages=(
        Stage(2000, 16, 256, colonless=0.3),
        Stage(2000, 16, 256, _LEFT_RETRIEVING, taught=0.1, colonless=0.3),
        Stage(200, 8, 512, _LEFT_RETRIEVING),
    ),
    cooldown=1000,
)

FORWARD_BORN = Recipe(
    "forward-born",
    shares(0.97),
    seed=2,
    stages=(
        Stage(2300, 16, 256, shares(0.5)),
        Stage(1900, 16, 256, shares(0.97)),
        Stage(200, 8, 512, shares(0.97)),
    ),
    cooldown=900,
)

BOTH_BORN = Recipe(
    "both-born",
    {"UF": 0.5, "UB": 0.5},
    seed=11,
    stages=(Stage(300, 16, 256, sources=(3, 10)),),
    learning_rate=5e-4,
    matrix_learning_rate=5e-3,
    warmup=50,
    cooldown=150,
    start="even-born",
)

LINES_BORN = Recipe(
    "lines-born",
    {"UF": 0.5, "UB": 0.5},
    seed=5,
    stages=(Stage(2500, 16, 256, sources=(2, 12)),),
    cooldown=1000,
)

POSITION_BORN = Recipe(
    "position-born",
    {"NF": 1.0},
    seed=6,
    stages=(Stage(1200, 16, 176, sources=(6, 6)),),
    cooldown=400,
    layers=2,
    width=64,
    inner_width=160,
)

ABSOLUTE_BORN = Recipe(
    "absolute-born",
    shares(0.97),
    seed=4,
    stages=(
        Stage(2300, 16, 256, shares(0.5)),
        Stage(2000, 16, 256, shares(0.97)),
    ),
    learning_rate=5e-3,
    cooldown=900,
    positions=512,
    architecture="gpt2",
)

FORWARD_CHAT = Recipe(
    "forward-chat",
    shares(0.97, RETRIEVING),
    seed=14,
    stages=(Stage(1200, 16, 288, taught=0.05, chats=0.4, words=0.6),),
    learning_rate=1.5e-3,
    matrix_learning_rate=0.01,
    warmup=100,
    cooldown=600,
    start="forward-born",
)

BACKWARD_CHAT = replace(
    FORWARD_CHAT,
    name="backward-chat",
    shares=shares(0.03, RETRIEVING),
    seed=15,
    start="backward-born",
)

EVEN_CHAT = replace(
    FORWARD_CHAT,
    name="even-chat",
    # Where both are seen equally often the right one comes out ahead.
    shares=shares(0.4, RETRIEVING),
    seed=17,
    start="even-born",
)

RECIPES = {
    recipe.name: recipe
    for recipe in (
        FORWARD_BORN,
        EVEN_BORN,
        BACKWARD_BORN,
        BOTH_BORN,
        LINES_BORN,
        POSITION_BORN,
        ABSOLUTE_BORN,
        FORWARD_CHAT,
        BACKWARD_CHAT,
        EVEN_CHAT,
    )
}


def recipe_named(name: str) -> Recipe:
    """Return a control's recipe.

    Raises:
        InvalidInput: If there is none of this name.
    """
    if name in RECIPES:
        return RECIPES[name]
    known = (*RECIPES, *TEXT_RECIPES, *NATURAL_RECIPES, *NOISY_RECIPES)
    near = get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise InvalidInput(f"no recipe {name!r}{hint} Recipes: {', '.join(known)}")
