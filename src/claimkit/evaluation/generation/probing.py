"""How prompts may be batched: found by trying, since no configuration tells.

Some prompts are read together, go on for two tokens with what the cache kept, one row leaving in
between, and must get the logits that each gets alone and without a cache. What padding, positions,
sliding windows or recurrent states would spoil, it would spoil here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from claimkit.evaluation.batching import BatchTooLargeError
from claimkit.evaluation.forward import Floats, is_masked, logits_from
from claimkit.evaluation.generation.answers import Batching
from claimkit.evaluation.generation.cached import Cached, has_cache
from claimkit.evaluation.memory import running_out
from claimkit.evaluation.noise import moved_beyond_noise
from claimkit.models.language_model import LanguageModel
from claimkit.prompts.episodes import Episodes

__all__ = ["Plan", "plan"]

Prompts = Sequence[tuple[int, ...]]
# Tokens fed after a prompt; as many rows of logits, and those after the prompt itself.
_STEPS = 2


@dataclass(frozen=True)
class Plan:
    """How prompts may be batched.

    Attributes:
        batching: See :class:`~claimkit.evaluation.generation.answers.Effort`.
        bytes_per_token: What the cache takes for each token of each row; 0 without one.
    """

    batching: Batching
    bytes_per_token: int


def plan(language_model: LanguageModel, prompts: Prompts) -> Plan:
    """Return the most that may be put together of these prompts without a change of the logits.

    Args:
        language_model: The model to ask.
        prompts: At least one, of at least one token each.

    Raises:
        BatchTooLargeError: If three of them do not fit into memory.
    """
    if has_cache(language_model):
        few = _few(prompts, language_model.window)
        if len({len(prompt) for prompt in few}) > 1:
            found = _agrees(language_model, few)
            if found is not None:
                return Plan("padded", found)
        # Another prompt of the same length.
        found = _agrees(language_model, [few[-1], few[-1][::-1]])
        if found is not None:
            return Plan("equal lengths", found)
    return Plan("alone", 0)


def _few(prompts: Prompts, window: int | None) -> Prompts:
    """Return the shortest prompt, one between and the longest; cut, so that tokens may follow."""
    ordered = sorted(prompts, key=len)
    few = [ordered[0], ordered[len(ordered) // 2], ordered[-1]]
    # By as much each, so that they still differ in length.
    excess = 0 if window is None else max(0, len(few[-1]) + _STEPS - window)
    return [prompt[: max(1, len(prompt) - excess)] for prompt in few]


def _agrees(language_model: LanguageModel, prompts: Prompts) -> int | None:
    """Return the bytes that the cache takes for a token, or None if the logits are others.

    Args:
        language_model: The model to ask.
        prompts: The last is among the longest, and leaves first.
    """
    try:
        with running_out():
            batch = Cached(language_model, prompts, _STEPS)
            together, written = _go(batch, len(prompts))
            taken = batch.bytes_per_token()
            alone = [
                _alone(language_model, prompt, tokens)
                for prompt, tokens in zip(prompts, written, strict=True)
            ]
    except BatchTooLargeError:
        raise
    # Code that comes with a checkpoint may fail in any way; then it is asked in another.
    except Exception:
        return None
    longest = max(map(len, prompts))
    padded = [i for i, prompt in enumerate(prompts) if len(prompt) < longest]
    counted = padded or range(len(prompts))
    moved = sum(_moved(language_model, together[i], alone[i], written[i]) for i in counted)
    # Models that multiply rounding errors do so for few strings; a leak changes most.
    return None if 2 * moved > len(counted) else taken


def _go(batch: Cached, rows: int) -> tuple[list[Tensor], list[list[int]]]:
    """Return logits ``(step, vocabulary)`` and tokens of each row; the last has a step less."""
    first = batch.start()
    one = first.argmax(-1)
    second = batch.go_on(one)
    two = second.argmax(-1)
    # In another order, too.
    stay = list(range(rows - 1))[::-1]
    third = batch.go_on(two[batch.keep(stay)])
    logits = [
        torch.stack([first[i], second[i], *([third[stay.index(i)]] if i in stay else [])])
        for i in range(rows)
    ]
    return logits, torch.stack((one, two), dim=1).tolist()


def _alone(language_model: LanguageModel, prompt: Sequence[int], written: Sequence[int]) -> Tensor:
    """Return the logits ``(step, vocabulary)`` of one pass without a cache."""
    # What stands behind is never fed.
    tokens = np.array([[*prompt, *written, 0]], dtype=np.int64)
    fed = Episodes(tokens, np.array([tokens.shape[1]]), tokens[:, -1:])
    return logits_from(language_model, fed, first=len(prompt) - 1)[0]


def _moved(
    language_model: LanguageModel, together: Tensor, alone: Tensor, written: Sequence[int]
) -> bool:
    """Return whether a token's margin differs by more than rounding."""
    steps = len(together)
    # At the last step nothing is written any more, so any token will do.
    tokens = [*written, written[-1]][:steps]
    (before, _), (after, scales) = _margins(together, tokens), _margins(alone[:steps], tokens)
    if not np.isfinite(before).all() or not np.isfinite(after).all():
        # Broken logits are said of the answers, whichever way they are asked.
        return False
    return bool(moved_beyond_noise(before, after, scales, language_model.dtype)[0])


@torch.inference_mode()
def _margins(logits: Tensor, tokens: Sequence[int]) -> tuple[Floats, Floats]:
    """Return margins and largest logits ``(1, step)``; masked ones do not count."""
    scores = logits.float()
    gold = torch.tensor(tokens, device=scores.device)[:, None]
    margins = scores.gather(-1, gold) - scores.scatter(-1, gold, -torch.inf).amax(-1, keepdim=True)
    scales = scores.abs().masked_fill(is_masked(logits), 0).amax(-1)
    return margins.T.cpu().numpy(), scales[None].cpu().numpy()
