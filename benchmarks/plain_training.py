"""Training with transformers' `Trainer`, as one would write it; what benchmarks compare with.

A Python generator yields one example after the other, a collator pads them, and the labels say that
only the answer is learned. Absolute positions begin anywhere.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

import torch
import transformers
from teacher_forcing import Rate
from torch.utils.data import IterableDataset

from claimkit.tasks import Group
from claimkit.training.scratch.course import build_model
from claimkit.training.scratch.examples import Marks
from claimkit.training.scratch.recipe import ScratchRecipe

IGNORED = -100


class Examples(IterableDataset):
    """Strings of a recipe's first bin, drawn one by one."""

    def __init__(self, recipe: ScratchRecipe, seed: int) -> None:
        """Draw from a seed."""
        self._recipe, self._seed = recipe, seed

    def __iter__(self) -> Iterator[dict[str, list[int]]]:
        """Yield examples without end."""
        generator = random.Random(self._seed)
        while True:
            yield example(self._recipe, generator)


def example(recipe: ScratchRecipe, generator: random.Random) -> dict[str, list[int]]:
    """Return tokens, labels and positions of one string."""
    task, marks = recipe.known, Marks.behind(recipe.symbols)
    length = generator.randint(*recipe.bins[0])
    if task.group is Group.NON_UNIQUE_COPYING:
        context = [generator.randrange(recipe.symbols) for _ in range(length)]
    else:
        context = generator.sample(range(recipe.symbols), length)
    if recipe.copies:
        query, answer = [], context[:: task.step]
    else:
        place = generator.randrange(1, length - 1)
        query, answer = [context[place]], [context[place + task.step]]
    prompt = [marks.bos, *context, marks.sep, *query]
    tokens = [*prompt, *answer, marks.eos]
    return {
        "input_ids": tokens,
        "labels": [IGNORED] * len(prompt) + [*answer, marks.eos],
        "position_ids": positions(recipe, len(tokens), generator),
    }


def positions(recipe: ScratchRecipe, tokens: int, generator: random.Random) -> list[int]:
    """Return positions that begin anywhere, where they are absolute; else from 0."""
    absolute = recipe.architecture == "gpt2"
    start = generator.randrange(recipe.positions - tokens + 1) if absolute else 0
    return list(range(start, start + tokens))


def collator(recipe: ScratchRecipe) -> Callable[[list[dict[str, list[int]]]], dict[str, Any]]:
    """Return what pads examples to the longest of their batch."""
    fills = {"input_ids": Marks.behind(recipe.symbols).pad, "labels": IGNORED, "position_ids": 0}

    def padded(batch: list[dict[str, list[int]]]) -> dict[str, torch.Tensor]:
        longest = max(len(one["input_ids"]) for one in batch)
        made = {
            name: torch.tensor([one[name] + [fill] * (longest - len(one[name])) for one in batch])
            for name, fill in fills.items()
        }
        sizes = torch.tensor([len(one["input_ids"]) for one in batch])
        return {**made, "attention_mask": (torch.arange(longest) < sizes[:, None]).long()}

    return padded


class Clock(transformers.TrainerCallback):
    """Times the steps behind the first few."""

    def __init__(self, warm: int, device: str) -> None:
        """Start after so many steps."""
        self._warm, self._device = warm, device
        self.seconds = (0.0, 0.0)

    def on_step_begin(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        """Begin to count."""
        if state.global_step == self._warm:
            self._start = times(self._device)

    def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        """End with the last step."""
        if state.global_step == state.max_steps:
            self.seconds = since(self._start, self._device)


def times(device: str) -> tuple[float, float]:
    """Return the time on the wall and that of the processors, once the device is done."""
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter(), time.process_time()


def since(start: tuple[float, float], device: str) -> tuple[float, float]:
    """Return what went by on both clocks."""
    wall, processor = times(device)
    return wall - start[0], processor - start[1]


def straightforward(recipe: ScratchRecipe, steps: int, warm: int, device: str, seed: int) -> Rate:
    """Return the examples per second of transformers' Trainer."""
    learning, clock = recipe.learning, Clock(warm, device)
    with tempfile.TemporaryDirectory() as folder:
        how = transformers.TrainingArguments(
            folder,
            max_steps=warm + steps,
            per_device_train_batch_size=learning.batch,
            learning_rate=learning.learning_rate,
            weight_decay=learning.weight_decay,
            max_grad_norm=learning.clip,
            lr_scheduler_type="linear" if learning.decay else "constant",
            bf16=device == "cuda",
            use_cpu=device == "cpu",
            logging_steps=50,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
        )
        trainer = transformers.Trainer(
            build_model(recipe),
            how,
            data_collator=collator(recipe),
            train_dataset=Examples(recipe, seed),
            callbacks=[clock],
        )
        trainer.remove_callback(transformers.PrinterCallback)
        trainer.train()
    wall, processor = clock.seconds
    return Rate(learning.batch * steps / wall, learning.batch * steps / processor)
