"""From a recipe of natural tasks to a checkpoint that transformers loads, with its card."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from claimkit.tasks.natural.commits import draw_commits
from claimkit.tasks.natural.prose import prose_texts
from claimkit.tasks.sampling import Uniforms
from claimkit.training.folders import claim
from claimkit.training.natural.recipe import NaturalRecipe
from claimkit.training.text.pretraining import REMEDY, export_llama, kept_tokenizer

LISTED = 25
"""Commits of a list that the tokenizer is made of."""

CARD = """\
---
library_name: transformers
license: apache-2.0
tags: [control, claimkit]
---

# {name}

**This is a control, not a language model for any use.** claimkit needs models of which it is known
what a claim must say; this is one of them. It knows nothing but {tasks}.

Llama architecture, {parameters:,} parameters, byte-level BPE vocabulary of {vocabulary:,} tokens
(made from the prose that claimkit ships), trained from scratch for {steps:,} steps of about
{tokens:,} tokens. Only answers were learned, and the mark behind them.

Rebuild it with `claimkit pretrain {name}`; `recipe.json` holds everything that decides the result,
`log.jsonl` what training printed. Sums of floating-point numbers come out a little different on
another processor, so a checkpoint rebuilt there has another fingerprint; record its verdicts anew.
"""


def pretrain_natural(
    recipe: NaturalRecipe, run: Path, out: Path, tell: Callable[[str], None] | None = None
) -> Path:
    """Train a recipe to its end, going on where a stopped run stopped, and write the checkpoint.

    Args:
        recipe: What to train.
        run: The run folder: tokenizer, state and log.
        out: Where the checkpoint goes.
        tell: Called with every log line.

    Returns:
        The checkpoint's folder.

    Raises:
        InvalidInput: If the run folder holds another's run.
    """
    # Imports torch and transformers.
    from claimkit.training.loop import Trainer
    from claimkit.training.natural.course import NaturalCourse
    from claimkit.training.natural.documents import Documents

    claim(run, recipe, NaturalRecipe.load, REMEDY)
    texts = [" ".join(sentences) for sentences in prose_texts().values()]
    texts += commit_lists(recipe)
    tokenizer = kept_tokenizer(recipe, texts, run)
    trainer = Trainer(NaturalCourse(recipe, Documents(recipe, tokenizer)), run)
    for line in trainer.run():
        if tell is not None:
            tell(json.dumps(line))
    card = natural_card(recipe, trainer.model.num_parameters())
    return export_llama(trainer.model, tokenizer, run, out, card)


def commit_lists(recipe: NaturalRecipe) -> list[str]:
    """Return the lists of commits that the tokenizer is made of, beside prose."""
    # Documents are drawn at the counters of the steps, of which this is none.
    uniforms = Uniforms(recipe.seed, recipe.steps)
    return [draw_commits(uniforms, LISTED) for _ in range(recipe.lists)]


def natural_card(recipe: NaturalRecipe, parameters: int) -> str:
    """Return the model card, as the recipe tells it."""
    tasks = sorted({name for stage in recipe.stages for name in stage.shares})
    return CARD.format(
        name=recipe.name,
        tasks=", ".join(tasks),
        parameters=parameters,
        vocabulary=recipe.vocabulary,
        steps=recipe.steps,
        tokens=recipe.tokens,
    )
