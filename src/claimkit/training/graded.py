"""The part that courses with exams share: they end once the training lengths are mastered."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from claimkit.training.optimizers import Optimization, build_optimizers

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

    from claimkit.training.scratch.recipe import Learning


class Graded(ABC):
    """What follows from how a recipe learns; see :class:`claimkit.training.course.Course`."""

    @property
    @abstractmethod
    def learning(self) -> Learning:
        """How the weights move, and when they stop."""

    @property
    def steps(self) -> int:
        """The most optimizer steps."""
        return self.learning.steps

    @property
    def clip(self) -> float:
        """The largest norm of a gradient."""
        return self.learning.clip

    def optimizers(self, model: PreTrainedModel) -> list[torch.optim.Optimizer]:
        """Return the optimizers, of the weights that move."""
        learning = self.learning
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
        learning = self.learning
        up = (step + 1) / max(1, learning.warmup)
        if learning.decay:
            left = (learning.steps - step) / max(1, learning.steps - learning.warmup)
            return min(1.0, up, left)
        end = learning.steps if passed is None else self.last_step(passed)
        left = (min(end, learning.steps) - step) / max(1, learning.cooldown)
        return min(1.0, up, max(0.0, left))

    def last_step(self, passed: int) -> int:
        """Return the step at which a run ends that passed its exam after ``passed`` steps."""
        return passed + self.learning.cooldown
