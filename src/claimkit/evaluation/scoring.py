"""Exact match without generation.

Greedy decoding reproduces a given answer exactly when, fed that answer, the model's top choice is
right at every answer position. So one teacher-forced pass replaces decoding token by token. A top
choice must beat every other token: a tie is wrong.

A margin smaller than the arithmetic's noise says nothing: it depends on the batch it was computed
in. Strings whose verdict hangs on such a margin are scored again in float32, alone and without
padding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from claimkit.errors import InvalidInput, ModelError, NotApplicable
from claimkit.evaluation.batching import (
    BatchTooLargeError,
    Index,
    batches_by_length,
    halve_on_out_of_memory,
)
from claimkit.evaluation.forward import Floats, answer_margins
from claimkit.evaluation.memory import find_limits, running_out
from claimkit.evaluation.noise import hangs_on_noise
from claimkit.evaluation.safety import require_causal
from claimkit.models.language_model import LanguageModel
from claimkit.prompts.episodes import Episodes

__all__ = ["Scores", "score"]


@dataclass(frozen=True, eq=False)
class Scores:
    """What a model answered, string by string.

    Attributes:
        right: Bool ``(string,)``; the whole answer is what greedy decoding gives.
        first_wrong: Int32 ``(string,)``; the first answer position that is not, −1 where all are
            right.
        margin: Float32 ``(string,)``; the smallest over the answer positions of the gold token's
            logit minus the largest other logit. Positive exactly where right; 0 is a tie, which is
            wrong.
    """

    right: NDArray[np.bool_]
    first_wrong: NDArray[np.int32]
    margin: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.right)


def score(
    language_model: LanguageModel,
    episodes: Episodes,
    *,
    batch_size: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Scores:
    """Compare the model's greedy answers with the gold answers, however they are batched.

    Args:
        language_model: The model to ask.
        episodes: The questions and gold answers.
        batch_size: The most strings at a time; found from the free memory unless told, and halved
            whenever memory runs out.
        progress: Called after every batch with the number of its strings.

    Returns:
        The scores in the order of the episodes.

    Raises:
        InvalidInput: If a token id is not in the model's vocabulary, or batch_size is not positive.
        NotApplicable: If a string is longer than the model's window.
        ModelError: If logits are not finite, or not even a single string fits into memory.
    """
    _require_askable(language_model, episodes, batch_size)
    try:
        return _scores(_margins(language_model, episodes, batch_size, progress or _ignore))
    except BatchTooLargeError as error:
        raise ModelError(
            f"a single string of {int(episodes.lengths.max())} tokens does not fit into the memory "
            f"of {language_model.device} beside {language_model.name} ({error})"
        ) from error


def _ignore(strings: int) -> None:
    pass


def _margins(
    language_model: LanguageModel,
    episodes: Episodes,
    batch_size: int | None,
    progress: Callable[[int], None],
) -> Floats:
    """Return the margin ``(string, position)`` of every answer token."""
    if len(episodes):
        require_causal(language_model, episodes)
    margins = np.empty((len(episodes), episodes.width), np.float32)
    noisy = np.zeros(len(episodes), np.bool_)
    for batch, found, scales in _measured(language_model, episodes, batch_size):
        margins[batch] = found
        noisy[batch] = hangs_on_noise(found, scales, language_model.dtype)
        progress(len(batch))
    _score_alone(language_model, episodes, np.flatnonzero(noisy), margins)
    return margins


def _require_askable(
    language_model: LanguageModel, episodes: Episodes, batch_size: int | None
) -> None:
    if batch_size is not None and batch_size < 1:
        raise InvalidInput(f"a batch holds at least one string, got batch_size={batch_size}")
    if not len(episodes):
        return
    low, high, known = episodes.tokens.min(), episodes.tokens.max(), language_model.vocabulary
    if low < 0 or (known is not None and high >= known):
        raise InvalidInput(
            f"{language_model.name} knows token ids 0 to {(known or 0) - 1}, but the strings hold "
            f"{low} to {high}; do tokenizer and model belong together?"
        )
    # The last answer token is compared and never fed.
    fed, window = int(episodes.lengths.max()) - 1, language_model.window
    if window is not None and fed > window:
        raise NotApplicable(f"the longest string takes {fed} tokens and the window has {window}")


def _measured(
    language_model: LanguageModel, episodes: Episodes, batch_size: int | None
) -> Iterator[tuple[Index, Floats, Floats]]:
    def measure(batch: Index) -> tuple[Floats, Floats]:
        with running_out():
            return answer_margins(language_model, episodes[batch])

    limits = find_limits(language_model, episodes, batch_size)
    batches = batches_by_length(episodes.lengths, limits)
    for i, (batch, found) in enumerate(halve_on_out_of_memory(batches, measure)):
        _require_finite(language_model, f"batch {i + 1} ({len(batch)} strings)", found[1])
        yield batch, *found


def _require_finite(language_model: LanguageModel, where: str, scales: Floats) -> None:
    broken = int((~np.isfinite(scales)).any(axis=1).sum())
    if broken:
        raise ModelError(
            f"{language_model.name} gave NaN or infinite logits for {broken} strings of {where}; "
            "its weights are broken, or its numbers outgrow "
            f"{language_model.dtype} (try --dtype float32)"
        )


def _score_alone(
    language_model: LanguageModel, episodes: Episodes, strings: Index, margins: Floats
) -> None:
    """Replace the margins of some strings by those that float32 gives without batch and padding."""
    if not len(strings):
        return
    precise = language_model.in_float32
    for string in strings:
        with running_out():
            margins[string], scales = answer_margins(precise, episodes[string : string + 1])
        _require_finite(precise, f"string {string}, asked alone", scales)


def _scores(margins: Floats) -> Scores:
    wrong = margins <= 0
    right = np.logical_and.reduce(~wrong, axis=1)
    first_wrong = np.where(right, -1, wrong.argmax(axis=1)).astype(np.int32)
    return Scores(right, first_wrong, margins.min(axis=1))
