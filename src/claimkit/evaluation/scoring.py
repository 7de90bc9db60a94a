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
from contextlib import contextmanager
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
from claimkit.evaluation.forward import Answered, Floats, ask
from claimkit.evaluation.memory import (
    find_limits,
    positions_alone,
    remember_too_large,
    running_out,
)
from claimkit.evaluation.noise import hangs_on_noise
from claimkit.evaluation.precise import WIDE, in_float32
from claimkit.evaluation.safety import require_causal
from claimkit.evaluation.watching import Watch, in_random_order, require_finite
from claimkit.models.language_model import LanguageModel
from claimkit.prompts.episodes import Episodes

__all__ = ["Scores", "one_string_must_fit", "require_askable", "score"]


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
        CheckTripped: If a check on a batch fails (:mod:`claimkit.evaluation.watching`).
        ModelError: If not even a single string fits into memory.
    """
    require_askable(language_model, episodes, batch_size)
    with one_string_must_fit(language_model, episodes):
        return _scores(_margins(language_model, episodes, batch_size, progress or _ignore))


@contextmanager
def one_string_must_fit(language_model: LanguageModel, episodes: Episodes) -> Iterator[None]:
    """Say so where not even a single string fits into memory.

    Raises:
        ModelError: If one does not.
    """
    try:
        yield
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
    for batch, answered in _measured(language_model, episodes, batch_size):
        margins[batch] = answered.margins
        noisy[batch] = hangs_on_noise(answered.margins, answered.scales, language_model.dtype)
        progress(len(batch))
    _score_alone(language_model, episodes, np.flatnonzero(noisy), margins)
    return margins


def require_askable(
    language_model: LanguageModel, episodes: Episodes, batch_size: int | None = None
) -> None:
    """Check that the model knows all tokens and has room for every string.

    Raises:
        InvalidInput: If a token id is not in the model's vocabulary, or batch_size is not positive.
        NotApplicable: If a string is longer than the model's window.
    """
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
) -> Iterator[tuple[Index, Answered]]:
    limits, watch = find_limits(language_model, episodes, batch_size), Watch(language_model)
    alone = positions_alone(language_model)

    def measure(batch: Index) -> tuple[Index, Answered]:
        order = in_random_order(batch)
        try:
            with running_out():
                return order, ask(language_model, episodes[order], alone)
        except BatchTooLargeError:
            remember_too_large(language_model, episodes[batch])
            raise

    batches = batches_by_length(episodes.lengths, limits, episodes.width)
    for i, (_, (batch, answered)) in enumerate(halve_on_out_of_memory(batches, measure)):
        watch.see(episodes[batch], answered, f"batch {i + 1} ({len(batch)} strings)")
        yield batch, answered


def _score_alone(
    language_model: LanguageModel, episodes: Episodes, strings: Index, margins: Floats
) -> None:
    """Replace the margins of some strings by those that float32 gives without batch and padding."""
    if not len(strings):
        return
    most = positions_alone(language_model)
    with _float32_must_fit(language_model), running_out(), in_float32(language_model) as precise:
        for string in strings:
            answered = ask(precise, episodes[string : string + 1], most)
            require_finite(precise, answered, f"string {string}, asked alone")
            margins[string] = answered.margins


@contextmanager
def _float32_must_fit(language_model: LanguageModel) -> Iterator[None]:
    """Say so where a model of coarser numbers finds no room for float32."""
    try:
        yield
    except BatchTooLargeError as error:
        if language_model.dtype in WIDE:
            raise
        raise ModelError(
            f"near ties are scored again in float32, one layer at a time, and for that the memory "
            f"of {language_model.device} is too small beside {language_model.name} ({error}); give "
            "--dtype float32, which needs no second pass, or a device with more memory"
        ) from error


def _scores(margins: Floats) -> Scores:
    wrong = margins <= 0
    right = np.logical_and.reduce(~wrong, axis=1)
    first_wrong = np.where(right, -1, wrong.argmax(axis=1)).astype(np.int32)
    return Scores(right, first_wrong, margins.min(axis=1))
