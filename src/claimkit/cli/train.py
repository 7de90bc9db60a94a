"""``claimkit train`` trains small models from scratch on one task each.

Exit status: 0 once all are trained, 2 if they cannot be, 130 where Ctrl-C stopped it; what was
trained by then is kept, and the same command goes on.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from claimkit.cli.saying import say, say_aside
from claimkit.cli.training_progress import follow, interruptible
from claimkit.cli.warned import one_sentence_each
from claimkit.errors import InvalidInput
from claimkit.training.folders import refuse_another
from claimkit.training.roots import ELSEWHERE, RUNS
from claimkit.training.runs import LEARNED, Run, folder_of, load_scratch
from claimkit.training.scratch.custom import CUSTOM, LEARNING, SIZES, customized
from claimkit.training.scratch.presets import TASKS, preset
from claimkit.training.scratch.recipe import ARCHITECTURES, ScratchRecipe
from claimkit.training.scratch.running import train


def add_train(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the ``claimkit`` command."""
    command = commands.add_parser(
        "train",
        help="train small models from scratch on one task each, or go on where that was stopped",
        description="Train small models from scratch, for each task and seed one, each in its own "
        f"folder below --runs. What is trained already is skipped. With other numbers than the "
        f"preset's, such as --steps, the preset is called {CUSTOM!r}.",
    )
    command.set_defaults(run_command=run_train)
    add = command.add_argument
    add("tasks", nargs="*", metavar="TASK", help=", ".join(TASKS))
    add("--all", action="store_true", help="all of these tasks")
    add("--recipe", type=Path, metavar="FILE", help="train what a recipe.json says, nothing else")
    add_place(command)
    seeds = command.add_mutually_exclusive_group()
    seeds.add_argument("--seed", type=int, metavar="N", help="default: 1")
    seeds.add_argument("--seeds", type=int, metavar="N", help="so many runs, with seeds 1 to N")
    for name in (*SIZES, *LEARNING):
        add(f"--{name}", type=float if name == "lr" else int, metavar="N", help="not the preset's")


def add_place(command: argparse.ArgumentParser) -> None:
    """Add the options of all trainings from scratch."""
    add = command.add_argument
    add("--preset", default="small", metavar="NAME", help="small or paper (default: %(default)s)")
    add("--arch", choices=ARCHITECTURES, default="gpt2", help="default: %(default)s")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help="default: %(default)s")
    add("--device", choices=("cpu", "cuda", "auto"), default="cpu", help="default: %(default)s")
    add("--threads", type=int, default=1, metavar="N", help="of the CPU (default: %(default)s)")


def run_train(options: argparse.Namespace) -> int:
    """Train one model after the other, and say what each can do.

    Raises:
        ClaimkitError: If something cannot be trained; nothing is trained then.
    """
    recipes = recipes_of(options)
    folders = [folder_of(options.runs, recipe) for recipe in recipes]
    check_place(options)
    for recipe, folder in zip(recipes, folders, strict=True):
        refuse_another(folder, recipe, load_scratch, ELSEWHERE)
    with one_sentence_each():
        for recipe, folder in zip(recipes, folders, strict=True):
            say(said(train_here(recipe, folder, options)))
    return 0


def recipes_of(options: argparse.Namespace) -> list[ScratchRecipe]:
    """Return what is to be trained.

    Raises:
        ClaimkitError: If that cannot be.
    """
    numbers = {name: getattr(options, name) for name in (*SIZES, *LEARNING)}
    changes = {name: value for name, value in numbers.items() if value is not None}
    if options.recipe is None:
        return [
            customized(preset(options.preset, task, options.arch, seed), changes)
            for task in _tasks(options)
            for seed in _seeds(options)
        ]
    given = [*options.tasks, *(f"--{name}" for name in changes)]
    given += ["--all"] if options.all else []
    given += [f"--{name}" for name in ("seed", "seeds") if getattr(options, name) is not None]
    if given:
        raise InvalidInput(f"--recipe says all that is trained; leave out {', '.join(given)}")
    return [load_scratch(options.recipe)]


def _tasks(options: argparse.Namespace) -> list[str]:
    if options.all and options.tasks:
        raise InvalidInput(f"--all trains every task; leave out {', '.join(options.tasks)}")
    if not options.all and not options.tasks:
        raise InvalidInput(f"name a task to train, or give --all: {', '.join(TASKS)}")
    return list(TASKS) if options.all else list(dict.fromkeys(options.tasks))


def _seeds(options: argparse.Namespace) -> list[int]:
    if options.seeds is None:
        return [check_seed(options.seed)]
    if options.seeds < 1:
        raise InvalidInput(f"--seeds is a number of runs, at least 1, got {options.seeds}")
    return list(range(1, options.seeds + 1))


def check_seed(seed: int | None) -> int:
    """Return the seed that was given, or 1.

    Raises:
        InvalidInput: If it is negative.
    """
    if seed is not None and seed < 0:
        raise InvalidInput(f"--seed is a number of at least 0, got {seed}")
    return 1 if seed is None else seed


def check_place(options: argparse.Namespace) -> None:
    """Refuse what the machine does not have, before anything is trained, and say what auto is.

    Raises:
        InvalidInput: If there is no such device, or no thread is left.
    """
    if options.threads < 1:
        raise InvalidInput(f"--threads is a number of at least 1, got {options.threads}")
    if options.device != "cpu":
        # Imports torch.
        from claimkit.models.devices import resolve_device

        options.device = str(resolve_device(options.device))


def train_here(
    recipe: ScratchRecipe, folder: Path, options: argparse.Namespace
) -> Run[ScratchRecipe]:
    """Train one model and draw its curves, showing how far it has come.

    Raises:
        ClaimkitError: If it cannot be trained.
    """
    # Imports matplotlib where a chart is drawn.
    from claimkit.reporting.training_curves import write_curves

    run = Run(folder, recipe)
    if run.finished:
        say_aside(f"{recipe.name} is trained already, in {folder}")
        return train(recipe, folder)
    steps = recipe.learning.steps
    with interruptible(recipe.name, folder), follow(recipe.name, steps) as tell:
        run = train(recipe, folder, tell, options.device, options.threads)
    write_curves(run)
    return run


def said(run: Run[ScratchRecipe]) -> str:
    """Return a sentence: what a trained model can do."""
    recipe, exams, lines = run.recipe, run.exams(), run.lines()
    if not lines:
        return f"{recipe.name} is trained, but has no log; {run.folder}"
    steps = f"{lines[-1]['step']:,} steps"
    if not exams:
        return f"{recipe.name}: {steps} without an exam; {run.folder}"
    shares = list(exams[-1][1].values())
    bins = [f"{low}–{high}" for low, high in recipe.bins]
    parts = [f"{share:.3f} at {lengths}" for share, lengths in zip(shares, bins, strict=True)]
    learned = "learned" if shares[0] >= LEARNED else "did not learn"
    found = f"whole answers right: {', '.join(parts)}"
    return f"{recipe.name} {learned} lengths {bins[0]} in {steps}; {found}; {run.folder}"
