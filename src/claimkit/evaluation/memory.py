"""How much fits into one batch, and what running out of memory looks like."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

import psutil
import torch

from claimkit.evaluation.batching import BatchLimits, BatchTooLargeError
from claimkit.models.language_model import LanguageModel
from claimkit.prompts.episodes import Episodes

__all__ = ["find_limits", "positions_alone", "remember_too_large", "running_out"]

# Enough to keep the matrix products busy; more only costs memory.
_TOKENS = {"cpu": 2048, "cuda": 65536}
# Of the free memory, the part that the answer logits of a batch may take: their reductions and the
# model's own activations share the rest.
_SHARE = 8
_BYTES_PER_LOGIT = 4
# Where nothing is gained by larger batches, logits stay small however large the vocabulary is.
_MOST_BYTES = 64 * 2**20
# A single string may take more: what exceeds this costs another pass over the whole string.
_MOST_BYTES_ALONE = 4 * _MOST_BYTES

# The most tokens of a batch, for models that ran out of memory in this process.
_learned: WeakKeyDictionary[LanguageModel, int] = WeakKeyDictionary()


def find_limits(
    language_model: LanguageModel, episodes: Episodes, batch_size: int | None
) -> BatchLimits:
    """Return what a batch may hold: a given number of strings, or what memory suggests.

    A model that ran out of memory before gets no more than what fitted then.
    """
    longest = int(episodes.lengths.max(initial=1))
    learned = _learned.get(language_model)
    if batch_size is not None:
        tokens = batch_size * longest
        return BatchLimits(batch_size, tokens if learned is None else min(tokens, learned))
    tokens = _TOKENS.get(language_model.device.type, _TOKENS["cpu"])
    tokens = tokens if learned is None else min(tokens, learned)
    positions = _positions(language_model, _MOST_BYTES)
    return BatchLimits(max(1, tokens // longest), tokens, positions)


def positions_alone(language_model: LanguageModel) -> int:
    """Return at how many positions at a time a single string may have logits."""
    return _positions(language_model, _MOST_BYTES_ALONE)


def remember_too_large(language_model: LanguageModel, episodes: Episodes) -> None:
    """Keep later batches of this process to half of one that ran out of memory."""
    half = len(episodes) // 2 * int(episodes.lengths.max())
    _learned[language_model] = max(1, min(half, _learned.get(language_model, half)))


def _positions(language_model: LanguageModel, most_bytes: int) -> int:
    most = free_bytes(language_model.device) // _SHARE
    if language_model.device.type != "cuda":
        most = min(most, most_bytes)
    return max(1, most // _BYTES_PER_LOGIT // (language_model.vocabulary or 2**16))


def free_bytes(device: torch.device) -> int:
    """Return how much memory the device has left."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return int(psutil.virtual_memory().available)


@contextmanager
def running_out() -> Iterator[None]:
    """Turn torch's ways to say that memory ran out into :class:`BatchTooLargeError`."""
    try:
        yield
    except RuntimeError as error:
        if not _is_out_of_memory(error):
            raise
        # Without its cause, whose traceback would keep the batch's tensors alive.
        raise BatchTooLargeError(str(error).splitlines()[0]) from None


def _is_out_of_memory(error: RuntimeError) -> bool:
    # On a CPU torch raises a plain RuntimeError from its allocator.
    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)
