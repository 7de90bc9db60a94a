"""Ranges of strings: what a stream lacks, cut into the pieces that workers share.

A range is (start, stop), strings counted from 0. Pieces are cut at fixed borders, the same for
every worker, so that two workers who lack different numbers of strings still agree which piece is
whose.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

Range = tuple[int, int]

PIECE = 256
"""Strings in the longest piece: what a kill can cost."""

_FIRST = (0, 64, 128, PIECE)
"""The borders of the first pieces, at the first looks: no look measures more than it reads."""


def cell(string: int) -> Range:
    """Return the fixed range that a string lies in.

    >>> [cell(string) for string in (0, 64, 255, 300, 2047)]
    [(0, 64), (64, 128), (128, 256), (256, 512), (1792, 2048)]
    """
    if string < PIECE:
        place = bisect_right(_FIRST, string)
        return _FIRST[place - 1], _FIRST[place]
    start = string - string % PIECE
    return start, start + PIECE


def pieces(start: int, stop: int) -> Iterator[Range]:
    """Cut a range at the fixed borders.

    >>> list(pieces(10, 600))
    [(10, 64), (64, 128), (128, 256), (256, 512), (512, 600)]
    """
    while start < stop:
        end = min(cell(start)[1], stop)
        yield start, end
        start = end


def gaps(stored: Iterable[Range], stop: int) -> Iterator[Range]:
    """Yield the ranges below ``stop`` that none of the stored ranges covers, in order.

    >>> list(gaps([(64, 128), (0, 10)], 200))
    [(10, 64), (128, 200)]
    """
    reached = 0
    for start, end in sorted(one for one in stored if one[0] < one[1]):
        if start >= stop:
            break
        if start > reached:
            yield reached, start
        reached = max(reached, end)
    if reached < stop:
        yield reached, stop


def count(ranges: Iterable[Range]) -> int:
    """Return how many strings some disjoint ranges hold."""
    return sum(stop - start for start, stop in ranges)
