"""Which strings go through the model together: of like length, and as many as memory takes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["BatchLimits", "BatchTooLargeError", "batches_by_length", "halve_on_out_of_memory"]

Index = NDArray[np.int64]
Result = TypeVar("Result")


class BatchTooLargeError(Exception):
    """A batch did not fit; never leaves this package."""


@dataclass(frozen=True)
class BatchLimits:
    """What one batch may hold.

    Attributes:
        strings: The most strings.
        tokens: The most tokens, padding included.
        positions: The most positions with logits: of every string as many as lie between the
            earliest beginning and the latest end of an answer; None sets no limit.
    """

    strings: int
    tokens: int
    positions: int | None = None

    def hold(self, strings: int, shortest: int, longest: int, width: int) -> bool:
        """Return whether so many strings of these lengths, with answers of ``width``, may go."""
        positions = strings * (longest - shortest + width)
        return (
            strings <= self.strings
            and strings * longest <= self.tokens
            and (self.positions is None or positions <= self.positions)
        )


def batches_by_length(lengths: Index, limits: BatchLimits, width: int = 1) -> Iterator[Index]:
    """Yield the indices of the strings of each batch, shortest strings first.

    Args:
        lengths: Int ``(string,)``.
        limits: Each batch keeps within them, or is a single string.
        width: How many tokens each string's answer has.

    >>> limits = BatchLimits(strings=2, tokens=100)
    >>> [batch.tolist() for batch in batches_by_length(np.array([9, 3, 7, 3, 8]), limits)]
    [[1, 3], [2, 4], [0]]
    """
    order = np.argsort(lengths, kind="stable")
    start = 0
    for stop in range(1, len(order) + 1):
        if stop == len(order) or not limits.hold(
            stop + 1 - start, int(lengths[order[start]]), int(lengths[order[stop]]), width
        ):
            yield order[start:stop]
            start = stop


def halve_on_out_of_memory(
    batches: Iterator[Index], measure: Callable[[Index], Result]
) -> Iterator[tuple[Index, Result]]:
    """Yield every batch with its measurement, halving it and all later ones if memory runs out.

    Args:
        batches: Indices of strings.
        measure: Measures the strings at some indices; raises :class:`BatchTooLargeError`.

    Raises:
        BatchTooLargeError: If a single string does not fit.
    """
    pending = deque(batches)
    largest = max((len(batch) for batch in pending), default=0)
    while pending:
        batch = pending.popleft()
        if len(batch) > largest:
            pending.extendleft((batch[largest:], batch[:largest]))
            continue
        try:
            result = measure(batch)
        except BatchTooLargeError:
            if len(batch) == 1:
                raise
            largest = len(batch) // 2
            pending.appendleft(batch)
            continue
        yield batch, result
