"""The course of a control: documents that each follow one hidden rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import torch
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, PreTrainedModel

from claimkit.models.bundled import bundled_models
from claimkit.tasks.sampling import Uniforms
from claimkit.training import vocabulary
from claimkit.training.positions import offset
from claimkit.training.recipe import Recipe, Stage
from claimkit.training.recipe_course import RecipeCourse
from claimkit.training.rows import Batch, symbol_ids
from claimkit.training.spoken_documents import (
    SPOKEN,
    conversations,
    in_words,
    joined,
    tasks_of,
)

OFFSETS = 1 << 32
"""Added to the seed of documents for that of their positions, which are drawn apart."""


def build_model(recipe: Recipe) -> PreTrainedModel:
    """Return a model with fresh weights, or with those of the control that it starts with.

    Fresh ones come from the recipe's seed.
    """
    torch.manual_seed(recipe.seed)
    if recipe.start is not None:
        found = LlamaForCausalLM.from_pretrained(str(bundled_models() / recipe.start))
        return widened(found) if recipe.is_wide else found
    return _gpt2(recipe) if recipe.architecture == "gpt2" else _llama(recipe)


def widened(model: PreTrainedModel) -> PreTrainedModel:
    """Return a control with the wide vocabulary: its new tokens are mixtures of its symbols.

    So what was learned of symbols begins to hold of words; the mixtures come from torch's seed.
    """
    known = symbol_ids()
    size = len(vocabulary.ids(wide=True))
    before = _embedding(model).detach().clone()
    model.resize_token_embeddings(size, mean_resizing=False)
    symbols = before[known]
    mean = symbols.mean(dim=0)
    shares = torch.randn(size - len(before), len(known)) / len(known) ** 0.5
    with torch.no_grad():
        _embedding(model)[len(before) :] = mean + shares @ (symbols - mean)
    return model


def _embedding(model: PreTrainedModel) -> torch.Tensor:
    embedding = model.get_input_embeddings()
    assert isinstance(embedding, torch.nn.Embedding)
    return embedding.weight


def _llama(recipe: Recipe) -> LlamaForCausalLM:
    return LlamaForCausalLM(
        LlamaConfig(
            **_special_tokens(),
            hidden_size=recipe.width,
            intermediate_size=recipe.inner_width,
            num_hidden_layers=recipe.layers,
            num_attention_heads=recipe.heads,
            max_position_embeddings=recipe.positions,
            tie_word_embeddings=True,
        )
    )


def _gpt2(recipe: Recipe) -> GPT2LMHeadModel:
    return GPT2LMHeadModel(
        GPT2Config(
            **_special_tokens(),
            n_embd=recipe.width,
            n_inner=recipe.inner_width,
            n_layer=recipe.layers,
            n_head=recipe.heads,
            n_positions=recipe.positions,
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            attn_pdrop=0.0,
        )
    )


def _special_tokens() -> dict[str, Any]:
    table = vocabulary.ids()
    special = {f"{name}_token_id": table[f"<{name}>"] for name in ("bos", "eos", "pad")}
    return {"vocab_size": len(table), **special}


@final
@dataclass(frozen=True)
class ControlCourse(RecipeCourse):
    """What the loop needs to know of a control's recipe."""

    recipe: Recipe

    def build(self) -> PreTrainedModel:
        """Return the model that training begins with."""
        return build_model(self.recipe)

    def batch(self, step: int) -> Batch:
        """Return the documents of a step; with absolute positions, they begin at any position."""
        stage = self.recipe.stage_at(step)
        found = self._documents(stage, step)
        if self.recipe.architecture != "gpt2":
            return found
        uniforms = Uniforms(self.recipe.seed + OFFSETS, step)
        # Documents fill most of a row, and the bundled control was trained so.
        return offset(found, self.recipe.positions, uniforms, padded=True)

    def _documents(self, stage: Stage, step: int) -> Batch:
        recipe = self.recipe
        stream = stage.stream(recipe.shares, recipe.seed)
        if stage.is_plain:
            return stream.batch(step, stage.rows, stage.window)
        uniforms = Uniforms(recipe.seed + SPOKEN, step)
        told = round(stage.chats * stage.rows)
        tasks = tasks_of(stage.shares or recipe.shares, uniforms, told)
        plain = stream.batch(step, stage.rows - told, stage.window)
        spoken = conversations(uniforms, tasks, stage.window, stage.words)
        return joined([in_words(plain, uniforms, stage.words), spoken])
