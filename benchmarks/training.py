"""How fast models learn from scratch, and how fast they are examined.

Training: examples per second of `claimkit.training.loop.Trainer` against the `Trainer` of
transformers as one would write it: a Python generator that yields one example after the other, a
collator that pads them, the loss on the answer only, absolute positions that begin anywhere. Both
train the same model with the same optimizer on batches of as many strings of the same lengths, in
turn; neither is examined meanwhile, and compiling is over before the clock starts. The ratio is
that of the medians, from one run.

Examining: 2,000 strings of lengths 101 to 150, asked of a model of 4 layers that is 256 wide, by
`claimkit.evaluation.scoring.score`, which verdicts rest on, and by the exams of the training loop.

    python benchmarks/training.py [--tasks UR NF] [--architecture gpt2] [--threads 2] [--quick]
    python benchmarks/training.py --device cuda --steps 500

Processor time says more than the clock where other programs run; on a GPU only the clock counts.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
import transformers
from plain_training import since, straightforward, times
from teacher_forcing import Rate

from claimkit.evaluation.scoring import score
from claimkit.models.language_model import LanguageModel
from claimkit.training.course import Machinery
from claimkit.training.loop import Trainer
from claimkit.training.scratch.answering import accuracy_by_string
from claimkit.training.scratch.course import ScratchCourse, build_model
from claimkit.training.scratch.exams import exam
from claimkit.training.scratch.presets import preset
from claimkit.training.scratch.recipe import ScratchRecipe, Sizes
from claimkit.training.scratch.running import machinery

TASKS = ("UR", "UL", "UF", "UB", "NF", "NB")
AIMS = {"cpu": 1.5, "cuda": 5.0}
MOST_SECONDS = 20.0
NEVER = 1 << 30


class Ours:
    """A run of the training loop that goes on from measurement to measurement."""

    def __init__(self, recipe: ScratchRecipe, how: Machinery, folder: Path, warm: int) -> None:
        """Compile, and take some steps."""
        unexamined = replace(recipe, learning=replace(recipe.learning, exam_every=NEVER))
        self._trainer = Trainer(ScratchCourse(unexamined, how), folder)
        self._device, self._batch = how.device, recipe.learning.batch
        self.rate(warm)

    def rate(self, steps: int) -> Rate:
        """Return examples per second over so many more steps."""
        start = times(self._device)
        for _ in self._trainer.run(until=self._trainer.step + steps):
            pass
        wall, processor = since(start, self._device)
        return Rate(self._batch * steps / wall, self._batch * steps / processor)


def median(rates: list[Rate]) -> Rate:
    """Return the median of rates, by each clock."""
    return Rate(
        statistics.median(rate.wall for rate in rates),
        statistics.median(rate.processor for rate in rates),
    )


def report(label: str, found: Rate) -> None:
    """Print one line of a table at once."""
    print(f"{label:<44}{found.wall:10.2f}{found.processor:12.2f}", flush=True)


def compiled(arguments: argparse.Namespace) -> dict[str, bool]:
    """Return whether to compile, where that is not left to the device."""
    return {"compile": True} if arguments.compile else {}


def training(recipe: ScratchRecipe, arguments: argparse.Namespace) -> None:
    """Print the rates of one task, and their ratio."""
    device, steps, warm = arguments.device, arguments.steps, arguments.warm
    how = replace(machinery(device, arguments.threads), **compiled(arguments))
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Ours(recipe, how, Path(folder), warm), []
        mine = []
        for round_ in range(arguments.repeats):
            mine.append(ours.rate(steps))
            theirs.append(straightforward(recipe, steps, warm, device, round_))
    report(f"{recipe.name}, this loop", median(mine))
    report(f"{recipe.name}, transformers' Trainer", median(theirs))
    report(f"{recipe.name}, ratio (aim {AIMS[device]})", median(mine).over(median(theirs)))


def examining(recipe: ScratchRecipe, strings: int, device: str) -> None:
    """Print how long a test set of the third bin takes, in seconds."""
    large = replace(recipe, sizes=Sizes(layers=4, heads=4, width=256))
    model = build_model(large).to(device).eval()
    whole = exam(large, large.bins[2], strings)
    wrapped = LanguageModel.of(model, window=large.positions, name=f"random {large.name}")
    ways: dict[str, Callable[[], object]] = {
        "scored": lambda: whole.by_string(lambda episodes: score(wrapped, episodes).right),
        "examined": lambda: accuracy_by_string(model, whole),
    }
    for name, measure in ways.items():
        start = times(device)
        measure()
        wall, processor = since(start, device)
        aim = f", seconds (aim {MOST_SECONDS:g})" if strings == 2_000 else ", seconds"
        report(f"{recipe.task}, {strings} strings {name}{aim}", Rate(wall, processor))


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description="Speed of learning from scratch.")
    parser.add_argument("--tasks", nargs="+", default=["UR", "NF"], choices=TASKS)
    parser.add_argument("--architecture", default="gpt2", choices=["gpt2", "llama"])
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=100, help="of each measurement")
    parser.add_argument("--warm", type=int, default=10, help="steps before the clock starts")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--strings", type=int, default=2_000)
    parser.add_argument("--parts", nargs="+", default=["training", "examining"])
    parser.add_argument("--compile", action="store_true", help="also on a CPU")
    parser.add_argument("--quick", action="store_true", help="few steps and strings")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.steps, arguments.warm, arguments.repeats, arguments.strings = 20, 3, 1, 200
    torch.set_num_threads(arguments.threads)
    transformers.utils.logging.set_verbosity_error()
    recipes = [preset("paper", task, arguments.architecture, 1) for task in arguments.tasks]
    where = f"{arguments.device}, {arguments.threads} threads"
    if "training" in arguments.parts:
        print(f"{f'examples per second, {where}':<44}{'wall':>10}{'processor':>12}")
        for recipe in recipes:
            training(recipe, arguments)
    if "examining" in arguments.parts:
        print(f"{f'lengths 101 to 150, {where}':<44}{'wall':>10}{'processor':>12}")
        for recipe in recipes:
            examining(recipe, arguments.strings, arguments.device)


if __name__ == "__main__":
    main()
