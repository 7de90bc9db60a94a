"""The control checkpoints that claimkit ships, by name."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from claimkit.shipped import shipped

DEFAULT_MODEL: Final = "forward-born"
FINETUNED_MODEL: Final = "absolute-born"
"""The bundled model whose fine-tuned descendants are bundled, too."""


def bundled_models() -> Path:
    """The folder of the control checkpoints, in an installed package or in a working tree."""
    return shipped("models")


def bundled_runs() -> Path:
    """The root of the runs that claimkit ships, see :mod:`claimkit.training.runs`."""
    return bundled_models().parent / "runs"


def checkpoint_of(model: str | None) -> str:
    """The folder or hub id to load: what was asked for, else the bundled model.

    A bundled model may be asked for by its name, unless a folder here has that name.
    """
    name = DEFAULT_MODEL if model is None else model
    named = model is None or (name in names_of_bundled() and not Path(name).exists())
    return str(bundled_models() / name) if named else name


def is_bundled(model: str) -> bool:
    """Whether a folder or hub id, as :func:`checkpoint_of` gives it, is a bundled model."""
    folder = Path(model).resolve()
    return folder.parent == bundled_models() and folder.name in names_of_bundled()


def names_of_bundled() -> set[str]:
    """The names of the bundled models; none where they were taken away."""
    folder = bundled_models()
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()
