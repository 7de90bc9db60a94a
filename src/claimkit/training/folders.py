"""Run folders while something is trained in them: whose they are, who works there, what is done.

A folder belongs to one recipe (``recipe.json``). It is done once it holds weights; these come last,
moved into place when all else is there, so a kill at any time leaves a run that goes on.
"""

from __future__ import annotations

import json
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from claimkit.errors import InvalidInput
from claimkit.evidence.files import replace_file, sync_folder
from claimkit.evidence.locks import StoreBusy, discard, held

if TYPE_CHECKING:
    from transformers import PreTrainedModel

RECIPE: Final = "recipe.json"
LOG: Final = "log.jsonl"
STATE: Final = "state.pt"
CARD: Final = "README.md"

_MARKERS: Final = (
    "model.safetensors",
    "model.safetensors.index.json",
    "adapter_model.safetensors",
)
"""What makes a folder a finished run: weights, the index of their shards, or an adapter's."""
_LOCK: Final = ".lock"
_PART: Final = ".part"


class AnyRecipe(Protocol):
    """What all recipes have."""

    @property
    def name(self) -> str:
        """What to call the run."""
        ...

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``recipe.json``."""
        ...


_R = TypeVar("_R", bound=AnyRecipe)


def finished(folder: Path) -> bool:
    """Whether a folder holds a trained model."""
    return any((folder / name).exists() for name in _MARKERS)


def refuse_another(folder: Path, recipe: _R, load: Callable[[Path], _R], remedy: str) -> None:
    """Refuse a folder that is not a recipe's; there may be none yet.

    Args:
        folder: The run folder.
        recipe: Whose run it is to hold.
        load: Reads ``recipe.json``.
        remedy: What to do where it is taken, for the error's sentence.

    Raises:
        InvalidInput: If the folder holds a run of another recipe.
    """
    path = folder / RECIPE
    if not path.exists():
        return
    found = load(path)
    if found != recipe:
        raise InvalidInput(
            f"{folder} holds a run of another recipe ({found.name}) {_unlike(found, recipe)}; "
            f"{remedy}, or remove it"
        )


def claim(folder: Path, recipe: _R, load: Callable[[Path], _R], remedy: str) -> None:
    """Make a folder that of a recipe, where it is not yet; else as :func:`refuse_another`.

    Raises:
        InvalidInput: If the folder holds a run of another recipe.
    """
    refuse_another(folder, recipe, load, remedy)
    path = folder / RECIPE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(path, (json.dumps(recipe.as_dict(), indent=2) + "\n").encode())


def _unlike(found: AnyRecipe, recipe: AnyRecipe) -> str:
    """Say in what two recipes differ, as far as a sentence goes."""
    old, new = dict(_leaves(found.as_dict())), dict(_leaves(recipe.as_dict()))
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    shown = [f"{name} {old.get(name)} and not {new.get(name)}" for name in names[:2]]
    more = [f"{len(names) - 2} more differences"] if len(names) > 2 else []
    return f"with {', '.join([*shown, *more])}"


def _leaves(plain: Any, before: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    """Yield each value of nested dictionaries under its last name."""
    if not isinstance(plain, dict):
        yield before, list(plain) if isinstance(plain, tuple) else plain
        return
    for name, value in plain.items():
        yield from _leaves(value, name)


@contextmanager
def alone(folder: Path, name: str) -> Iterator[None]:
    """Work in a folder as the only process; wait until another one is done, and say so.

    Args:
        folder: Made where there is none.
        name: Of the run, for the warning's sentence.

    Raises:
        StoreError: If the folder cannot be written, or its file system has no locks.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / _LOCK
    with ExitStack() as stack:
        try:
            stack.enter_context(held(lock, str(folder), 0))
        except StoreBusy:
            warnings.warn(
                f"another process trains {name} in {folder}; waiting until it is done",
                UserWarning,
                stacklevel=3,
            )
            stack.enter_context(held(lock, str(folder), None))
        yield
        if finished(folder):
            # Whoever waited for this file finds a finished run; nobody trains there again.
            discard(lock)


def export(model: PreTrainedModel, folder: Path, write: Callable[[Path], None]) -> None:
    """Turn the run of a folder into a checkpoint that transformers loads; its state goes last.

    Args:
        model: Its weights are written as they are, as safetensors.
        folder: The run folder.
        write: Writes what else belongs there (tokenizer, card) into the folder that it is given.
    """
    # Imports torch and transformers.
    from claimkit.models.loading import quietly

    part = folder / _PART
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    with quietly():
        model.save_pretrained(str(part))
    write(part)
    paths = sorted(part.iterdir(), key=lambda path: (path.name in _MARKERS, path.name))
    for path in paths:
        # Weights would be for their owner's eyes only.
        shutil.copymode(folder / RECIPE, path)
        _sync(path)
    for path in paths:
        os.replace(path, folder / path.name)
    sync_folder(folder)
    tidy(folder)


def forget_lines_after(folder: Path, step: int) -> None:
    """Drop what was logged of steps that were not saved and will be taken again."""
    path = folder / LOG
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    path.write_text("".join(line for line in lines if json.loads(line)["step"] <= step))


def tidy(folder: Path) -> None:
    """Remove what a finished run needs no longer."""
    shutil.rmtree(folder / _PART, ignore_errors=True)
    (folder / STATE).unlink(missing_ok=True)
    (folder / f"{STATE}.part").unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Wait until a file's bytes are on the disk."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())
