"""Which strings descendants are asked about, and how some of them are put to a model.

``claim`` strings are asked for answers; none of them is drawn for the exams by which training
stops. ``heads`` strings are looked at for attention: copies of the training lengths, whose end mark
is left out, since no circuit says what ends a copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from claimkit.errors import NotApplicable, Unsupported
from claimkit.evidence.keys import EvidenceKey, Scalar
from claimkit.prompts.episodes import Episodes
from claimkit.prompts.tokens import FrameTokens

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from claimkit.circuits.layout import Layout
    from claimkit.tasks import Task
    from claimkit.training.finetuning.recipe import FinetuneRecipe
    from claimkit.training.finetuning.writing import Writing
    from claimkit.training.scratch.exams import Exam

Ints = NDArray[np.int64]

CLAIM: Final = "claim"
HEADS: Final = "heads"
COUNTS: Final = {CLAIM: 2_000, HEADS: 1_000}
"""How many strings are asked, by what for."""

TRAINED, DOUBLED = 1, 2
"""The bins: the lengths that a descendant learned from, and those up to twice the longest."""


def exam_of(recipe: FinetuneRecipe, writing: Writing, place: int, purpose: str) -> Exam:
    """Return the strings of a bin, the same for all tasks of a group.

    Args:
        recipe: Of a descendant; says task and lengths.
        writing: How the base's lines are written.
        place: :data:`TRAINED` or :data:`DOUBLED`.
        purpose: :data:`CLAIM` or :data:`HEADS`.

    Raises:
        NotApplicable: If the alphabet is too small.
    """
    from claimkit.training.finetuning.examples import exam

    return exam(recipe, writing, place, COUNTS[purpose], purpose)


def setting_of(recipe: FinetuneRecipe, place: int, purpose: str) -> dict[str, Scalar]:
    """Return what names the strings of a bin in a key of evidence."""
    from claimkit.training.finetuning.examples import EXAM_VERSION

    low, high = recipe.strings_of(place)
    names: dict[str, Scalar] = {
        "format": "fine-tuning",
        "purpose": purpose,
        "version": EXAM_VERSION,
    }
    return {**names, "shortest": low, "longest": high, "pool": recipe.pool}


def key_of(
    recipe: FinetuneRecipe, place: int, purpose: str, fingerprint: str, dtype: str, attention: str
) -> EvidenceKey:
    """Return where a model's outcomes, or the scores of its heads, are kept.

    Alphabet and marks follow from how lines are written, and from the tokenizer, which the
    fingerprint is of, too.
    """
    from claimkit.tasks import SAMPLER_VERSION
    from claimkit.training.finetuning.writing import Writing

    return EvidenceKey(
        fingerprint=fingerprint,
        task=recipe.task,
        setting=setting_of(recipe, place, purpose),
        seed=0,
        sampler_version=SAMPLER_VERSION,
        bos_policy="in the strings",
        dtype=dtype,
        attention=attention,
        prompt=Writing.digest(recipe.known),
    )


def writing_of(tokenizer: PreTrainedTokenizerBase, task: Task) -> Writing:
    """Return how a model's lines are written.

    Raises:
        NotApplicable: If its tokenizer keeps no symbols apart.
    """
    from claimkit.training.finetuning.writing import Writing

    try:
        return Writing.of(tokenizer, task)
    except Unsupported as error:
        raise NotApplicable(str(error)) from error


def part_of(strings: Exam, start: int, stop: int) -> Iterator[tuple[Ints, Episodes]]:
    """Yield strings start … stop − 1 as prompts of one width of answers each.

    Yields:
        The strings' numbers, counted from ``start``, and their prompts.
    """
    begun = 0
    for episodes in strings.episodes:
        numbers = strings.order[begun : begun + len(episodes)]
        begun += len(episodes)
        chosen = np.flatnonzero((numbers >= start) & (numbers < stop))
        if len(chosen):
            yield numbers[chosen] - start, episodes[chosen]


def without_end(episodes: Episodes) -> Episodes:
    """Return copies whose answers end before the end mark."""
    return Episodes(episodes.tokens, episodes.lengths - 1, episodes.answers[:, :-1])


def layout_of(task: Task, writing: Writing, length: int) -> Layout:
    """Return where source and answer stand in copies of this length, the end mark left out.

    Raises:
        NotApplicable: If symbols are not neighbouring tokens, or too few.
    """
    from claimkit.circuits.layout import Layout

    tokens = FrameTokens(
        symbols=tuple(writing.letters),
        symbol_ids=tuple(int(token) for token in writing.ids),
        begin=(),
        between=writing.between,
        middle=writing.middle,
        colon=(),
        join=(writing.end,),
    )
    try:
        return Layout.of(task, length, tokens)
    except Unsupported as error:
        raise NotApplicable(str(error)) from error


def evenly(recipe: FinetuneRecipe, place: int = TRAINED) -> float:
    """Return what a head scores on average that spreads its attention over the source alone.

    Lengths are uniform.
    """
    low, high = recipe.strings_of(place)
    shares: NDArray[Any] = 1 / np.arange(low, high + 1)
    return float(shares.mean())
