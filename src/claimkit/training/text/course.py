"""The course of a model of text: windows of a stream of tokens, all learned alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np
import torch
from torch import nn
from transformers import PreTrainedModel

from claimkit.tasks.sampling import Uniforms
from claimkit.training.llama_course import LlamaCourse
from claimkit.training.rows import Batch
from claimkit.training.text.copying import DIRECTIONS, Ints, continued_right, repeated
from claimkit.training.text.recipe import TextRecipe
from claimkit.training.text.tokenizer import BEGIN, SPECIAL, Stream

LOOK_EVERY = 500
LOOKED_AT = 64
REPEATED_LENGTH = 20
HELD_OUT = 3 << 32
"""Added to the seed of windows for those of held-out text."""


def windows(stream: Stream, uniforms: Uniforms, rows: int, width: int) -> Ints:
    """Return ``(row, width)`` tokens: ``<bos>``, then what stands in the stream from some place on.

    Every place that leaves room is equally likely.

    Args:
        stream: Token ids ``(token,)``, at least ``width − 1``.
        uniforms: Where random numbers come from.
        rows: How many windows.
        width: Tokens of each, ``<bos>`` included.
    """
    starts = uniforms.below(len(stream) - width + 2, rows)
    taken = stream[starts[:, None] + np.arange(width - 1)].astype(np.int64)
    return np.concatenate([np.full((rows, 1), BEGIN), taken], axis=1)


@final
@dataclass(frozen=True)
class TextCourse(LlamaCourse):
    """What the loop needs to know of a recipe of text.

    It has no exams to pass; every 500 steps it is looked at what the model knows of held-out text
    and how it continues repeated sequences, for the log.

    Attributes:
        recipe: Of the model.
        learned: The stream to learn from ``(token,)``.
        held_out: The stream kept from training.
    """

    recipe: TextRecipe
    learned: Stream
    held_out: Stream

    def batch(self, step: int) -> Batch:
        """Return the windows of a step, every token but the first learned with equal weight."""
        recipe = self.recipe
        tokens = windows(self.learned, Uniforms(recipe.seed, step), recipe.rows, recipe.window)
        learned = np.ones_like(tokens, dtype=np.bool_)
        learned[:, 0] = False
        return Batch(tokens, learned, ("text",) * recipe.rows)

    def is_exam(self, step: int) -> bool:
        """Whether the model is looked at for the log once so many steps are done."""
        return step % LOOK_EVERY == 0 or step == self.steps

    def examine(self, model: PreTrainedModel, *, whole: bool = False) -> Mapping[str, float]:
        """Return loss and accuracy on held-out text, and the shares of repetitions continued."""
        found = {"held-out loss": self.held_out_loss(model)}
        for direction in DIRECTIONS:
            won = continued_right(model, self._repeated[direction])
            found[direction] = round(float(won.mean()), 4)
        return found

    def held_out_loss(self, model: PreTrainedModel) -> float:
        """Return the mean loss per token in nats on fixed windows of held-out text."""
        rows = torch.from_numpy(self._unseen).to(model.device)
        losses = [
            nn.functional.cross_entropy(
                model(input_ids=part).logits[:, :-1].flatten(0, 1).float(), part[:, 1:].flatten()
            )
            for part in torch.split(rows, self.recipe.rows)
        ]
        return round(float(torch.stack(losses).mean()), 4)

    @cached_property
    def _unseen(self) -> Ints:
        numbers = Uniforms(self.recipe.seed + HELD_OUT, 0)
        return windows(self.held_out, numbers, LOOKED_AT, self.recipe.window)

    @cached_property
    def _repeated(self) -> dict[str, Ints]:
        text = np.arange(len(SPECIAL), self.recipe.vocabulary)
        return {
            direction: repeated(
                text, direction, REPEATED_LENGTH, LOOKED_AT, self.recipe.seed, BEGIN
            )
            for direction in DIRECTIONS
        }
