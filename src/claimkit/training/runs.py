"""Runs that were trained: where they lie below a root, and what their folders say.

::

    <root>/scratch/<preset>/<architecture>/<TASK>/<seed>/
    <root>/sweep/<preset>/<architecture>/<TASK>/<seed>/<sizes and learning rate>/
    <root>/finetuned/<base>/<TASK>/<seed>/

A finished run is a checkpoint that transformers loads, with ``recipe.json``, ``log.jsonl`` and a
card. No torch is needed to find it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

from claimkit.errors import InvalidInput
from claimkit.models.files import reading
from claimkit.training.checking import object_in
from claimkit.training.folders import LOG, RECIPE, AnyRecipe, finished
from claimkit.training.logs import line_of
from claimkit.training.scratch.recipe import KIND as FROM_SCRATCH
from claimkit.training.scratch.recipe import Lengths, ScratchRecipe

if TYPE_CHECKING:
    from claimkit.training.course import LogLine
    from claimkit.training.finetuning.recipe import FinetuneRecipe

SCRATCH: Final = "scratch"
FINETUNED: Final = "finetuned"
SWEEP: Final = "sweep"
SWEPT: Final = "sweep-"
"""Before the name of a preset, for the recipes of a sweep around it."""

LEARNED: Final = 0.99
"""From this accuracy on, at the lengths it was trained on, a run counts as having learned its task.

