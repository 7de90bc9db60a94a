"""Training a recipe from scratch to its end, in a folder that may be killed and gone on with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from claimkit.training.course import LogLine, Machinery
from claimkit.training.folders import CARD, alone, claim, export, finished, refuse_another, tidy
from claimkit.training.roots import ELSEWHERE
from claimkit.training.runs import Run, load_scratch
from claimkit.training.scratch.recipe import ScratchRecipe

if TYPE_CHECKING:
    from claimkit.training.loop import Trainer


def machinery(device: str = "cpu", threads: int = 1) -> Machinery:
    """Return how a run is computed on a device.

    CUDA multiplies in bfloat16 and replays its steps as CUDA graphs. Other devices compute in
    float32 and compile nothing, since that needs a compiler of C++ on a CPU.
    """
    on_cuda = device.partition(":")[0] == "cuda"
    return Machinery(threads, "bfloat16" if on_cuda else "float32", on_cuda, device)


def train(
    recipe: ScratchRecipe,
    folder: Path,
    tell: Callable[[LogLine], None] | None = None,
    device: str = "cpu",
    threads: int = 1,
) -> Run[ScratchRecipe]:
    """Train a recipe to its end, going on where a stopped run stopped; do nothing if it is done.

    One process at a time trains in a folder; another one warns, waits, and finds the run done, or
    goes on where the first one was killed. It ends with the same weights then, bit by bit, if it
    computes on the same kind of machine with as many threads.

    Args:
        recipe: What to train.
        folder: The run folder, which becomes the checkpoint's: see :mod:`claimkit.training.runs`.
        tell: Called with every line of the log.
        device: As torch names it, such as ``cpu``, ``cuda`` or ``cuda:1``.
        threads: Of the CPU.

    Raises:
        InvalidInput: If the folder holds a run of another recipe, or its recipe or log is damaged.
        ModelError: If the loss is no number, or the state that it goes on from is damaged.
        StoreError: If the folder has no locks, or the disk is full.
    """
    refuse_another(folder, recipe, load_scratch, ELSEWHERE)
    if finished(folder):
        tidy(folder)
        return Run(folder, recipe)
    with alone(folder, recipe.name):
        claim(folder, recipe, load_scratch, ELSEWHERE)
        if finished(folder):
            tidy(folder)
        else:
            _finish(recipe, folder, tell, machinery(device, threads))
    return Run(folder, recipe)


def _finish(
    recipe: ScratchRecipe,
    folder: Path,
    tell: Callable[[LogLine], None] | None,
    machine: Machinery,
) -> None:
    # Imports torch and transformers.
    from claimkit.models.loading import quietly
    from claimkit.training.loop import Trainer
    from claimkit.training.scratch.course import ScratchCourse

    trainer = Trainer(ScratchCourse(recipe, machine), folder)
    # Strings end with padding that nothing reads, of which transformers would warn.
    with quietly():
        for line in trainer.run():
            if tell is not None:
                tell(line)
    export(trainer.model, folder, lambda part: _write_beside(part, recipe, folder, trainer))


def _write_beside(part: Path, recipe: ScratchRecipe, folder: Path, trainer: Trainer) -> None:
    """Write what stands beside the weights: tokenizer and card."""
    from claimkit.training.scratch.card import card
    from claimkit.training.scratch.tokenizing import save_tokenizer

    save_tokenizer(part, recipe)
    exams = Run(folder, recipe).exams()
    text = card(
        recipe,
        trainer.model.num_parameters(),
        trainer.step,
        exams[-1] if exams else None,
        trainer.course.machinery,
    )
    (part / CARD).write_text(text, encoding="utf-8")
