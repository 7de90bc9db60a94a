"""Filling: a whole stream from the store, what it lacks measured by whoever comes first."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from claimkit.auditing.limits import Limits
from claimkit.auditing.subject import Progress
from claimkit.evidence.answers import Answers
from claimkit.evidence.head_scores import HeadScores
from claimkit.evidence.keys import EvidenceKey
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.ranges import Range, count
from claimkit.evidence.streams import Streams

Found = TypeVar("Found", Outcomes, HeadScores, Answers)

_PAUSE: Final = 0.05


def filled(
    kept: Streams[Found],
    key: EvidenceKey,
    stop: int,
    measure: Callable[[int, int], Found],
    *,
    label: str,
    limits: Limits,
    progress: Progress,
) -> Found:
    """Return strings 0 … stop − 1 of a stream once all are stored, by this worker or by others.

    Args:
        kept: Where they are stored.
        key: The stream.
        stop: One past the last string.
        measure: Called with (start, stop) of a piece that is missing.
        label: What the progress line calls it.
        limits: Until when, and how far, it may be measured.
        progress: Called with (label, strings done, strings wanted).

    Raises:
        BudgetUsedUp: If something has to be measured and may not.
        StoreError: If it cannot be stored.
    """
    while pieces := kept.missing(key, stop):
        limits.require(stop)
        progress(label, stop - count(pieces), stop)
        if not any(_taken(kept, key, piece, measure) for piece in pieces):
            time.sleep(_PAUSE)
    return kept.read(key)[:stop]


def _taken(
    kept: Streams[Found],
    key: EvidenceKey,
    piece: Range,
    measure: Callable[[int, int], Found],
) -> bool:
    """Measure and keep what is missing of a piece, unless another worker is about it."""
    with kept.try_lock(key, piece) as free:
        if free and piece in kept.missing(key, piece[1]):
            kept.append(key, piece[0], measure(*piece))
        return free
