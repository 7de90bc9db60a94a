"""A base so small that it is fine-tuned in a second."""

from dataclasses import replace

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from claimkit.models.checkpoint import Checkpoint
from claimkit.models.spec import ModelSpec
from claimkit.models.tokenizer import load_tokenizer
from claimkit.training import vocabulary
from claimkit.training.finetuning.presets import preset
from claimkit.training.finetuning.writing import Writing


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    """A GPT-2 of random weights with the vocabulary of the controls."""
    folder = tmp_path_factory.mktemp("bases") / "tiny"
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=len(vocabulary.ids()),
        n_embd=32,
        n_layer=2,
        n_head=2,
        n_positions=128,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        initializer_range=0.2,
    )
    GPT2LMHeadModel(config).save_pretrained(folder)
    vocabulary.save_tokenizer(folder, 128)
    return Checkpoint.find(ModelSpec(str(folder)))


@pytest.fixture(scope="session")
def tokenizer(base):
    return load_tokenizer(base)


@pytest.fixture
def recipe(base):
    """Make the recipe of a task with few steps and short strings."""

    def of(task, steps=4, *, method="full", **changes):
        found = preset("small", task, base, "f" * 64, method=method)
        learning = replace(found.learning, steps=steps, batch=8, exam_every=2, warmup=2, cooldown=2)
        return replace(found, **{"lengths": (6, 12), "learning": learning, **changes})

    return of


@pytest.fixture(scope="session")
def writing(tokenizer):
    """Return how lines of a recipe are written; the tokenizer is probed once for all."""
    probed = {}

    def of(recipe):
        if recipe.copies not in probed:
            probed[recipe.copies] = Writing.of(tokenizer, recipe.known)
        return probed[recipe.copies]

    return of
