"""The course of a model that is trained from scratch on one task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, final

import torch
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, PreTrainedModel

from claimkit.training.course import Machinery
from claimkit.training.folding import folded
from claimkit.training.graded import Graded
from claimkit.training.rows import Batch, padded
from claimkit.training.scratch.answering import accuracy_by_string
from claimkit.training.scratch.examples import Marks, training_batch
from claimkit.training.scratch.exams import Exam, exam, first
from claimkit.training.scratch.recipe import Learning, ScratchRecipe

QUICK: Final = 400
"""Strings of each bin that an exam on the way looks at, before all of the first bin are."""


def build_model(recipe: ScratchRecipe) -> PreTrainedModel:
    """Return a model with fresh weights, which follow from the recipe's seed."""
    torch.manual_seed(recipe.seed)
    return _gpt2(recipe) if recipe.architecture == "gpt2" else _llama(recipe)


def _gpt2(recipe: ScratchRecipe) -> GPT2LMHeadModel:
    marks, sizes = Marks.behind(recipe.symbols), recipe.sizes
    return GPT2LMHeadModel(
        GPT2Config(
            vocab_size=marks.vocabulary,
            n_layer=sizes.layers,
            n_head=sizes.heads,
            n_embd=sizes.width,
            n_positions=recipe.positions,
            # The same function as GPT-2's own, in one operation.
            activation_function="gelu_pytorch_tanh",
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            attn_pdrop=0.0,
            bos_token_id=marks.bos,
            eos_token_id=marks.eos,
            pad_token_id=marks.pad,
        )
    )


def _llama(recipe: ScratchRecipe) -> LlamaForCausalLM:
    marks, sizes = Marks.behind(recipe.symbols), recipe.sizes
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=marks.vocabulary,
            num_hidden_layers=sizes.layers,
            num_attention_heads=sizes.heads,
            hidden_size=sizes.width,
            intermediate_size=4 * sizes.width,
            max_position_embeddings=recipe.positions,
            tie_word_embeddings=True,
            rope_parameters={
                "rope_type": "linear",
                "factor": recipe.rope_factor,
                "rope_theta": recipe.rope_theta,
            },
            bos_token_id=marks.bos,
            eos_token_id=marks.eos,
            pad_token_id=marks.pad,
        )
    )


def _accuracy(model: PreTrainedModel, strings: Exam) -> float:
    return float(accuracy_by_string(model, strings).mean())


@final
@dataclass(frozen=True)
class ScratchCourse(Graded):
    """What the loop needs to know of a recipe.

    Attributes:
        recipe: What is trained.
        machinery: How it is computed.
    """

    recipe: ScratchRecipe
    machinery: Machinery = field(default=Machinery())

    @property
    def learning(self) -> Learning:
        """How the weights move, and when they stop."""
        return self.recipe.learning

    def build(self) -> PreTrainedModel:
        """Return the model that training begins with."""
        return build_model(self.recipe)

    def batch(self, step: int) -> Batch:
        """Return what a step learns from, two strings in a row where that saves time."""
        batch, pad = training_batch(self.recipe, step), Marks.behind(self.recipe.symbols).pad
        # Compiled graphs want one width, though lengths grow.
        if self.machinery.compile:
            return padded(batch, self._widest, pad)
        return folded(batch, pad)

    @cached_property
    def _widest(self) -> int:
        """Tokens of a row once training strings are as long as they get."""
        width: int = training_batch(self.recipe, self.recipe.settled).tokens.shape[1]
        return width

    def is_exam(self, step: int) -> bool:
        """Whether the model is examined after so many steps: not before it has seen all lengths."""
        return step >= self.recipe.settled and step % self.recipe.learning.exam_every == 0

    def examine(self, model: PreTrainedModel, *, whole: bool = False) -> Mapping[str, float]:
        """Return the accuracy in every bin, on its first strings or on all.

        All strings of the first bin are asked where it must be perfect, and of every bin in the
        whole exam at the end, by which sweeps choose.
        """
        found = {
            name: _accuracy(model, every if whole else quick)
            for name, (quick, every) in self._tests.items()
        }
        name, (_, every) = next(iter(self._tests.items()))
        if not whole and found[name] == 1.0 and self.recipe.learning.passing == 1.0:
            found[name] = _accuracy(model, every)
        return {name: round(share, 4) for name, share in found.items()}

    @cached_property
    def _tests(self) -> dict[str, tuple[Exam, Exam]]:
        """The strings of every bin, the first few and all."""
        sets = [exam(self.recipe, lengths) for lengths in self.recipe.bins]
        return {f"bin {i}": (first(whole, QUICK), whole) for i, whole in enumerate(sets, 1)}

    def passes(self, accuracies: Mapping[str, float]) -> bool:
        """Whether the first bin is done as well as the recipe wants."""
        return accuracies["bin 1"] >= self.recipe.learning.passing
