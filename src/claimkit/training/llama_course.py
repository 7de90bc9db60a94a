"""The part of a course that all Llama-architecture models of text share: all but what is read."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedModel

from claimkit.training.course import Machinery, Ungraded, level_then_down
from claimkit.training.llama import LlamaRecipe
from claimkit.training.optimizers import Optimization, build_optimizers
from claimkit.training.text.tokenizer import BEGIN, END, PAD


@dataclass(frozen=True)
class LlamaCourse(Ungraded):
    """What the loop needs to know of a recipe, whatever is read.

    Attributes:
        recipe: Of the model.
    """

    recipe: LlamaRecipe

    @property
    def steps(self) -> int:
        """Optimizer steps."""
        return self.recipe.steps

    @property
    def clip(self) -> float:
        """The largest norm of a gradient."""
        return self.recipe.clip

    @property
    def machinery(self) -> Machinery:
        """How it is computed."""
        recipe = self.recipe
        return Machinery(recipe.threads, recipe.autocast, recipe.compile)

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

    def optimizers(self, model: PreTrainedModel) -> list[torch.optim.Optimizer]:
        """Return the optimizers."""
        recipe = self.recipe
        how = Optimization(
            recipe.optimizer,
            recipe.learning_rate,
            recipe.matrix_learning_rate,
            recipe.weight_decay,
            second_beta=0.98,
        )
        return build_optimizers(model, how)

    def share(self, step: int, passed: int | None) -> float:
        """Return the share of the peak learning rate at a step."""
        recipe = self.recipe
        end = recipe.steps - recipe.tail
        if step >= end:
            return recipe.tail_share
        return level_then_down(step, warmup=recipe.warmup, cooldown=recipe.cooldown, end=end)