Source: arXiv:2505.21785, §4.3 and Appendix B.
Differs: published are runs that are perfect there, or whose loss reaches 0, on strings on which
training stopped; claims ask about others.
"""

SEED: Final = 1
"""Of the one run of a task that is trained where there is none."""

_POINTS: Final = 40
"""The most steps of a training that are shown."""


class RunRecipe(AnyRecipe, Protocol):
    """What the recipes of runs have."""

    @property
    def bins(self) -> Sequence[Lengths]:
        """The lengths of the bins that are examined."""
        ...


_R_co = TypeVar("_R_co", bound=RunRecipe, covariant=True)


@dataclass(frozen=True)
class Run(Generic[_R_co]):
    """A folder in which a recipe is trained, or was.

    Attributes:
        folder: The run folder.
        recipe: What it trains.
    """

    folder: Path
    recipe: _R_co

    @property
    def name(self) -> str:
        """What to call it."""
        return self.recipe.name

    @property
    def finished(self) -> bool:
        """Whether it is trained to its end."""
        return finished(self.folder)

    def lines(self) -> list[LogLine]:
        """Return the log; nothing where there is none yet.

        Raises:
            InvalidInput: If a line is damaged.
        """
        path = self.folder / LOG
        with reading(self.folder):
            texts = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        bins = [f"bin {place}" for place in range(1, len(self.recipe.bins) + 1)]
        return [line_of(path, number, text, bins) for number, text in enumerate(texts, 1)]

    def exams(self) -> list[tuple[int, dict[str, float]]]:
        """Return each exam: after how many steps, and its accuracies by bin, ``bin 1`` first.

        Raises:
            InvalidInput: If a line of the log is damaged.
        """
        return [(line["step"], line["exam"]) for line in self.lines() if line.get("exam")]

    def curve(self, place: int) -> tuple[tuple[int, float], ...]:
        """Return some of the exams in one bin, the first and the last among them.

        No verdict rests on them, so that a damaged log is warned of and has no curve.

        Args:
            place: The bin, from 1.
        """
        try:
            found = [(step, given[f"bin {place}"]) for step, given in self.exams()]
        except InvalidInput as error:
            warnings.warn(f"no curve of {self.name}: {error}", UserWarning, stacklevel=2)
            return ()
        if len(found) <= _POINTS:
            return tuple(found)
        return tuple(found[round(i * (len(found) - 1) / (_POINTS - 1))] for i in range(_POINTS))


def scratch_folder(root: Path, recipe: ScratchRecipe) -> Path:
    """Return the folder of a run from scratch."""
    return _tasks(root, recipe.preset, recipe.architecture) / recipe.task / str(recipe.seed)


def sweep_folder(root: Path, recipe: ScratchRecipe) -> Path:
    """Return the folder of one run of a sweep, named after its sizes and learning rate."""
    sizes, rate = recipe.sizes, recipe.learning.learning_rate
    preset = recipe.preset.removeprefix(SWEPT)
    place = root / SWEEP / preset / recipe.architecture / recipe.task / str(recipe.seed)
    return place / f"l{sizes.layers}-h{sizes.heads}-w{sizes.width}-lr{rate:g}"


def folder_of(root: Path, recipe: ScratchRecipe) -> Path:
    """Return the folder of a run from scratch or of a sweep, whichever the recipe is of."""
    swept = recipe.preset.startswith(SWEPT)
    return sweep_folder(root, recipe) if swept else scratch_folder(root, recipe)


def finetuned_folder(root: Path, base: str, task: str, seed: int) -> Path:
    """Return the folder of a fine-tuned model; ``base`` is the name of what it began with."""
    return root / FINETUNED / base / task / str(seed)


def _tasks(root: Path, preset: str, architecture: str) -> Path:
    return root / SCRATCH / preset / architecture


def find_scratch(
    root: Path, preset: str, task: str, architecture: str
) -> tuple[Run[ScratchRecipe], ...]:
    """Return the finished runs of a task by their seeds; none where there is no such folder.

    Raises:
        InvalidInput: If a recipe is damaged, or is that of another place.
    """

    def at_home(recipe: ScratchRecipe, folder: Path) -> bool:
        return scratch_folder(root, recipe) == folder

    place = _tasks(root, preset, architecture) / task
    return _find(place, lambda folder: load_scratch(folder / RECIPE), at_home)


def find_finetuned(root: Path, base: str, task: str) -> tuple[Run[FinetuneRecipe], ...]:
    """Return the finished descendants of a base by their seeds, as :func:`find_scratch` does.

    Raises:
        InvalidInput: If a recipe is damaged, or is that of another task or seed.
    """

    def at_home(recipe: FinetuneRecipe, folder: Path) -> bool:
        return finetuned_folder(root, base, recipe.task, recipe.seed) == folder

    place = root / FINETUNED / base / task
    return _find(place, lambda folder: _load_finetuned(folder / RECIPE), at_home)


_R = TypeVar("_R", bound=RunRecipe)


def _find(
    place: Path, load: Callable[[Path], _R], at_home: Callable[[_R, Path], bool]
) -> tuple[Run[_R], ...]:
    seeds = (path for path in place.iterdir() if path.name.isdecimal()) if place.is_dir() else ()
    found: list[Run[_R]] = []
    for folder in sorted(seeds, key=lambda path: int(path.name)):
        if not finished(folder):
            continue
        recipe = load(folder)
        if not at_home(recipe, folder):
            raise InvalidInput(
                f"{folder} holds {recipe.name}, which belongs elsewhere; move it there, or train "
                "what this folder is named after"
            )
        found.append(Run(folder, recipe))
    return tuple(found)


def load_recipe(folder: Path) -> ScratchRecipe | FinetuneRecipe:
    """Return the recipe of a run folder, of whichever kind.

    Raises:
        InvalidInput: If there is none, or it is damaged.
    """
    path = folder / RECIPE
    raw = _raw(path)
    if raw.get("kind") == FROM_SCRATCH:
        return load_scratch(path)
    if raw.get("kind") == FINETUNED:
        return _load_finetuned(path)
    raise InvalidInput(
        f"{path} is a recipe of kind {raw.get('kind')!r}; runs are {FROM_SCRATCH} or {FINETUNED}"
    )


def load_scratch(path: Path) -> ScratchRecipe:
    """Read the file of a recipe from scratch.

    Raises:
        InvalidInput: If there is none, or it is damaged.
    """
    return _of(path, ScratchRecipe.of)


def _load_finetuned(path: Path) -> FinetuneRecipe:
    from claimkit.training.finetuning.recipe import FinetuneRecipe

    return _of(path, FinetuneRecipe.of)


def _of(path: Path, of: Callable[[dict[str, Any]], _R]) -> _R:
    raw = _raw(path)
    try:
        return of(raw)
    except (InvalidInput, KeyError, TypeError, ValueError) as error:
        raise InvalidInput(f"{path}: {error}") from error


def _raw(path: Path) -> dict[str, Any]:
    if not path.exists():
        raise InvalidInput(f"there is no {path}, which would say what is trained; name another")
    return object_in(path)
