"""The family of a base: its descendants in run folders, those missing trained where that is meant.

A descendant belongs to the family if its recipe names the very weights of the base. It counts if it
learned its task: it is right on :data:`~claimkit.training.runs.LEARNED` of the strings of the
lengths it was trained on.

Source: arXiv:2505.21785, §4.3: only seeds whose training loss reaches 0 count.
Differs: a loss of 0 is not to be had; what counts is what was learned by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, final

from claimkit.auditing.descendants.measuring import Measurer
from claimkit.auditing.descendants.strings import DOUBLED, TRAINED
from claimkit.errors import InvalidInput, NotApplicable
from claimkit.evidence.head_scores import HeadScores
from claimkit.evidence.outcomes import Outcomes
from claimkit.tasks import Task
from claimkit.training.roots import place_of
from claimkit.training.runs import LEARNED, SEED

if TYPE_CHECKING:
    from claimkit.models.checkpoint import Checkpoint
    from claimkit.training.finetuning.recipe import FinetuneRecipe, Method
    from claimkit.training.runs import Run

Trainer = Callable[["FinetuneRecipe", "Checkpoint", Path], object]
"""Fine-tunes a base into a run folder, or goes on where somebody was interrupted."""


@final
@dataclass(frozen=True)
class Line:
    """The descendants that were fine-tuned on one task, at least one.

    Attributes:
        task: Which.
        recipe: Of the first of them; all are asked about the same strings.
        runs: By seed.
        trained: Of each, what it answers at the lengths it was trained on.
    """

    task: Task
    recipe: FinetuneRecipe
    runs: tuple[Run[FinetuneRecipe], ...]
    trained: tuple[Outcomes, ...]

    @property
    def counting(self) -> tuple[Run[FinetuneRecipe], ...]:
        """Those that learned their task."""
        found = zip(self.runs, self.learned, strict=True)
        return tuple(run for run, learned in found if learned)

    @property
    def shares(self) -> tuple[float, ...]:
        """How often each is right at the lengths it was trained on."""
        return tuple(float(found.right.mean()) for found in self.trained)

    @property
    def learned(self) -> tuple[bool, ...]:
        """Whether each counts."""
        return tuple(share >= LEARNED for share in self.shares)

    @property
    def refusal(self) -> str:
        """Why nothing can be said of them; empty if one counts."""
        if self.counting:
            return ""
        shown = ", ".join(
            f"{share:.3f} (seed {run.recipe.seed})"
            for run, share in zip(self.runs, self.shares, strict=True)
        )
        return (
            f"{self.task.name} was not learned: at the lengths it was trained on its descendant is "
            f"right on {shown} of the strings, and only those count that reach {LEARNED}"
        )


@final
@dataclass
class Family:
    """A base and its descendants.

    Attributes:
        measurer: Asks them.
        root: Runs root, see :mod:`claimkit.training.runs`.
        preset: Of the recipe of descendants.
        method: How they are made: ``full`` or ``lora``.
        train: Makes those that are missing; None leaves them missing.
    """

    measurer: Measurer
    root: Path
    preset: str
    method: Method = "full"
    train: Trainer | None = None
    _lines: dict[str, Line] = field(default_factory=dict, init=False)

    @cached_property
    def name(self) -> str:
        """The base's name without the folder or owner that it belongs to."""
        return Path(self.measurer.subject().checkpoint.name).name

    @property
    def folder(self) -> str:
        """What its descendants' folder is called: adapters have one of their own."""
        return self.name if self.method == "full" else f"{self.name}-{self.method}"

    def line(self, task: Task) -> Line:
        """Return the descendants of a task, those that did not learn it, too.

        Raises:
            NotApplicable: If there is none, or the base cannot be asked.
            InvalidInput: If a run folder is damaged, or holds another base's descendant, or two
                of them have different strings.
        """
        if task.name not in self._lines:
            runs = self._runs(task)
            recipe = runs[0].recipe
            trained = tuple(self.measurer.outcomes(r.folder, recipe, TRAINED) for r in runs)
            self._lines[task.name] = Line(task, recipe, runs, trained)
        return self._lines[task.name]

    def doubled(self, line: Line) -> tuple[Outcomes, ...]:
        """Return what each descendant answers at the doubled lengths, counting or not."""
        return tuple(self.measurer.outcomes(run.folder, line.recipe, DOUBLED) for run in line.runs)

    def counting(self, line: Line) -> tuple[Outcomes, ...]:
        """Return what each descendant that counts answers at the doubled lengths."""
        found = zip(self.doubled(line), line.learned, strict=True)
        return tuple(outcomes for outcomes, learned in found if learned)

    def before(self, task: Task) -> Outcomes:
        """Return what the base answers at the doubled lengths, as it was before fine-tuning."""
        return self.measurer.outcomes(None, self.recipe(task), DOUBLED)

    def heads(self, line: Line) -> tuple[HeadScores, ...]:
        """Return the scores of the heads of each descendant that counts."""
        return tuple(self.measurer.head_scores(run.folder, line.recipe) for run in line.counting)

    def heads_before(self, task: Task) -> HeadScores:
        """Return the scores of the heads of the base on the same strings."""
        return self.measurer.head_scores(None, self.recipe(task))

    def recipe(self, task: Task) -> FinetuneRecipe:
        """Return the recipe of a task's descendants: that of those there are, else the preset's."""
        from claimkit.training.finetuning.presets import preset

        for run in self._found(task):
            return run.recipe
        base = self.measurer.subject()
        return preset(
            self.preset,
            task.name,
            base.checkpoint,
            base.fingerprint,
            seed=SEED,
            method=self.method,
        )

    def _runs(self, task: Task) -> tuple[Run[FinetuneRecipe], ...]:
        from claimkit.training.runs import finetuned_folder

        found = self._found(task)
        if not found and self.train is not None:
            recipe, base = self.recipe(task), self.measurer.subject().checkpoint
            self.train(recipe, base, finetuned_folder(self.root, self.folder, task.name, SEED))
            found = self._found(task)
        if not found:
            raise NotApplicable(
                f"no descendant of {self.name}, preset {self.preset}, was fine-tuned on "
                f"{task.name} in {place_of(self.root)}; name the model with --model and give "
                "--finetune, or name the folder of one with --runs"
            )
        return found

    def _found(self, task: Task) -> tuple[Run[FinetuneRecipe], ...]:
        """Return the descendants of these very weights that there are, all of one kind.

        Raises:
            InvalidInput: If they are to be asked about different strings.
        """
        from claimkit.training.runs import find_finetuned

        fingerprint = self.measurer.subject().fingerprint
        mine = tuple(
            run
            for run in find_finetuned(self.root, self.folder, task.name)
            if (run.recipe.fingerprint, run.recipe.preset) == (fingerprint, self.preset)
            and run.recipe.method == self.method
        )
        _require_alike(mine)
        return mine


def _require_alike(runs: Sequence[Run[FinetuneRecipe]]) -> None:
    for run in runs[1:]:
        first, other = runs[0].recipe, run.recipe
        if (first.lengths, first.pool) != (other.lengths, other.pool):
            raise InvalidInput(
                f"descendants of one task are asked about the same strings, but {run.folder} has "
                f"training lengths {other.lengths} over {other.pool} symbols and "
                f"{runs[0].folder} has {first.lengths} over {first.pool}; keep one of the two "
                "elsewhere"
            )
