"""``claimkit sweep`` trains a task in many sizes and chooses one of them, as published.

Exit status: 0 if a run was chosen, 1 if none learned the training lengths, 2 if nothing can be
trained, 130 where Ctrl-C stopped it; the same command goes on.
"""

from __future__ import annotations

import argparse
import shlex
from dataclasses import replace
from pathlib import Path

from claimkit.cli.saying import in_color, say, width
from claimkit.cli.train import add_place, check_place, check_seed, train_here
from claimkit.cli.warned import one_sentence_each
from claimkit.errors import InvalidInput
from claimkit.training.folders import RECIPE, refuse_another
from claimkit.training.roots import ELSEWHERE
from claimkit.training.runs import SWEPT, Run, load_scratch, sweep_folder
from claimkit.training.scratch.custom import CUSTOM, FROM_FILE, command
from claimkit.training.scratch.presets import sweep
from claimkit.training.scratch.recipe import ScratchRecipe
from claimkit.training.scratch.selection import Result, select


def add_sweep(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the ``claimkit`` command."""
    found = commands.add_parser(
        "sweep",
        help="train a task in many sizes and choose the best, as published",
        description="Train a task in many sizes and with several learning rates, and choose among "
        "the runs that learned the training lengths the one with the best accuracy in the second "
        "bin; ties go to the simplest. Every run is kept below --runs/sweep, and what is trained "
        "already is not trained again.",
    )
    found.set_defaults(run_command=run_sweep)
    found.add_argument("task", metavar="TASK", help="such as UR")
    add_place(found)
    found.add_argument("--seed", type=int, metavar="N", help="default: 1")


def run_sweep(options: argparse.Namespace) -> int:
    """Train all runs, print a table of them, and say which one is chosen.

    Raises:
        ClaimkitError: If something cannot be trained; nothing is trained then.
    """
    recipes = sweep(options.preset, options.task, options.arch, check_seed(options.seed))
    folders = {recipe: sweep_folder(options.runs, recipe) for recipe in recipes}
    check_place(options)
    for recipe, folder in folders.items():
        refuse_another(folder, recipe, load_scratch, ELSEWHERE)
    with one_sentence_each():
        runs = [train_here(recipe, folder, options) for recipe, folder in folders.items()]
    # Imports rich.
    from claimkit.reporting.sweep_table import sweep_table

    results = [result_of(run) for run in runs]
    chosen = select(results)
    say(sweep_table(results, chosen, width=width(), color=in_color()))
    say(_said(results, chosen, folders))
    return 1 if chosen is None else 0


def result_of(run: Run[ScratchRecipe]) -> Result:
    """Return what a trained run came to, as its last exam found it.

    Raises:
        InvalidInput: If it took none.
    """
    exams = run.exams()
    if not exams:
        raise InvalidInput(f"{run.folder} took no exam; remove the folder to train it anew")
    first, second, third = exams[-1][1].values()
    return Result(run.recipe, (first, second, third))


def _said(results: list[Result], chosen: Result | None, folders: dict[ScratchRecipe, Path]) -> str:
    """Return a sentence about the choice, or about the run that came closest."""
    if chosen is not None:
        folder = folders[chosen.recipe]
        return f"chosen: {folder}; train it again with `{_again(chosen.recipe, folder)}`"
    best = max(results, key=lambda result: result.accuracies[0])
    return (
        f"none is chosen: no run learned the training lengths; the best reached "
        f"{best.accuracies[0]:.3f}, in {folders[best.recipe]}"
    )


def _again(recipe: ScratchRecipe, folder: Path) -> str:
    """Return a command that trains a run of a sweep once more.

    Options say it all where they can; they name seed and folder of a run like any other. Else the
    run's own file does, under another root, since under this one the run is trained already.
    """
    for preset in (recipe.preset.removeprefix(SWEPT), CUSTOM):
        way = command(replace(recipe, preset=preset))
        if way != FROM_FILE:
            return way
    return f"claimkit train --recipe {shlex.quote(str(folder / RECIPE))} --runs DIR"
