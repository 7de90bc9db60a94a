"""What has to be true of a model before teacher forcing means anything.

Fed its answer, a model must not see it early: the logits after a token depend on nothing that
follows, be it text or padding.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claimkit.errors import CheckTripped
from claimkit.evaluation.batching import BatchTooLargeError
from claimkit.evaluation.forward import is_masked, logits_from
from claimkit.evaluation.memory import running_out
from claimkit.evaluation.noise import noise_share
from claimkit.models.language_model import LanguageModel
from claimkit.prompts.episodes import Episodes

__all__ = ["require_causal"]

Tokens = NDArray[np.int64]
# Long enough to have something to see, short enough to cost nothing.
_PROBE = 8
# A leak moves logits by about their own size; some models multiply rounding errors.
_ROOM = 10


def require_causal(language_model: LanguageModel, episodes: Episodes) -> None:
    """Check that what follows a token changes nothing about the logits after it.

    The beginning of the first string is asked alone, padded, and with more text after it.

    Raises:
        CheckTripped: If the logits differ by more than rounding.
    """
    size = min(_PROBE, int(episodes.lengths[0]) - 1, (language_model.window or 2 * _PROBE) // 2)
    head = episodes.tokens[0, : max(1, size)]
    alone = _after_head(language_model, head, head[None])[0]
    followed = np.append(head, head[::-1])
    padded = np.append(head, 0 * head)
    try:
        others = _after_head(language_model, head, np.stack((followed, padded)))
    except BatchTooLargeError:
        # Then every batch is one string without padding, and only text could leak.
        others = _after_head(language_model, head, followed[None])
    moved = float((others - alone).norm(dim=-1).max())
    allowed = _ROOM * noise_share(language_model.dtype) * float(alone.norm())
    if moved > allowed:
        raise CheckTripped(
            f"the logits of {language_model.name} after a token depend on the padding or text that "
            f"follows it: they move by {moved:.3g}, and rounding explains {allowed:.3g}; it is not "
            f"causal, or its {language_model.attention} attention is broken"
        )


def _after_head(language_model: LanguageModel, head: Tokens, rows: Tokens) -> Tensor:
    """Return the logits ``(row, vocabulary)`` after ``head``, which starts all rows.

    A second row is padding from there on. Masked tokens count as 0.
    """
    # One token more, as the last of a string is never fed.
    tokens = np.append(rows, rows[:, :1], axis=1)
    lengths = np.array([tokens.shape[1], len(head) + 1][: len(rows)])
    answers = np.take_along_axis(tokens, lengths[:, None] - 1, axis=1)
    with running_out():
        episodes = Episodes(tokens, lengths, answers)
        logits = logits_from(language_model, episodes, first=len(head) - 1)[:, 0]
        return logits.masked_fill(is_masked(logits), 0).float()
