"""When a margin is too small to mean anything.

Logits of one string differ a little with the batch it stands in, the padding after it and the
implementation of attention, since floating-point sums depend on their order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["hangs_on_noise", "moved_beyond_noise", "noise_share"]

# Twice what batching was seen to do to 4- and 16-layer Llama models, random but peaked (float32:
# ten times); bfloat16 also rounds the logits themselves to 8 bits.
_NOISE = {"float64": 1e-10, "float32": 1e-4, "float16": 5e-3, "bfloat16": 3e-2}

# Beyond so many times the noise, rounding is no explanation for most strings of a batch: in models
# of 8 layers, random but peaked, it moved one string in fourteen by more than 4 times (Mamba,
# float32) and one in a hundred by 8 times (Llama, bfloat16).
_ROOM = 10


def noise_share(dtype: str) -> float:
    """Return how far a logit may move by rounding, as a share of the string's largest logit.

    An unknown type counts as the coarsest.
    """
    return _NOISE.get(dtype, max(_NOISE.values()))


def hangs_on_noise(
    margins: NDArray[np.float32], scales: NDArray[np.float32], dtype: str
) -> NDArray[np.bool_]:
    """Return which strings could score otherwise in another batch.

    A score is the verdict and the first wrong position; positions after one that is clearly wrong
    bear on neither.

    Args:
        margins: Float ``(string, position)``; gold logit minus largest other.
        scales: Float ``(string, position)``; the largest magnitude of a logit.
        dtype: What they were computed in.

    Returns:
        Bool ``(string,)``.

    >>> margins = np.array([[3.0, 1e-6], [-3.0, 1e-6], [1e-6, -3.0]], np.float32)
    >>> hangs_on_noise(margins, np.ones_like(margins), "float32").tolist()
    [True, False, True]
    """
    threshold = noise_share(dtype) * scales
    clearly_wrong = margins < -threshold
    reached = np.cumsum(clearly_wrong, axis=1) == 0
    unclear = reached & (np.abs(margins) <= threshold)
    strings: NDArray[np.bool_] = np.logical_or.reduce(unclear, axis=1)
    return strings


def moved_beyond_noise(
    margins: NDArray[np.float32],
    others: NDArray[np.float32],
    scales: NDArray[np.float32],
    dtype: str,
) -> NDArray[np.bool_]:
    """Return which strings have margins that rounding alone cannot have made so different.

    Args:
        margins: Float ``(string, position)``.
        others: Float ``(string, position)``; the same strings in another batch.
        scales: Float ``(string, position)``; the largest magnitude of a logit.
        dtype: What both were computed in.

    Returns:
        Bool ``(string,)``.
    """
    allowed = _ROOM * noise_share(dtype) * scales.max(axis=1)
    moved: NDArray[np.bool_] = np.abs(margins - others).max(axis=1) > allowed
    return moved
