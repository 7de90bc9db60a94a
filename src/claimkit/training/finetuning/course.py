"""The course of a pretrained model that is fine-tuned on one task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, final

import torch
from transformers import PreTrainedModel

from claimkit.models.checkpoint import Checkpoint
from claimkit.models.tokenizer import load_tokenizer
from claimkit.training.course import Machinery
from claimkit.training.finetuning.examples import (
    check_applicable,
    exam,
    training_batch,
    with_offsets,
)
from claimkit.training.finetuning.loading import load_base
from claimkit.training.finetuning.lora import with_adapter
from claimkit.training.finetuning.recipe import FinetuneRecipe
from claimkit.training.finetuning.writing import Writing
from claimkit.training.optimizers import Optimization, build_optimizers
from claimkit.training.rows import Batch
from claimkit.training.scratch.answering import accuracy_by_string
from claimkit.training.scratch.examples import Exam

EXAMINED: Final = 400
"""Strings of each bin that an exam looks at."""


@final
@dataclass(frozen=True)
class FinetuneCourse:
    """What the loop needs to know of a recipe.

    Attributes:
        recipe: What is trained.
        base: The pretrained model.
        machinery: How it is computed.

    Raises:
        ClaimkitError: If the base cannot be loaded, or has no strings for this task.
    """

    recipe: FinetuneRecipe
    base: Checkpoint
    machinery: Machinery = field(default=Machinery(compile=False))

    @property
    def steps(self) -> int:
        """The most optimizer steps."""
        return self.recipe.learning.steps

    @property
    def clip(self) -> float:
        """The largest norm of a gradient."""
        return self.recipe.learning.clip

    @cached_property
    def writing(self) -> Writing:
        """How lines are written for the base."""
        writing = Writing.of(load_tokenizer(self.base), self.recipe.known)
        check_applicable(self.recipe, writing, self.base.window)
        return writing

    def build(self) -> PreTrainedModel:
        """Return the base, with fresh matrices beside its own under LoRA."""
        torch.manual_seed(self.recipe.seed)
        assert self.writing  # a base without strings is refused before its weights are read
        model = load_base(self.base, self.machinery.device)
        return with_adapter(model, self.recipe.rank) if self.recipe.method == "lora" else model

    def optimizers(self, model: PreTrainedModel) -> list[torch.optim.Optimizer]:
        """Return the optimizers, of the weights that move."""
        learning = self.recipe.learning
        how = Optimization(
            learning.optimizer,
            learning.learning_rate,
            learning.matrix_learning_rate,
            learning.weight_decay,
            second_beta=0.98 if learning.optimizer == "muon" else 0.999,
        )
        return build_optimizers(model, how)

    def share(self, step: int, passed: int | None) -> float:
        """Return the share of the peak learning rate: up, then level and down, or just down."""
        learning = self.recipe.learning
        up = (step + 1) / max(1, learning.warmup)
        if learning.decay:
            left = (learning.steps - step) / max(1, learning.steps - learning.warmup)
            return min(1.0, up, left)
        end = learning.steps if passed is None else self.last_step(passed)
        left = (min(end, learning.steps) - step) / max(1, learning.cooldown)
        return min(1.0, up, max(0.0, left))

    def batch(self, step: int) -> Batch:
        """Return what a step learns from."""
        found = training_batch(self.recipe, self.writing, step)
        return with_offsets(self.recipe, self.writing, found, step, self.base.window)

    def is_exam(self, step: int) -> bool:
        """Whether the model is examined once so many steps are done: now and then, and last."""
        return step % self.recipe.learning.exam_every == 0 or step == self.steps

    def examine(self, model: PreTrainedModel) -> Mapping[str, float]:
        """Return the accuracy on the training lengths and on the doubled ones."""
        return {
            name: round(float(accuracy_by_string(model, strings).mean()), 4)
            for name, strings in self.exams.items()
        }

    @cached_property
    def exams(self) -> dict[str, Exam]:
        """The strings of every exam, by their bins."""
        return {
            f"bin {place}": exam(self.recipe, self.writing, place, EXAMINED) for place in (1, 2)
        }

    def passes(self, accuracies: Mapping[str, float]) -> bool:
        """Whether the training lengths are done as well as the recipe wants, if it then stops."""
        return self.recipe.stops and accuracies["bin 1"] >= self.recipe.learning.passing

    def last_step(self, passed: int) -> int:
        """Return the step at which a run ends that passed its exam after ``passed`` steps."""
        return passed + self.recipe.learning.cooldown
