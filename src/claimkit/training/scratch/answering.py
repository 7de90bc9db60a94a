"""What a from-scratch model answers: whole answers by one pass, and copying token by token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch

from claimkit.errors import InvalidInput
from claimkit.prompts.episodes import Episodes
from claimkit.tasks import Copying
from claimkit.tasks.strings import Ints
from claimkit.training.logits import best, logits_at
from claimkit.training.scratch.examples import Marks, seen_by_questions
from claimkit.training.scratch.exams import Exam
from claimkit.training.scratch.strings import NOTHING, Drawn

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_TOKENS = 1 << 14
"""Tokens that go through the model at once: small models compute fastest on what a cache holds."""


def accuracy_by_string(model: PreTrainedModel, exam: Exam) -> npt.NDArray[np.bool_]:
    """Return bool ``(string,)``: whether greedy decoding gives the whole answer.

    Raises:
        ModelError: If logits are no numbers.
    """
    return exam.by_string(lambda episodes: _right(model, episodes))


def _right(model: PreTrainedModel, episodes: Episodes) -> npt.NDArray[np.bool_]:
    rows = max(1, _TOKENS // episodes.tokens.shape[1])
    parts = [
        _right_together(model, episodes[start : start + rows])
        for start in range(0, len(episodes), rows)
    ]
    return np.concatenate(parts)


@torch.no_grad()
def _right_together(model: PreTrainedModel, episodes: Episodes) -> npt.NDArray[np.bool_]:
    tokens = torch.from_numpy(episodes.tokens).to(model.device)
    before = torch.from_numpy(episodes.starts[:, None] + np.arange(episodes.width) - 1)
    rows = torch.arange(len(episodes))[:, None]
    logits = logits_at(model, {"input_ids": tokens[:, :-1]}, (rows, before))
    chosen = best(logits, type(model).__name__).cpu().numpy()
    found: npt.NDArray[np.bool_] = (chosen == episodes.answers).all(axis=1)
    return found


def token_by_token(
    model: PreTrainedModel, task: Copying, drawn: Drawn, symbols: int
) -> npt.NDArray[np.bool_]:
    """Return whether a retrieval model copies a source, asked for one token after the other.

    The first token is given; each next one is the answer to a question about the source with the
    token before it as the query. Greedy decoding is right exactly if the answers to all of these
    questions are, so that they can be asked at once.

    Args:
        model: Trained on UR for copying forward, on UL for copying backward.
        task: UF or UB.
        drawn: Sources of distinct symbols.
        symbols: Size of the vocabulary without its marks.

    Returns:
        Bool ``(string,)``.

    Raises:
        InvalidInput: If it is another task.
        ModelError: If logits are no numbers.

    Source: arXiv:2505.21785, Appendix B, Figure 9.
    """
    if not task.unique:
        raise InvalidInput(f"only UF and UB are copied token by token, got {task.name}")
    widest = drawn.contexts.shape[1]
    rows = max(1, _TOKENS // (2 * widest + 1))
    parts = [
        _copied(model, task, _part(drawn, start, start + rows), symbols)
        for start in range(0, len(drawn.lengths), rows)
    ]
    return np.concatenate(parts)


def _part(drawn: Drawn, start: int, stop: int) -> Drawn:
    return Drawn(drawn.contexts[start:stop], drawn.lengths[start:stop])


@torch.no_grad()
def _copied(
    model: PreTrainedModel, task: Copying, drawn: Drawn, symbols: int
) -> npt.NDArray[np.bool_]:
    marks, contexts, lengths = Marks.behind(symbols), drawn.contexts, drawn.lengths
    rows, widest = contexts.shape
    opening, asked = widest + 2, widest - 1
    tokens = np.full((rows, opening + asked), marks.pad, dtype=np.int64)
    tokens[:, 0] = marks.bos
    tokens[:, 1 : widest + 1] = np.where(contexts == NOTHING, marks.pad, contexts)
    tokens[np.arange(rows), lengths + 1] = marks.sep
    queries, gold = _pairs(contexts, task.step)
    real = (queries != NOTHING) & (gold != NOTHING)
    tokens[:, opening:] = np.where(real, queries, marks.pad)
    positions = np.broadcast_to(np.arange(opening + asked), tokens.shape).copy()
    positions[:, opening:] = lengths[:, None] + 2
    seen = seen_by_questions(lengths, opening, asked, 1)
    device = model.device
    given = {
        "input_ids": torch.from_numpy(tokens).to(device),
        "position_ids": torch.from_numpy(positions).to(device),
        "attention_mask": torch.from_numpy(seen).to(device),
    }
    logits = logits_at(model, given, (slice(None), slice(opening, None)))
    chosen = best(logits, type(model).__name__).cpu().numpy()
    found: npt.NDArray[np.bool_] = ((chosen == gold) | ~real).all(axis=1)
    return found


def _pairs(contexts: Ints, step: int) -> tuple[Ints, Ints]:
    """Return every symbol that is asked about and the one that follows it in the answer."""
    before, after = contexts[:, :-1], contexts[:, 1:]
    return (before, after) if step > 0 else (after, before)
