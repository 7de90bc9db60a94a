"""The shelf: which runs there are of a task, and what is trained where there is none."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast, final

from claimkit.auditing.limits import Limits
from claimkit.auditing.runs.reading import ScratchRun
from claimkit.auditing.runs.requests import ARCHITECTURE_NAMES
from claimkit.errors import InvalidInput, NotApplicable
from claimkit.models.bundled import bundled_runs
from claimkit.tasks import Task
from claimkit.training.roots import RUNS, place_of
from claimkit.training.runs import SEED, find_scratch, scratch_folder
from claimkit.training.scratch.presets import PRESETS, preset
from claimkit.training.scratch.recipe import Architecture, ScratchRecipe

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
        limits: Until when it may be trained.
    """

    root: Path
    preset: str
    train: Trainer | None = None
    limits: Limits = field(default_factory=Limits)

    def runs(self, task: Task, architecture: str) -> tuple[ScratchRun, ...]:
        """Return the finished runs of a task by their seeds, at least one.

        Raises:
            NotApplicable: If there is none.
            BudgetUsedUp: If one has to be trained and there is no time for it.
            InvalidInput: If runs of the task have different bins or vocabularies, or a folder is
                damaged.
        """
        found = find_scratch(self.root, self.preset, task.name, architecture)
        # Which numbers a preset of one's own has, nobody knows before there is a run of it.
        if not found and self.train is not None and self.preset in PRESETS:
            recipe = self._recipe(task, architecture)
            self.limits.require_time_for(recipe.name)
            self.train(recipe, scratch_folder(self.root, recipe))
            found = find_scratch(self.root, self.preset, task.name, architecture)
        if not found:
            raise NotApplicable(
                f"no finished run of {task.name}, {ARCHITECTURE_NAMES[architecture]}, preset "
                f"{self.preset} in {place_of(self.root)}; {self._remedy(task, architecture)}"
            )
        _require_alike(found)
        return found

    def _remedy(self, task: Task, architecture: str) -> str:
        """Return how to get a run that is then read."""
        bundled = self.root == bundled_runs()
        command = f"claimkit train {task.name} --arch {architecture} --preset {self.preset}"
        if self.preset not in PRESETS:
            command = "claimkit train --recipe FILE"
        place = "" if bundled else f" --runs {shlex.quote(place_of(self.root))}"
        read = f", then give --runs {RUNS}" if bundled else ""
        other = ", or give --train" if self.preset in PRESETS else ""
        return f"train one with `{command}{place}`{read}{other}"

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
