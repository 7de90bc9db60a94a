"""``claimkit finetune`` trains a pretrained model on one task each.

Exit status: 0 once all are trained, 2 if they cannot be, 130 where Ctrl-C stopped it; what was
trained by then is kept, and the same command goes on.
"""

from __future__ import annotations

import argparse
import os
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from claimkit.cli.saying import say
from claimkit.cli.training_progress import follow, interruptible
from claimkit.cli.warned import one_sentence_each
from claimkit.errors import InvalidInput
from claimkit.models.bundled import FINETUNED_MODEL, checkpoint_of
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.spec import ModelSpec
from claimkit.training.finetuning.presets import preset
from claimkit.training.finetuning.recipe import METHODS, FinetuneRecipe
from claimkit.training.finetuning.running import course_of, finetune
from claimkit.training.folders import refuse_another
from claimkit.training.roots import ELSEWHERE, RUNS
from claimkit.training.runs import Run, finetuned_folder
from claimkit.training.scratch.presets import TASKS

if TYPE_CHECKING:
    from claimkit.training.course import LogLine


def add_finetune(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the ``claimkit`` command."""
    command = commands.add_parser(
        "finetune",
        help="train a pretrained model on one task each, or go on where that was stopped",
        description="Fine-tune a pretrained model, for each task one descendant, each in its own "
        "folder below --runs. What is trained already is skipped.",
        epilog="On several devices: accelerate launch -m claimkit.cli.main finetune … --accelerate",
    )
    command.set_defaults(run_command=run_finetune)
    add = command.add_argument
    add("--model", default=FINETUNED_MODEL, metavar="DIR", help="or hub id (default: %(default)s)")
    add("--revision", metavar="NAME", help="branch, tag or commit of a hub id")
    add("--task", action="append", default=[], metavar="NAME", help=", ".join(TASKS))
    add("--all", action="store_true", help="all of these tasks")
    add("--preset", default="small", metavar="NAME", help="small or paper (default: %(default)s)")
    add("--method", choices=METHODS, default="full", help="default: %(default)s")
    add("--seed", type=int, default=1, metavar="N", help="default: %(default)s")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help="default: %(default)s")
    add("--device", default="cpu", metavar="NAME", help="cpu, cuda or auto (default: %(default)s)")
    add("--threads", type=int, default=1, metavar="N", help="of the CPU (default: %(default)s)")
    add("--accelerate", action="store_true", help="spread over what accelerate launched")


def run_finetune(options: argparse.Namespace) -> int:
    """Train one descendant after the other, and say what each can do.

    Raises:
        ClaimkitError: If something cannot be trained; what came before it is kept.
    """
    tasks = _tasks(options)
    _check(options)
    base = Checkpoint.find(ModelSpec(checkpoint_of(options.model), revision=options.revision))
    digest = base.fingerprint(_Forgetful())
    recipes = [
        preset(options.preset, task, base, digest, seed=options.seed, method=options.method)
        for task in tasks
    ]
    folders = [folder_of(options.runs, recipe) for recipe in recipes]
    for recipe, folder in zip(recipes, folders, strict=True):
        refuse_another(folder, recipe, FinetuneRecipe.load, ELSEWHERE)
    with one_sentence_each():
        for recipe, folder in zip(recipes, folders, strict=True):
            say(said(_train_and_draw(recipe, base, folder, options)))
    return 0


def folder_of(root: Path, recipe: FinetuneRecipe) -> Path:
    """Return a recipe's folder; those of LoRA lie apart."""
    base = recipe.base_name if recipe.method == "full" else f"{recipe.base_name}-{recipe.method}"
    return finetuned_folder(root, base, recipe.task, recipe.seed)


class _Forgetful:
    """Remembers no hash of a file: there is no evidence folder here."""

    def facts(self, name: str, /) -> dict[str, Any] | None:
        """Return nothing."""
        return None

    def remember(self, name: str, facts: dict[str, Any], /) -> None:
        """Forget."""


def _tasks(options: argparse.Namespace) -> list[str]:
    if options.all and options.task:
        raise InvalidInput(f"--all trains every task; leave out --task {options.task[0]}")
    if not options.all and not options.task:
        raise InvalidInput(f"name a task with --task, or give --all: {', '.join(TASKS)}")
    return list(TASKS) if options.all else list(dict.fromkeys(options.task))


def _check(options: argparse.Namespace) -> None:
    """Refuse numbers that cannot be, and a device that the machine does not have."""
    if options.threads < 1:
        raise InvalidInput(f"--threads is a number of at least 1, got {options.threads}")
    if options.seed < 0:
        raise InvalidInput(f"--seed is a number of at least 0, got {options.seed}")
    if options.device != "cpu":
        # Imports torch.
        from claimkit.models.devices import resolve_device

        options.device = str(resolve_device(options.device))


def _train_and_draw(
    recipe: FinetuneRecipe, base: Checkpoint, folder: Path, options: argparse.Namespace
) -> Run[FinetuneRecipe]:
    """Train one descendant and draw its curves; nothing is done where that was done before."""
    # Imports matplotlib where a chart is drawn.
    from claimkit.reporting.training_curves import write_curves

    done = Run(folder, recipe).finished
    run = _train(recipe, base, folder, options)
    if not done and _talks():
        write_curves(run)
    return run


def _talks() -> bool:
    """Whether this process is the one of those that accelerate launched that talks and draws."""
    return os.environ.get("RANK", "0") == "0"


def _train(
    recipe: FinetuneRecipe, base: Checkpoint, folder: Path, options: argparse.Namespace
) -> Run[FinetuneRecipe]:
    if not options.accelerate:
        steps = recipe.learning.steps
        with interruptible(recipe.name, folder), follow(recipe.name, steps) as tell:
            return finetune(recipe, base, folder, tell, options.device, options.threads)
    # Imports torch and accelerate.
    from claimkit.training.finetuning.distributed import finetune_spread

    # Every process trains, one of them talks.
    with follow(recipe.name, recipe.learning.steps) if _talks() else nullcontext(_silent) as tell:
        finetune_spread(course_of(recipe, base, threads=options.threads), folder, tell)
    return Run(folder, recipe)


def _silent(line: LogLine) -> None:
    pass


def said(run: Run[FinetuneRecipe]) -> str:
    """Return a sentence: what a descendant can do."""
    recipe, exams, lines = run.recipe, run.exams(), run.lines()
    if not lines:
        return f"{recipe.name} is trained, but has no log; {run.folder}"
    shares = list(exams[-1][1].values()) if exams else []
    bins = [f"{low}–{high}" for low, high in recipe.bins]
    parts = (
        [f"{share:.3f} at {lengths}" for share, lengths in zip(shares, bins, strict=True)]
        if shares
        else []
    )
    found = f"whole answers right: {', '.join(parts)}" if parts else "no exam"
    return f"{recipe.name}: {lines[-1]['step']:,} steps; {found}; {run.folder}"
