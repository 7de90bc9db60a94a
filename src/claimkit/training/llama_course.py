"""The part of a course that all Llama-architecture models of text share: all but what is read."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedModel

from claimkit.training.llama import LlamaRecipe
from claimkit.training.recipe_course import RecipeCourse
from claimkit.training.text.tokenizer import BEGIN, END, PAD


@dataclass(frozen=True)
class LlamaCourse(RecipeCourse):
    """What the loop needs to know of a recipe, whatever is read.

    Attributes:
        recipe: Of the model.
    """

    recipe: LlamaRecipe

    def build(self) -> PreTrainedModel:
        """Return a model with fresh weights, which come from the recipe's seed."""
        recipe = self.recipe
        torch.manual_seed(recipe.seed)
        return LlamaForCausalLM(
            LlamaConfig(
                vocab_size=recipe.vocabulary,
                bos_token_id=BEGIN,
                eos_token_id=END,
                pad_token_id=PAD,
                hidden_size=recipe.width,
                intermediate_size=recipe.inner_width,
                num_hidden_layers=recipe.layers,
                num_attention_heads=recipe.heads,
                max_position_embeddings=recipe.window,
                tie_word_embeddings=True,
            )
        )

    def share(self, step: int, passed: int | None) -> float:
        """Return the share of the peak learning rate at a step."""
        recipe = self.recipe
        in_tail = step >= recipe.steps - recipe.tail
        return recipe.tail_share if in_tail else super().share(step, passed)
