"""What has to be true before the first score of a kind of prompt is believed.

Three experiments whose results are known beforehand. Text after a token must not change the logits
after it. Strings asked alone must get the margins that they get together and padded. And prompts
followed by the *answer of another string* must be scored as wrong: a model or harness that looks
ahead finds that answer where it was fed, and scores it as right.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from claimkit.errors import CheckTripped
from claimkit.evaluation.batching import (
    BatchTooLargeError,
    Index,
    batches_by_length,
    halve_on_out_of_memory,
)
from claimkit.evaluation.forward import Floats, ask
from claimkit.evaluation.memory import find_limits, positions_alone, running_out
from claimkit.evaluation.noise import moved_beyond_noise
from claimkit.evaluation.safety import require_causal
from claimkit.evaluation.scoring import one_string_must_fit, require_askable
from claimkit.evaluation.shuffled import RARE, chance_of, tail
from claimkit.evaluation.watching import require_finite
from claimkit.models.language_model import LanguageModel
from claimkit.prompts.episodes import Episodes

__all__ = ["require_trustworthy"]

_ALONE = 8
_PADDING = 8
# Of two possible answers 64 are not all guessed: 2**-64 is far below any doubt.
_FED = 64


def require_trustworthy(language_model: LanguageModel, episodes: Episodes) -> None:
    """Check on some strings that scores of such strings can be believed.

    Args:
        language_model: The model to ask.
        episodes: At least 64 strings if they are to be had; fewer show less.

    Raises:
        CheckTripped: If they cannot.
        InvalidInput: If a token id is not in the model's vocabulary.
        NotApplicable: If a string is longer than the model's window.
        ModelError: If not even a single string fits into memory.
    """
    require_askable(language_model, episodes)
    if not len(episodes):
        return
    with one_string_must_fit(language_model, episodes):
        require_causal(language_model, episodes)
        _require_independence(language_model, _few(language_model, episodes))
        _require_chance_when_shuffled(language_model, episodes[:_FED])


def _few(language_model: LanguageModel, episodes: Episodes) -> Episodes:
    """Return the first strings, as many as may go through the model together and padded.

    There are none where a string and its longer companion are too much already.
    """
    limits = find_limits(language_model, episodes, None)
    for size in (_ALONE, 4, 2, 1):
        few = episodes[:size]
        shortest, longest = int(few.lengths.min()), int(few.lengths.max()) + _PADDING
        if limits.hold(len(few) + 1, shortest, longest, few.width):
            return few
    return episodes[:0]


def _require_independence(language_model: LanguageModel, episodes: Episodes) -> None:
    together, scales = _together(language_model, episodes)
    episodes, most = episodes[: len(together)], positions_alone(language_model)
    if not len(episodes):
        # Then every batch is a single string, and nothing is there to leak.
        return
    alone = np.concatenate(
        [ask(language_model, episodes[i : i + 1], most).margins for i in range(len(episodes))]
    )
    moved = int(moved_beyond_noise(together, alone, scales, language_model.dtype).sum())
    # Models that multiply rounding errors do so for few strings; a leak changes most.
    if 2 * moved > len(episodes):
        raise CheckTripped(
            f"{language_model.name} answers strings otherwise alone than together and padded: "
            f"{moved} of {len(episodes)} moved by more than rounding; its "
            f"{language_model.attention} attention is broken or reads padding, so try "
            "--attn-implementation eager or another --device"
        )


def _together(language_model: LanguageModel, episodes: Episodes) -> tuple[Floats, Floats]:
    """Return the margins and scales of as many of the strings as fit into one padded batch."""
    if not len(episodes):
        return np.empty((0, episodes.width), np.float32), np.empty((0, 1), np.float32)
    batch = _with_longer_companion(episodes, language_model.window)
    try:
        with running_out():
            answered = ask(language_model, batch)
    except BatchTooLargeError:
        return _together(language_model, episodes[: len(episodes) // 2])
    require_finite(language_model, answered, f"the first {len(episodes)} strings")
    own = answered[: len(episodes)]
    return own.margins, own.scales


def _with_longer_companion(episodes: Episodes, window: int | None) -> Episodes:
    """Add the longest string once more, with more text, so that all others are padded."""
    longest = int(episodes.lengths.max())
    size = longest + _PADDING
    if window is not None:
        # The last token is not fed.
        size = min(size, max(longest, window + 1))
    row = episodes.tokens[episodes.lengths.argmax(), :longest]
    companion = np.resize(row, size)
    tokens = np.zeros((len(episodes) + 1, size), np.int64)
    tokens[:-1, :longest] = episodes.tokens[:, :longest]
    tokens[-1] = companion
    answers = np.vstack((episodes.answers, companion[-episodes.width :]))
    return Episodes(tokens, np.append(episodes.lengths, size), answers)


def _require_chance_when_shuffled(language_model: LanguageModel, episodes: Episodes) -> None:
    # One token more, or the last one of the answer would not be fed; as far as the window allows.
    fits = language_model.window is None or int(episodes.lengths.max()) <= language_model.window
    graded = episodes.width if fits else episodes.width - 1
    if len(episodes) < 2 or not graded:
        return
    episodes = episodes[np.random.default_rng(len(episodes)).permutation(len(episodes))]
    # A causal model is right exactly if it would have answered this by itself.
    _, golds = np.unique(episodes.answers[:, :graded], axis=0, return_inverse=True)
    fed = _with_next_answers(episodes, extra=int(fits))
    hits = int(_right(language_model, fed, graded).sum())
    chance = chance_of(golds.ravel())
    if tail(hits, len(episodes), chance) < RARE:
        raise CheckTripped(
            f"a shuffled answer key is not at chance: fed the answers of other strings, "
            f"{language_model.name} scored {hits} of {len(episodes)} as right, where chance gives "
            f"at most {chance * len(episodes):.0f}; it looks ahead, so no score of it means "
            "anything"
        )


def _with_next_answers(episodes: Episodes, extra: int) -> Episodes:
    """Return prompts with the answers of the strings after them, and so many tokens more."""
    answers = np.roll(episodes.answers, -1, axis=0)
    answers = np.hstack((answers, episodes.tokens[:, :extra]))
    tokens = np.pad(episodes.tokens, ((0, 0), (0, extra)))
    columns = episodes.starts[:, None] + np.arange(answers.shape[1])
    np.put_along_axis(tokens, columns, answers, axis=1)
    return Episodes(tokens, episodes.lengths + extra, answers)


def _right(language_model: LanguageModel, episodes: Episodes, graded: int) -> NDArray[np.bool_]:
    """Return which answers are right in their first ``graded`` tokens; no batch is checked."""
    right = np.zeros(len(episodes), np.bool_)
    limits = find_limits(language_model, episodes, None)

    def measure(batch: Index) -> NDArray[np.bool_]:
        with running_out():
            answered = ask(language_model, episodes[batch], positions_alone(language_model))
        found: NDArray[np.bool_] = np.logical_and.reduce(answered.margins[:, :graded] > 0, axis=1)
        return found

    batches = batches_by_length(episodes.lengths, limits, episodes.width)
    for batch, found in halve_on_out_of_memory(batches, measure):
        right[batch] = found
    return right
