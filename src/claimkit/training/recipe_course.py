"""What courses have in common whose recipe says how it is computed and at which learning rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from transformers import PreTrainedModel

from claimkit.training.course import Machinery, Ungraded, level_then_down
from claimkit.training.optimizers import Optimization, build_optimizers

if TYPE_CHECKING:
    from claimkit.training.llama import LlamaRecipe
    from claimkit.training.recipe import Recipe


@dataclass(frozen=True)
class RecipeCourse(Ungraded):
    """The part of a course that follows from the recipe alone.

    Attributes:
        recipe: Of the model.
    """

    recipe: Recipe | LlamaRecipe

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
        return level_then_down(step, warmup=recipe.warmup, cooldown=recipe.cooldown, end=end)
