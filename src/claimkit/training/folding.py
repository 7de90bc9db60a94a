"""Folding: two strings share a row, so that padding is not computed with.

A batch of uniform lengths is two fifths padding. The k-th longest string is followed by the k-th
shortest in one row; each attends to itself alone, at its own positions, so that the row says what
two rows would say.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from claimkit.training.rows import Batch


def folded(batch: Batch, pad: int) -> Batch:
    """Return half as many rows, each about as long as a longest and a shortest string.

    A batch whose rows have a mask of their own, or are odd in number, is returned as it is.

    Args:
        batch: Of one task; every row ends with a learned token, but for padding.
        pad: The token that fills up.
    """
    rows, width = batch.tokens.shape
    if batch.seen is not None or rows % 2:
        return batch
    sizes = width - np.argmax(batch.learned[:, ::-1], axis=1)
    order = np.argsort(-sizes, kind="stable")
    one, two = order[: rows // 2], order[: rows // 2 - 1 : -1]
    columns = np.arange(int((sizes[one] + sizes[two]).max()))
    behind = columns - sizes[one][:, None]
    part = (behind >= 0).astype(np.int64) + (behind >= sizes[two][:, None])

    def join(values: npt.NDArray[Any], fill: float) -> npt.NDArray[Any]:
        first = np.take_along_axis(values[one], np.minimum(columns, width - 1)[None], axis=1)
        second = np.take_along_axis(values[two], np.clip(behind, 0, width - 1), axis=1)
        rest = np.where(part == 1, second, values.dtype.type(fill))
        return np.where(part == 0, first, rest)

    counted = np.broadcast_to(np.arange(width), (rows, width))
    causal = columns[:, None] >= columns[None]
    return replace(
        batch,
        tokens=join(batch.tokens, pad),
        learned=join(batch.learned, False),
        tasks=batch.tasks[: rows // 2],
        positions=join(counted if batch.positions is None else batch.positions, 0),
        seen=((part[:, :, None] == part[:, None, :]) & causal)[:, None],
        weights=None if batch.weights is None else join(batch.weights, 0.0),
        questions=batch.examples,
    )
