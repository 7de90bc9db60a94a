"""The options about trained runs: where they are, which of them, and what may be trained."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, final

from claimkit.errors import InvalidInput
from claimkit.models.bundled import bundled_runs
from claimkit.plugin.values import choice, file, word
from claimkit.reporting.places import snapshots_of
from claimkit.training.roots import RUNS

if TYPE_CHECKING:
    import argparse

FULL: Final = "full"
METHODS: Final = (FULL, "lora")
SMALL: Final = "small"
_BUNDLED: Final = "bundled-runs"


@final
@dataclass(frozen=True)
class RunSettings:
    """What the command line asks for about trained runs.

    Attributes:
        root: Absolute path of the folder that holds them, see :mod:`claimkit.training.runs`.
        preset: Whose runs are read.
        train: Whether runs that are missing are trained from scratch.
        finetune: How the model under test is fine-tuned; empty if it is not.
        snapshots: Absolute path of the folder that remembers their verdicts.
    """

    root: Path
    preset: str
    train: bool
    finetune: str
    snapshots: Path


def read_run_settings(
    options: argparse.Namespace,
    folder: Path,
    cwd: Path,
    *,
    snapshot_dir: Path | None,
    bundled_claims: bool,
) -> RunSettings:
    """Read the options about runs.

    Args:
        options: Pytest's parsed options.
        folder: The project's folder; what is trained is kept in its folder ``runs`` unless
            ``--runs`` is given.
        cwd: The folder that relative paths on the command line start from.
        snapshot_dir: What ``--snapshot-dir`` names.
        bundled_claims: Whether the claims that come with claimkit are run.

    Raises:
        InvalidInput: If an option has a value that cannot be meant, or contradicts another.
    """
    preset, own = options.claimkit_preset, file("--runs", options.claimkit_runs, cwd)
    finetune = _method(options.claimkit_finetune, options.claimkit_model)
    train = options.claimkit_train
    if train and options.claimkit_model is not None:
        raise InvalidInput(
            "--train trains models from scratch, and claims about these are not run beside --model "
            f"{options.claimkit_model}; give one of the two"
        )
    root = own or (folder / RUNS if train or finetune else bundled_runs())
    _refuse_unknown_preset(preset, root)
    bundled = root == bundled_runs()
    kept = snapshot_dir or snapshots_of(folder, bundled=bundled_claims and bundled)
    name = _BUNDLED if bundled else f"runs-{_name_of(root, folder)}"
    return RunSettings(
        root=root,
        preset=preset,
        train=train,
        finetune=finetune,
        snapshots=kept / (name if preset == SMALL else f"{name}-{preset}"),
    )


def _name_of(root: Path, folder: Path) -> str:
    """Return a root's path as one word, so that no two roots share what is remembered of them.

    In the project it is the path from there, which is the same on every machine.
    """
    path, project = Path(os.path.abspath(root)), Path(os.path.abspath(folder))
    shown = path.relative_to(project) if path.is_relative_to(project) else path
    return shown.as_posix().replace("/", "--")


def _refuse_unknown_preset(name: str, root: Path) -> None:
    """Refuse a preset that is none and of which there are no runs, of whatever recipe.

    Raises:
        InvalidInput: With those that there are.
    """
    # Who names another than the usual one can wait for numpy.
    if name != SMALL:
        from claimkit.training.runs import SCRATCH
        from claimkit.training.scratch.presets import PRESETS

        here = root / SCRATCH
        own = sorted(path.name for path in here.iterdir()) if here.is_dir() else []
        choice("--preset", name, tuple(dict.fromkeys([*PRESETS, *own])))


def _method(text: str | None, model: str | None) -> str:
    """Return how to fine-tune, empty for not at all.

    Raises:
        InvalidInput: If there is no such way, or no model to fine-tune.
    """
    if text is None:
        return ""
    word("--finetune", text)
    if text not in METHODS:
        raise InvalidInput(
            f"--finetune is one of {', '.join(METHODS)}, got {text!r}; write --finetune={FULL} "
            "where a path follows"
        )
    if model is None:
        raise InvalidInput(
            "--finetune trains descendants of the model that --model names, got --finetune "
            f"{text} without --model; name the model too"
        )
    return text
