"""Positions: where the rows of a batch begin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from claimkit.tasks.sampling import Uniforms
from claimkit.training.rows import Batch


def offset(batch: Batch, positions: int, uniforms: Uniforms, *, even: bool = False) -> Batch:
    """Return a batch whose rows begin at any position that leaves them room.

    Each row's offset is random, so every position embedding is trained (the offset trick).
    Uniform offsets, as published, train the first and the last positions seldom, since few rows
    reach them; *even* ones, uniform over a range that is wider by a row at both ends and cut to
    what there is, train all positions about equally often.
    Source: arXiv:2505.21785, Appendix B.

    Args:
        batch: Positions count from 0 where it has none.
        positions: How many the model knows.
        uniforms: Where random numbers come from.
        even: Whether the ends are to be trained as often as the middle.
    """
    rows, width = batch.tokens.shape
    start = np.arange(width)[None] if batch.positions is None else batch.positions
    if not even:
        room = positions - start.max(axis=1)
        return replace(batch, positions=start + uniforms.below(room, rows)[:, None])
    # What stands behind the last learned token teaches nothing, wherever it stands.
    last = np.where(batch.learned, start, 0).max(axis=1)
    room = positions - last
    offsets = np.clip(uniforms.below(room + 2 * last, rows) - last, 0, room - 1)
    return replace(batch, positions=np.minimum(start + offsets[:, None], positions - 1))
