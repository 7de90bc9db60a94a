"""Fine-tuning to the end, in a folder that may be killed and gone on with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from claimkit.models.checkpoint import Checkpoint
from claimkit.training.course import LogLine, Machinery
from claimkit.training.finetuning.recipe import FinetuneRecipe
from claimkit.training.folders import CARD, alone, claim, export, finished, tidy
from claimkit.training.roots import ELSEWHERE
from claimkit.training.runs import Run

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from claimkit.training.finetuning.course import FinetuneCourse

Tell = Callable[[LogLine], None]


def finetune(
    recipe: FinetuneRecipe,
    base: Checkpoint,
    folder: Path,
    tell: Tell | None = None,
    device: str = "cpu",
    threads: int = 1,
) -> Run[FinetuneRecipe]:
    """Fine-tune to the end, going on where a stopped run stopped; do nothing if it is done.

    One process at a time trains in a folder; another one warns, waits, and finds the run done.
    Where the first one was killed it goes on instead, and ends with the same weights, bit by bit,
    on as many threads of the same kind of machine.

    Args:
        recipe: What to train.
        base: The pretrained model; its fingerprint is the recipe's.
        folder: The run folder, which becomes the descendant's checkpoint.
        tell: Called with every line of the log.
        device: As torch names it, such as ``cpu``, ``cuda`` or ``cuda:1``.
        threads: Of the CPU.

    Raises:
        InvalidInput: If the folder holds a run of another recipe, or its recipe or log is damaged.
        NotApplicable: If the base's alphabet or window is too small for the task.
        Unsupported: If its tokenizer keeps no symbols apart, or a package is missing.
        ModelError: If the base cannot be loaded, the loss is no number, or the state that it goes
            on from is damaged.
        StoreError: If the folder has no locks, or the disk is full.
    """
    if finished(folder):
        claim(folder, recipe, FinetuneRecipe.load, ELSEWHERE)
        tidy(folder)
        return Run(folder, recipe)
    # A task that the base has no strings for leaves no folder behind.
    course = course_of(recipe, base, device, threads)
    with alone(folder, recipe.name):
        claim(folder, recipe, FinetuneRecipe.load, ELSEWHERE)
        if finished(folder):
            tidy(folder)
        else:
            _finish(course, folder, tell)
    return Run(folder, recipe)


def course_of(
    recipe: FinetuneRecipe, base: Checkpoint, device: str = "cpu", threads: int = 1
) -> FinetuneCourse:
    """Return what the loop needs to know, its tokenizer probed and found fit.

    Raises:
        ClaimkitError: As :func:`finetune` does.
    """
    # Imports torch and transformers.
    from claimkit.training.finetuning.course import FinetuneCourse

    machinery = Machinery(threads, recipe.autocast, compile=False, device=device)
    course = FinetuneCourse(recipe, base, machinery)
    assert course.writing
    return course


def _finish(course: FinetuneCourse, folder: Path, tell: Tell | None) -> None:
    from claimkit.training.finetuning.lora import merged
    from claimkit.training.loop import Trainer

    trainer = Trainer(course, folder)
    for line in trainer.run():
        if tell is not None:
            tell(line)
    model = merged(trainer.model) if course.recipe.method == "lora" else trainer.model
    write_descendant(model, course, folder, trainer.step)


def write_descendant(
    model: PreTrainedModel, course: FinetuneCourse, folder: Path, steps: int
) -> None:
    """Turn a run's folder into a checkpoint that transformers loads.

    Args:
        model: The fine-tuned one, an adapter merged into its weights.
        course: What it learned.
        folder: The run folder.
        steps: Optimizer steps that were taken.
    """
    from claimkit.models.tokenizer import load_tokenizer
    from claimkit.training.finetuning.card import card

    exams = Run(folder, course.recipe).exams()
    exam = exams[-1] if exams else None
    text = card(course.recipe, model.num_parameters(), steps, exam, course.base)

    def beside(part: Path) -> None:
        load_tokenizer(course.base).save_pretrained(str(part))
        (part / CARD).write_text(text, encoding="utf-8")

    export(model, folder, beside)
