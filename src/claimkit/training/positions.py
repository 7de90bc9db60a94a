"""Positions: where the rows of a batch begin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from claimkit.tasks.sampling import Uniforms
from claimkit.training.rows import Batch


def offset(batch: Batch, positions: int, uniforms: Uniforms) -> Batch:
    """Return a batch whose rows begin at any position that leaves them room.

    Each row's offset is uniform, so every position embedding is trained (the offset trick). The
    first and the last positions are trained seldom, since few rows reach them. Offsets that train
    all of them equally often were tried and are worse: many rows then begin at the same position,
    and where a token stands tells what to copy.
    Source: arXiv:2505.21785, Appendix B.

    Args:
        batch: Positions count from 0 where it has none.
        positions: How many the model knows.
        uniforms: Where random numbers come from.
    """
    rows, width = batch.tokens.shape
    start = np.arange(width)[None] if batch.positions is None else batch.positions
    room = positions - start.max(axis=1)
    return replace(batch, positions=start + uniforms.below(room, rows)[:, None])
