"""Letting a batch of rows write until the last has ended."""

from __future__ import annotations

from collections.abc import Sequence

from claimkit.evaluation.generation.cached import Cached
from claimkit.evaluation.generation.choosing import Choices, choose, require_finite_choices
from claimkit.evaluation.generation.rows import Ending, Row
from claimkit.models.language_model import LanguageModel

__all__ = ["write_together"]

# Rows that have ended leave once they are one in so many: leaving copies the keys and values of all
# others, about as much as one token of them costs anyway.
_ENOUGH = 8


def write_together(
    language_model: LanguageModel, rows: Sequence[Row], ending: Ending
) -> tuple[int, int]:
    """Let all rows write until they have ended.

    Args:
        language_model: Its ``forward`` takes a cache.
        rows: Nothing is written yet; changed in place.
        ending: What ends them.

    Returns:
        How many tokens were decoded, and how many of them for rows that had ended.

    Raises:
        CheckTripped: If a logit is NaN or infinite.
    """
    batch = Cached(language_model, [row.prompt for row in rows], max(row.cap for row in rows))
    held, logits = list(rows), batch.start()
    decoded = wasted = step = 0
    while True:
        step += 1
        chosen, choices = choose(logits)
        decoded += len(held)
        wasted += sum(row.ended is not None for row in held)
        _write(language_model, held, choices, ending)
        left = [i for i, row in enumerate(held) if row.ended is None]
        if not left:
            return decoded, wasted
        if _should_leave(held, step):
            held = [held[i] for i in left]
            chosen = chosen[batch.keep(left)]
        logits = batch.go_on(chosen)


def _write(
    language_model: LanguageModel, held: Sequence[Row], choices: Choices, ending: Ending
) -> None:
    writing = [pair for pair in zip(held, choices, strict=True) if pair[0].ended is None]
    require_finite_choices(language_model, [best for _, (_, best, _) in writing])
    for row, (token, best, second) in writing:
        row.take(token, best - second, ending)


def _should_leave(held: Sequence[Row], step: int) -> bool:
    """Return whether rows that have ended leave now.

    No row goes on behind its cap, where the model's window may end.
    """
    ended = [row for row in held if row.ended is not None]
    return _ENOUGH * len(ended) >= len(held) or any(row.cap <= step for row in ended)
