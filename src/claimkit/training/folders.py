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
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from claimkit.errors import InvalidInput
from claimkit.evidence.files import readable, replace_file, sync_folder, told
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
_SPREAD: Final = "accelerate[.-]*"
"""What accelerate keeps of a run that is spread over devices, and the file that says where."""


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
        StoreError: If the folder cannot be written.
    """
    refuse_another(folder, recipe, load, remedy)
    path = folder / RECIPE
    if not path.exists():
        with told("write", folder):
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
    with told("write", folder):
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

    Raises:
        StoreError: If the disk is full; the run then goes on to here again.
    """
    # Imports torch and transformers.
    from claimkit.models.loading import quietly

    # Imports torch.
    from claimkit.training.state import weights_told

    part = folder / _PART
    shutil.rmtree(part, ignore_errors=True)
    with weights_told(folder):
        part.mkdir()
        with quietly():
            model.save_pretrained(str(part))
        write(part)
        _move_into_place(part, folder)
    tidy(folder)


def _move_into_place(part: Path, folder: Path) -> None:
    """Move all files to a run folder, those of folders to folders, weights behind all others."""
    names = [path.relative_to(part) for path in part.rglob("*") if path.is_file()]
    names.sort(key=lambda name: (str(name) in _MARKERS, str(name)))
    for name in names:
        # Weights would be for their owner's eyes only.
        shutil.copymode(folder / RECIPE, part / name)
        _sync(part / name)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(part / name, folder / name)
    for parent in {(folder / name).parent for name in names}:
        sync_folder(parent)


def forget_lines_after(folder: Path, step: int) -> None:
    """Drop what was logged of steps that were not saved and will be taken again.

    A last line that a kill cut short is of such a step, too.

    Raises:
        InvalidInput: If another line is damaged.
        StoreError: If the log cannot be read or written.
    """
    path = folder / LOG
    lines = readable(path).splitlines()
    if lines and _step_of(lines[-1]) is None:
        lines.pop()
    steps = [_step_of(line) for line in lines]
    if None in steps:
        number = steps.index(None)
        raise InvalidInput(
            f"line {number + 1} of {path} is damaged: "
            f"{lines[number][:40].decode(errors='replace')!r}; remove that line"
        )
    told_of = zip(lines, steps, strict=True)
    kept = [line + b"\n" for line, at in told_of if at is not None and at <= step]
    with told("write", path):
        replace_file(path, b"".join(kept))


def _step_of(line: bytes) -> int | None:
    """Return after how many steps a line of a log was written; None if it is damaged."""
    try:
        return int(json.loads(line)["step"])
    except (ValueError, TypeError, KeyError):
        return None


def tidy(folder: Path) -> None:
    """Remove what a finished run needs no longer, as far as the folder can be written."""
    for path in [folder / _PART, *folder.glob(f"{STATE}*"), *folder.glob(_SPREAD)]:
        # A run that is only read is whole with them, too.
        with suppress(OSError):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Wait until a file's bytes are on the disk."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())
