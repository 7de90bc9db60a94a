"""Letting a model write that can only be asked one prompt at a time."""

from __future__ import annotations

import numpy as np

from claimkit.errors import ModelError
from claimkit.evaluation.forward import ask
from claimkit.evaluation.generation.rows import Ending, Row
from claimkit.evaluation.greedy import greedy
from claimkit.evaluation.memory import positions_alone
from claimkit.evaluation.noise import hangs_on_noise
from claimkit.evaluation.watching import require_finite
from claimkit.models.language_model import LanguageModel
from claimkit.prompts.episodes import Episodes

__all__ = ["write_alone"]

# Every call of the model's own generate reads the prompt again, so each asks for twice as many
# tokens as the last.
_FIRST = 16


def write_alone(language_model: LanguageModel, row: Row, ending: Ending) -> tuple[int, int]:
    """Let one row write until it has ended, in the words of :func:`greedy`.

    Args:
        language_model: Any; one that cannot ``generate`` is asked for one token after the other.
        row: Nothing is written yet; changed in place.
        ending: What ends it.

    Returns:
        How many tokens were decoded, and how many of them after the row had ended.

    Raises:
        CheckTripped: If a logit is NaN or infinite.
        ModelError: If the model's ``generate`` fails, or writes what its logits do not choose.
    """
    generates = bool(getattr(language_model.model, "can_generate", lambda: False)())
    step, decoded = _FIRST if generates else 1, 0
    while row.ended is None:
        width = min(step, row.cap - len(row.tokens))
        written = greedy(language_model, [*row.prompt, *row.tokens], width)
        decoded += width
        for token in written:
            if row.ended is None:
                row.take(token, row.margin, ending)
        step *= 2 if generates else 1
    row.margin = _margin(language_model, row)
    return decoded, decoded - len(row.tokens)


def _margin(language_model: LanguageModel, row: Row) -> float:
    """Return the smallest margin of a token written, from one pass over the whole."""
    tokens = np.array([[*row.prompt, *row.tokens]], dtype=np.int64)
    width = len(row.tokens)
    episodes = Episodes(tokens, np.array([tokens.shape[1]]), tokens[:, -width:])
    answered = ask(language_model, episodes, positions_alone(language_model))
    require_finite(language_model, answered, "one prompt, asked alone")
    margin = float(answered.margins.min())
    near = hangs_on_noise(answered.margins, answered.scales, language_model.dtype)[0]
    if margin < 0 and not near:
        raise ModelError(
            f"{language_model.name} writes what its logits do not choose: a token that its "
            f"generate() wrote is {-margin:.3g} below the highest logit when it is fed; its own "
            "code for decoding does not fit this release of transformers"
        )
    # A near tie that the other arithmetic decides the other way.
    return max(0.0, margin)
