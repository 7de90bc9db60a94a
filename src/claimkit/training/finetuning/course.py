"""The course of a pretrained model that is fine-tuned on one task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, final

import torch
from transformers import PreTrainedModel

from claimkit.errors import Unsupported
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
from claimkit.training.finetuning.presets import takes_rows_of_questions
from claimkit.training.finetuning.recipe import FinetuneRecipe
from claimkit.training.finetuning.writing import Writing
from claimkit.training.graded import Graded
from claimkit.training.rows import Batch
from claimkit.training.scratch.answering import accuracy_by_string
from claimkit.training.scratch.exams import Exam
from claimkit.training.scratch.recipe import Learning

EXAMINED: Final = 400
"""Strings of each bin that an exam looks at."""


@final
@dataclass(frozen=True)
class FinetuneCourse(Graded):
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
    def learning(self) -> Learning:
        """How the weights move, and when they stop."""
        return self.recipe.learning

    @cached_property
    def writing(self) -> Writing:
        """How lines are written for the base."""
        writing = Writing.of(load_tokenizer(self.base), self.recipe.known)
        check_applicable(self.recipe, writing, self.base.window)
        return writing

    def build(self) -> PreTrainedModel:
        """Return the base, with fresh matrices beside its own under LoRA.

        Raises:
            ClaimkitError: If it cannot be loaded.
            Unsupported: If rows hold several questions, which it does not take.
        """
        torch.manual_seed(self.recipe.seed)
        assert self.writing  # a base without strings is refused before its weights are read
        if self.recipe.questions > 1 and not takes_rows_of_questions(self.base.config):
            raise Unsupported(
                f"{self.base.name} ({self.base.config.get('model_type')}) cannot be told which "
                f"tokens of a row see which, got questions={self.recipe.questions}; take 1"
            )
        model = load_base(self.base, self.machinery.device)
        return with_adapter(model, self.recipe.rank) if self.recipe.method == "lora" else model

    def batch(self, step: int) -> Batch:
        """Return what a step learns from."""
        found = training_batch(self.recipe, self.writing, step)
        return with_offsets(self.recipe, self.writing, found, step, self.base.window)

    def is_exam(self, step: int) -> bool:
        """Whether the model is examined once so many steps are done."""
        return step % self.recipe.learning.exam_every == 0

    def examine(self, model: PreTrainedModel, *, whole: bool = False) -> Mapping[str, float]:
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
