"""Runs of equal columns in an alignment, and the tokens after which a copy goes wrong.

A span is *aligned* where the columns are matches and *misaligned* otherwise. Where an aligned span
is followed by a misaligned one, the last aligned token is a *transition*: the copy was right up to
and with it. A misaligned span that follows no aligned one, at the beginning or after another
misaligned span, has no transition; nor has an aligned span that ends the alignment.

Source: arXiv:2505.21785, §4.2 and Appendix C.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from claimkit.evaluation.glitches.alignment import Alignment, Operation

__all__ = ["Span", "spans", "transitions"]


@final
@dataclass(frozen=True)
class Span:
    """Neighbouring columns of one operation, as many as there are.

    Attributes:
        operation: What each of them shows.
        start: The first column.
        stop: The column after the last.
    """

    operation: Operation
    start: int
    stop: int

    @property
    def aligned(self) -> bool:
        """Whether the tokens were copied."""
        return self.operation == Operation.MATCH


def spans(alignment: Alignment) -> tuple[Span, ...]:
    """Return the spans from first to last; together they are all columns.

    >>> from claimkit.evaluation.glitches.alignment import align
    >>> [(span.operation.name, span.start, span.stop) for span in spans(align([5, 6, 7], [5, 6]))]
    [('MATCH', 0, 2), ('DELETE', 2, 3)]
    """
    operations = alignment.operations
    edges = [*(np.flatnonzero(np.diff(operations)) + 1).tolist(), len(operations)]
    starts = [0, *edges[:-1]]
    return tuple(
        Span(Operation(operations[start]), start, stop)
        for start, stop in zip(starts, edges, strict=True)
        if start < stop
    )


def transitions(alignment: Alignment) -> NDArray[np.int64]:
    """Return the gold positions of the transitions, int64 ``(transition,)``, ascending.

    >>> from claimkit.evaluation.glitches.alignment import align
    >>> transitions(align([5, 6, 7, 8], [5, 9, 7, 8, 8])).tolist()  # 6 became 9; an 8 too many
    [0, 3]
    """
    aligned = alignment.aligned
    return alignment.gold[np.flatnonzero(aligned[:-1] & ~aligned[1:])]
