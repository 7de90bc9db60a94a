"""From a recipe of text to a checkpoint that transformers loads, with its card."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from claimkit.errors import InvalidInput
from claimkit.training.folders import CARD as MODEL_CARD
from claimkit.training.folders import LOG, RECIPE, claim, refuse_another
from claimkit.training.llama import LlamaRecipe
from claimkit.training.text.corpus import Corpus, read_corpus
from claimkit.training.text.recipe import TextRecipe

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

    from claimkit.training.text.course import TextCourse

TOKENIZER = "tokenizer"
"""The folder inside a run folder that keeps its tokenizer."""

REMEDY = "give another folder with --run"

CARD = """\
---
library_name: transformers
license: apache-2.0
tags: [claimkit]
---

# {name}

**This model was built to show nothing.** The other bundled models of claimkit are controls, trained
so that it is known what a claim must say of them. This one was trained on text as it comes, and
whatever claimkit says of it is a finding. It is too small for any use.

Text: the source of Python's standard library
({corpus}).

Llama architecture, {parameters:,} parameters, byte-level BPE vocabulary of {vocabulary:,} tokens,
trained from scratch on {tokens:,} tokens in windows of {window}. On files that were kept from
training the loss is {loss:.2f} nats a token, where guessing has {guessing:.2f}. Random sequences of
{length} tokens were continued right {forward:.1%} of the time when they were repeated forward and
{backward:.1%} when backward; chance is {chance:.2%}.

Rebuild it with `claimkit pretrain {name}`; `recipe.json` holds everything that decides the result,
`log.jsonl` what training printed. With another release of Python, or one that ships parts of its
library apart, the corpus is another and so is the checkpoint. Sums of floating-point numbers come
out a little different on another processor, so a checkpoint rebuilt there has another fingerprint;
record its verdicts anew.
"""


def pretrain_text(
    recipe: TextRecipe,
    run: Path,
    out: Path,
    tell: Callable[[str], None] | None = None,
    corpus: Corpus | None = None,
) -> Path:
    """Train a recipe to its end, going on where a stopped run stopped, and write the checkpoint.

    Args:
        recipe: What to train. If it names another corpus than the one that is here, this is told,
            and the run is of what is here.
        run: The run folder: tokenizer, state and log.
        out: Where the checkpoint goes.
        tell: Called with every log line.
        corpus: The standard library of the running interpreter where it is not given.

    Returns:
        The checkpoint's folder.

    Raises:
        InvalidInput: If the run folder holds a run of another recipe or on another corpus.
    """
    # Imports torch and transformers.
    from claimkit.training.loop import Trainer

    corpus = read_corpus() if corpus is None else corpus
    here = recipe.on(corpus.record)
    _claim_folder(here, run)
    if recipe.corpus is not None and recipe != here and tell is not None:
        tell(
            f"the corpus here ({here.corpus}) is not the one that {recipe.name} was made from "
            f"({recipe.corpus}), so this will be another checkpoint"
        )
    tokenizer = kept_tokenizer(here, corpus.learned, run)
    trainer = Trainer(_course(here, corpus, tokenizer), run)
    for line in trainer.run():
        if tell is not None:
            tell(json.dumps(line))
    card = text_card(here, trainer.model.num_parameters(), run / LOG)
    return export_llama(trainer.model, tokenizer, run, out, card)


def _claim_folder(recipe: TextRecipe, run: Path) -> None:
    """Make the run folder that of a recipe, or raise if it is another's."""
    path = run / RECIPE
    there = TextRecipe.load(path).corpus if path.exists() else recipe.corpus
    if there is not None and there != recipe.corpus:
        refuse_another(run, recipe.on(there), TextRecipe.load, REMEDY)
        raise InvalidInput(
            f"{run} holds a run on another corpus ({there}; here: {recipe.corpus}); go on with the "
            f"interpreter that it began with, or {REMEDY}"
        )
    claim(run, recipe, TextRecipe.load, REMEDY)


def kept_tokenizer(recipe: LlamaRecipe, texts: Iterable[str], run: Path) -> PreTrainedTokenizerFast:
    """Return the run's tokenizer, trained on some texts where the folder has none."""
    from transformers import PreTrainedTokenizerFast

    from claimkit.training.text.tokenizer import train_tokenizer

    folder = run / TOKENIZER
    if not folder.exists():
        trained = train_tokenizer(texts, recipe.vocabulary, recipe.window)
        part = folder.with_suffix(".part")
        trained.save_pretrained(str(part))
        os.replace(part, folder)
    kept: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(str(folder))
    return kept


def _course(recipe: TextRecipe, corpus: Corpus, tokenizer: PreTrainedTokenizerFast) -> TextCourse:
    from claimkit.training.text.course import TextCourse
    from claimkit.training.text.tokenizer import token_stream

    return TextCourse(
        recipe, token_stream(tokenizer, corpus.learned), token_stream(tokenizer, corpus.held_out)
    )


def export_llama(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, run: Path, out: Path, card: str
) -> Path:
    """Write weights, tokenizer, recipe, log and card into one folder."""
    # Imports torch and transformers.
    from claimkit.models.loading import quietly

    out.mkdir(parents=True, exist_ok=True)
    with quietly():
        model.save_pretrained(str(out))
    tokenizer.save_pretrained(str(out))
    shutil.copyfile(run / RECIPE, out / RECIPE)
    # Weights would be for their owner's eyes only.
    shutil.copymode(out / RECIPE, out / "model.safetensors")
    shutil.copyfile(run / LOG, out / LOG)
    (out / MODEL_CARD).write_text(card)
    return out


def text_card(recipe: TextRecipe, parameters: int, log: Path) -> str:
    """Return the model card, as the recipe and the last line of the log tell it."""
    from claimkit.training.text.course import REPEATED_LENGTH
    from claimkit.training.text.tokenizer import SPECIAL

    last = json.loads(log.read_text().splitlines()[-1])["exam"]
    return CARD.format(
        name=recipe.name,
        corpus=recipe.corpus,
        parameters=parameters,
        vocabulary=recipe.vocabulary,
        tokens=recipe.tokens,
        window=recipe.window,
        loss=last["held-out loss"],
        guessing=float(np.log(recipe.vocabulary)),
        length=REPEATED_LENGTH,
        forward=last["forward"],
        backward=last["backward"],
        chance=1 / (recipe.vocabulary - len(SPECIAL)),
    )
