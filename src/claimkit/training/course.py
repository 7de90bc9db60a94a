"""What the training loop needs to know of a recipe: its course.

Controls, models trained from scratch on one task, fine-tuned ones and models of text differ in
their data, their sizes and when they stop; they share one loop (:mod:`claimkit.training.loop`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from claimkit.training.checking import AUTOCASTS, require_known

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

    from claimkit.training.rows import Batch


@dataclass(frozen=True)
class Machinery:
    """How a recipe is computed; it decides the last digits of the weights, and the speed.

    Attributes:
        threads: Of the CPU.
        autocast: Number format of the matrix products: ``float32`` or ``bfloat16``.
        compile: Whether ``torch.compile`` compiles the body of the model.
        device: As torch names it; compiled steps run as CUDA graphs on ``cuda`` and ``cuda:n``.

    Raises:
        InvalidInput: If there is no such number format.
    """

    threads: int = 1
    autocast: str = "float32"
    compile: bool = False
    device: str = "cpu"

    def __post_init__(self) -> None:
        """Refuse what would otherwise be computed in another format."""
        require_known("autocast", self.autocast, AUTOCASTS)


class Course(Protocol):
    """A recipe as the loop sees it.

    Batch t depends on the recipe and t alone, so a run may stop and go on anywhere.
    """

    @property
    def steps(self) -> int:
        """The most optimizer steps."""
        ...

    @property
    def clip(self) -> float:
        """The largest norm of a gradient."""
        ...

    @property
    def machinery(self) -> Machinery:
        """How it is computed."""
        ...

    def build(self) -> PreTrainedModel:
        """Return the model that training begins with."""
        ...

    def optimizers(self, model: PreTrainedModel) -> list[torch.optim.Optimizer]:
        """Return the optimizers, each of whose groups has its highest learning rate as ``peak``."""
        ...

    def share(self, step: int, passed: int | None) -> float:
        """Return the share of the peak learning rate at a step.

        Args:
            step: Counted from 0.
            passed: The step after which an exam was passed; None before.
        """
        ...

    def batch(self, step: int) -> Batch:
        """Return what a step learns from."""
        ...

    def is_exam(self, step: int) -> bool:
        """Whether the model is examined once so many steps are done."""
        ...

    def examine(self, model: PreTrainedModel, *, whole: bool = False) -> Mapping[str, float]:
        """Return accuracies by name, as the log keeps them.

        Args:
            model: In evaluation mode.
            whole: Whether training ends here, so that all strings there are may be asked.
        """
        ...

    def passes(self, accuracies: Mapping[str, float]) -> bool:
        """Whether an exam was passed, after which the run ends, or cools down and ends."""
        ...

    def last_step(self, passed: int) -> int:
        """Return the step at which a run ends that passed its exam after ``passed`` steps."""
        ...


LogLine = dict[str, Any]
"""One line of a run's log: step, loss, accuracies, speed."""


class Ungraded:
    """The part of a course that has no exams: it ends with its last step."""

    def is_exam(self, step: int) -> bool:
        """Return False: there is none."""
        return False

    def examine(self, model: PreTrainedModel, *, whole: bool = False) -> Mapping[str, float]:
        """Return no accuracies."""
        return {}

    def passes(self, accuracies: Mapping[str, float]) -> bool:
        """Return False: nothing is passed."""
        return False

    def last_step(self, passed: int) -> int:
        """Return the step itself; never asked."""
        return passed


def level_then_down(step: int, *, warmup: int, cooldown: int, end: int) -> float:
    """Return the share of the peak learning rate: up, level, and down to 2 % at the end.

    The level stretch does not depend on the number of steps, so a run may be given fewer or more
    of them for as long as it has not begun to go down.

    Args:
        step: Counted from 0.
        warmup: Steps until the peak.
        cooldown: Steps in which it goes down.
        end: The step at which it is down.
    """
    return max(0.02, min(1.0, (step + 1) / warmup, (end - step) / cooldown))
