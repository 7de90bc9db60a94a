"""The shelf: which runs there are of a task, and what is trained where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast, final

from claimkit.auditing.runs.reading import ScratchRun
from claimkit.auditing.runs.requests import ARCHITECTURE_NAMES
from claimkit.errors import InvalidInput, NotApplicable
from claimkit.models.bundled import bundled_runs
from claimkit.tasks import Task
from claimkit.training.runs import find_scratch, scratch_folder
from claimkit.training.scratch.presets import preset
from claimkit.training.scratch.recipe import Architecture, ScratchRecipe

SEED: Final = 1
"""Of the one run that is trained where there is none."""

Trainer = Callable[[ScratchRecipe, Path], object]
"""Trains a recipe in a run folder to its end, or goes on where somebody was interrupted."""


@final
@dataclass(frozen=True)
class Shelf:
    """The runs from scratch below one root.

    Attributes:
        root: See :mod:`claimkit.training.runs`.
        preset: Whose runs are read.
        train: Trains what is missing; None leaves it missing.
    """

    root: Path
    preset: str
    train: Trainer | None = None

    def runs(self, task: Task, architecture: str) -> tuple[ScratchRun, ...]:
        """Return the finished runs of a task by their seeds, at least one.

        Raises:
            NotApplicable: If there is none.
            InvalidInput: If runs of the task have different bins or vocabularies, or a folder is
                damaged.
        """
        found = find_scratch(self.root, self.preset, task.name, architecture)
        if not found and self.train is not None:
            recipe = self._recipe(task, architecture)
            self.train(recipe, scratch_folder(self.root, recipe))
            found = find_scratch(self.root, self.preset, task.name, architecture)
        if not found:
            raise NotApplicable(
                f"no finished run of {task.name}, {ARCHITECTURE_NAMES[architecture]}, preset "
                f"{self.preset} in {self._place}; train one with `claimkit train {task.name} "
                f"--arch {architecture} --preset {self.preset}`, or give --train"
            )
        _require_alike(found)
        return found

    @property
    def _place(self) -> str:
        """The root in words that are the same on every machine where they can be."""
        return "the bundled runs" if self.root == bundled_runs() else str(self.root)

    def _recipe(self, task: Task, architecture: str) -> ScratchRecipe:
        return preset(self.preset, task.name, cast("Architecture", architecture), SEED)


def _require_alike(runs: Sequence[ScratchRun]) -> None:
    first = runs[0]
    for run in runs[1:]:
        if (run.recipe.bins, run.recipe.symbols) != (first.recipe.bins, first.recipe.symbols):
            raise InvalidInput(
                f"runs of one task are asked about the same strings, but {run.folder} has bins "
                f"{run.recipe.bins} over {run.recipe.symbols} symbols and {first.folder} has "
                f"{first.recipe.bins} over {first.recipe.symbols}; keep one of the two elsewhere"
            )
