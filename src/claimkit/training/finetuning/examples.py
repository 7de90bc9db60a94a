"""Endless training batches, and fixed test strings of the training lengths and the doubled ones."""

from __future__ import annotations

from typing import Final

from claimkit.errors import NotApplicable
from claimkit.tasks.sampling import Uniforms
from claimkit.training.finetuning.recipe import FinetuneRecipe
from claimkit.training.finetuning.strings import asked_strings, check_alphabet, training_strings
from claimkit.training.finetuning.writing import Writing, rows_of
from claimkit.training.positions import offset
from claimkit.training.rows import Batch
from claimkit.training.scratch.exams import Exam
from claimkit.training.scratch.strings import stream_key

COUNT: Final = 2_000
"""Strings of a bin."""

EXAM_VERSION: Final = 1
"""Version of the exams: raised when they would hold other strings."""


def check_applicable(recipe: FinetuneRecipe, writing: Writing, window: int | None) -> None:
    """Raise if the base has no strings of all lengths.

    Raises:
        NotApplicable: If its alphabet or its window is too small.
    """
    _, longest = recipe.strings_of(2)
    check_alphabet(recipe.known.group, longest, writing.symbols, recipe.pool)
    needed = writing.tokens_of(recipe.known, longest)
    if window is not None and needed > window:
        raise NotApplicable(
            f"window too short: {recipe.task} at length {longest} takes {needed} tokens, the "
            f"window of {recipe.base_name} is {window}"
        )


def training_batch(recipe: FinetuneRecipe, writing: Writing, step: int) -> Batch:
    """Return what a step learns from; it depends on recipe, alphabet and step alone."""
    task = recipe.known
    if recipe.examples:
        # Every epoch reads the same batches.
        step %= max(1, recipe.examples // recipe.learning.batch)
    drawn = training_strings(
        task.group,
        Uniforms(stream_key("finetuning", task.group.value, recipe.seed), step),
        recipe.learning.batch,
        recipe.strings_of(1),
        writing.symbols,
        recipe.pool,
        recipe.questions,
    )
    return rows_of(writing, task, drawn)


def with_offsets(
    recipe: FinetuneRecipe, writing: Writing, batch: Batch, step: int, window: int | None = None
) -> Batch:
    """Return a batch whose rows begin anywhere up to what the longest test string leaves.

    So every position of a test string is trained (the offset trick).

    Source: arXiv:2505.21785, Appendix B.
    """
    if not recipe.offsets:
        return batch
    positions = writing.tokens_of(recipe.known, recipe.strings_of(2)[1])
    uniforms = Uniforms(stream_key("offsets", recipe.task, recipe.seed), step)
    return offset(batch, positions, uniforms, window=window)


def exam(
    recipe: FinetuneRecipe,
    writing: Writing,
    place: int = 2,
    count: int = COUNT,
    purpose: str = "exam",
) -> Exam:
    """Return the strings of bin 1 or 2, the same for all tasks of a group, whatever the seed.

    Those of bin 1 are like training strings, so they tell whether these were learned. In those of
    bin 2 every occurrence of a query is in the first half of its context.

    Args:
        recipe: Says task and lengths.
        writing: Says alphabet and tokens.
        place: 1, the training lengths, or 2, the doubled ones.
        count: How many strings.
        purpose: ``exam``; another word gives other strings.

    Raises:
        NotApplicable: If the alphabet is too small.
    """
    group, lengths = recipe.known.group, recipe.strings_of(place)
    check_alphabet(group, lengths[1], writing.symbols, recipe.pool)
    key = stream_key(purpose, group.value, writing.symbols, *lengths, recipe.pool, EXAM_VERSION)
    draw = training_strings if place == 1 else asked_strings
    drawn = draw(group, Uniforms(key, 0), count, lengths, writing.symbols, recipe.pool)
    return Exam.of(drawn, rows_of(writing, recipe.known, drawn))
