"""How much fits into one batch, and what running out of memory looks like."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import torch

from claimkit.evaluation.batching import BatchLimits, BatchTooLargeError
from claimkit.models.language_model import LanguageModel
from claimkit.prompts.episodes import Episodes

__all__ = ["find_limits", "running_out"]

# Enough to keep the matrix products busy; more only costs memory.
_TOKENS = {"cpu": 2048, "cuda": 65536}
# Of the free memory, the part that the answer logits of a batch may take: their reductions and the
# model's own activations share the rest.
_SHARE = 8
_BYTES_PER_LOGIT = 4


def find_limits(
    language_model: LanguageModel, episodes: Episodes, batch_size: int | None
) -> BatchLimits:
    """Return what a batch may hold: a given number of strings, or what the free memory suggests."""
    longest = int(episodes.lengths.max(initial=1))
    if batch_size is not None:
        return BatchLimits(strings=batch_size, tokens=batch_size * longest)
    # No string of a batch gets logits at more positions than this.
    kept = max(1, longest - int(episodes.starts.min(initial=longest)))
    logits = kept * (language_model.vocabulary or 2**16) * _BYTES_PER_LOGIT
    tokens = _TOKENS.get(language_model.device.type, _TOKENS["cpu"])
    strings = min(free_bytes(language_model.device) // _SHARE // logits, tokens // longest)
    return BatchLimits(strings=max(1, strings), tokens=tokens)


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
