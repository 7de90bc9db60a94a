"""``--train``: training a run from scratch inside a run of the claims; the curves of any run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from claimkit.auditing.limits import Limits

if TYPE_CHECKING:
    from claimkit.training.course import LogLine
    from claimkit.training.runs import Run
    from claimkit.training.scratch.recipe import ScratchRecipe


@final
@dataclass(frozen=True)
class Training:
    """Trains one recipe after the other, in this process; whoever is interrupted goes on later.

    Attributes:
        device: As ``--device``; ``auto`` is a GPU where there is one.
        progress: Called with (what is trained, steps done, the most steps).
        limits: Until when something may be trained.
    """

    device: str
    progress: Callable[[str, int, int], None]
    limits: Limits = field(default_factory=Limits)

    def __call__(self, recipe: ScratchRecipe, folder: Path) -> None:
        """Train a recipe in a run folder to its end, unless it is done.

        Raises:
            InvalidInput: If there is no such device, or the folder holds another run.
            ModelError: If the loss is no number.
            BudgetUsedUp: If the time is over before the end; the same call goes on later.
            StoreError: If the folder cannot be written.
        """
        # Imports torch.
        from claimkit.models.devices import start_device
        from claimkit.models.spec import ModelSpec
        from claimkit.training.scratch.running import train

        def tell(line: LogLine) -> None:
            self.progress(recipe.name, line["step"], recipe.learning.steps)
            self.limits.require_time_for(recipe.name)

        device = start_device(ModelSpec(model=str(folder), device=self.device))
        self.progress(recipe.name, 0, recipe.learning.steps)
        draw(train(recipe, folder, tell, device=str(device)))


def draw(run: Run[Any]) -> None:
    """Draw the curves of a run beside its log."""
    # Imports matplotlib.
    from claimkit.reporting.training_curves import write_curves

    write_curves(run)
