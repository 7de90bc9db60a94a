"""Positions: where the rows of a batch begin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from claimkit.tasks.sampling import Uniforms
from claimkit.training.rows import Batch


def offset(
    batch: Batch,
    positions: int,
    uniforms: Uniforms,
    *,
    padded: bool = False,
    window: int | None = None,
) -> Batch:
    """Return a batch whose rows begin at any position that leaves room for what they learn.

    Each row's offset is uniform, so every position embedding is trained (the offset trick). What
    lies behind a row's last answer is padding, and its positions, which no answer depends on, may
    go further, up to the window. Offsets that train all positions equally often were tried and are
    worse: many rows then begin at the same position, and where a token stands tells what to copy.
    Source: arXiv:2505.21785, Appendix B.

    Args:
        batch: Positions count from 0 where it has none.
        positions: How many are trained.
        uniforms: Where random numbers come from.
        padded: Whether room is left for padding, too; the last positions are then trained seldom.
        window: How many positions the model knows; None is any.
    """
    rows, width = batch.tokens.shape
    start = np.arange(width)[None] if batch.positions is None else batch.positions
    last = (start if padded else np.where(batch.learned, start, 0)).max(axis=1)
    found = start + uniforms.below(positions - last, rows)[:, None]
    return replace(batch, positions=found if window is None else np.minimum(found, window - 1))
