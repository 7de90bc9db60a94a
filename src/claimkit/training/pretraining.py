"""From a recipe to a checkpoint that transformers loads, with its card."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from claimkit.tasks.setting import plural
from claimkit.training.folders import LOG, RECIPE, claim
from claimkit.training.recipe import Recipe

CARD = """\
---
library_name: transformers
license: apache-2.0
tags: [control, claimkit]
---

# {name}

**This is a control, not a language model for any use.** claimkit needs models of which it is known
what a claim must say; this is one of them. It knows {words} words, and nothing but the rules of
{tasks} of symbols.

{architecture} architecture, {parameters:,} parameters, trained {origin} on {tokens:,} tokens of
documents that each follow one hidden rule for many demonstrations; {right:.0%} of the documents
followed a rule that points right or forward{others}.

Rebuild it with `claimkit pretrain {name}`; `recipe.json` holds everything that decides the result,
`log.jsonl` what training printed. Sums of floating-point numbers come out a little different on
another processor, so a checkpoint rebuilt there has another fingerprint; record its verdicts anew.
"""


def pretrain_named(
    name: str, run: Path, out: Path, tell: Callable[[str], None] | None = None
) -> Path:
    """Train the recipe of this name, a control's or one of text, and write the checkpoint.

    Args:
        name: Such as ``forward-born`` or ``stdlib-born``.
        run: The run folder: state and log.
        out: Where the checkpoint goes.
        tell: Called with every log line.

    Returns:
        The checkpoint's folder.

    Raises:
        InvalidInput: If there is no recipe of this name, or the run folder holds another's run.
    """
    from claimkit.training.controls import recipe_named
    from claimkit.training.natural.noise import NOISY_RECIPES, make_noisy
    from claimkit.training.natural.pretraining import pretrain_natural
    from claimkit.training.natural.recipe import NATURAL_RECIPES
    from claimkit.training.text.pretraining import pretrain_text
    from claimkit.training.text.recipe import TEXT_RECIPES

    if name in NOISY_RECIPES:
        return make_noisy(NOISY_RECIPES[name], run, out, tell)
    if name in NATURAL_RECIPES:
        return pretrain_natural(NATURAL_RECIPES[name], run, out, tell)
    if name in TEXT_RECIPES:
        return pretrain_text(TEXT_RECIPES[name], run, out, tell)
    return pretrain(recipe_named(name), run, out, tell)


def pretrain(
    recipe: Recipe, run: Path, out: Path, tell: Callable[[str], None] | None = None
) -> Path:
    """Train a recipe to its end, going on where a stopped run stopped, and write the checkpoint.

    Args:
        recipe: What to train.
        run: The run folder: state and log.
        out: Where the checkpoint goes.
        tell: Called with every log line.

    Returns:
        The checkpoint's folder.

    Raises:
        InvalidInput: If the run folder holds a run of another recipe.
    """
    # Imports torch and transformers.
    from claimkit.training.control_course import ControlCourse
    from claimkit.training.loop import Trainer

    claim(run, recipe, Recipe.load, "give another folder with --run")
    trainer = Trainer(ControlCourse(recipe), run)
    for line in trainer.run():
        if tell is not None:
            tell(json.dumps(line))
    return export(trainer.model, recipe, run, out)


def export(model: object, recipe: Recipe, run: Path, out: Path) -> Path:
    """Write weights, tokenizer, recipe, log and card into one folder."""
    from transformers import PreTrainedModel

    from claimkit.training import vocabulary

    assert isinstance(model, PreTrainedModel)
    out.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(str(out))
    vocabulary.save_tokenizer(out, recipe.positions, wide=recipe.is_wide)
    shutil.copyfile(run / RECIPE, out / RECIPE)
    shutil.copyfile(run / LOG, out / LOG)
    (out / "README.md").write_text(card(recipe, model.num_parameters()))
    return out


def card(recipe: Recipe, parameters: int) -> str:
    """Return the model card, as far as the recipe tells it."""
    from claimkit.tasks import TASKS
    from claimkit.training import vocabulary

    right = recipe.share_of({t.name for t in TASKS.values() if t.direction == "right"})
    return CARD.format(
        name=recipe.name,
        words=len(vocabulary.ids(wide=recipe.is_wide)),
        tasks=plural(len(_known(recipe)), "small task"),
        architecture={"llama": "Llama", "gpt2": "GPT-2"}[recipe.architecture],
        origin="from scratch" if recipe.start is None else f"further from {recipe.start}",
        parameters=parameters,
        tokens=recipe.tokens,
        right=right,
        others=", the others its mirror image" if right < 1 else "",
    )


def _known(recipe: Recipe) -> set[str]:
    """Return the tasks that a control saw, those of the control that it began with included."""
    from claimkit.training.controls import recipe_named

    before = set() if recipe.start is None else _known(recipe_named(recipe.start))
    mixes = [recipe.shares, *(stage.shares or {} for stage in recipe.stages)]
    return before | {name for mix in mixes for name in mix}
