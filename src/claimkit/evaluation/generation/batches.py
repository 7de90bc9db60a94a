"""Which prompts go together: of like length, and as many as memory takes with their answers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from claimkit.evaluation.batching import BatchLimits, Index
from claimkit.evaluation.generation.probing import Plan
from claimkit.evaluation.memory import free_bytes
from claimkit.models.language_model import LanguageModel

__all__ = ["batches_of", "limits_for"]

# Each token reads all weights, however many rows share them; prompts are read at once, and take
# memory for what goes on inside the model.
_STRINGS = {"cpu": 32, "cuda": 256}
_TOKENS = {"cpu": 16384, "cuda": 65536}
# Of the free memory, the part that keys and values may take.
_SHARE = 4


def limits_for(language_model: LanguageModel, plan: Plan, batch_size: int | None) -> BatchLimits:
    """Return what a batch may hold: answers count as long as their caps.

    Args:
        language_model: The model to ask.
        plan: How prompts may be batched.
        batch_size: The most strings, or ``None`` for what suits the device.
    """
    kind = language_model.device.type
    strings = _STRINGS.get(kind, _STRINGS["cpu"]) if batch_size is None else batch_size
    tokens = _TOKENS.get(kind, _TOKENS["cpu"])
    if plan.bytes_per_token:
        free = free_bytes(language_model.device) // _SHARE
        tokens = min(tokens, free // plan.bytes_per_token)
    return BatchLimits(1 if plan.batching == "alone" else strings, tokens)


def batches_of(lengths: Index, caps: Index, limits: BatchLimits, plan: Plan) -> Iterator[Index]:
    """Yield the indices of the prompts of each batch, shortest prompts first.

    Args:
        lengths: Int ``(prompt,)``.
        caps: Int ``(prompt,)``; prompts of the same length stand by their caps.
        limits: Each batch keeps within them, or is a single prompt.
        plan: How prompts may be batched.

    >>> lengths, caps = np.array([9, 3, 7, 3, 8]), np.array([5, 5, 5, 2, 5])
    >>> limits = BatchLimits(strings=2, tokens=26)
    >>> [b.tolist() for b in batches_of(lengths, caps, limits, Plan("padded", 1))]
    [[3, 1], [2, 4], [0]]
    >>> [b.tolist() for b in batches_of(lengths, caps, limits, Plan("equal lengths", 1))]
    [[3, 1], [2], [4], [0]]
    """
    order = np.lexsort((caps, lengths))
    start = 0
    for stop in range(1, len(order) + 1):
        more = order[start : stop + 1]
        if stop == len(order) or not _go_together(lengths[more], caps[more], limits, plan):
            yield order[start:stop]
            start = stop


def _go_together(lengths: Index, caps: Index, limits: BatchLimits, plan: Plan) -> bool:
    longest = int(lengths.max())
    alike = plan.batching == "padded" or int(lengths.min()) == longest
    return alike and limits.hold(len(lengths), longest, longest + int(caps.max()), 1)
