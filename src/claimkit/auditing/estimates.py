"""Estimates: the value of each kind of request, with its interval, from what one look sees."""

from __future__ import annotations

import numpy as np

from claimkit.auditing.looking import Sight
from claimkit.auditing.requests import HeadlineRequest, PairedGap, UnpairedGap
from claimkit.evidence.intervals import paired_difference, proportion, unpaired_difference
from claimkit.evidence.verdicts import EACH, Estimate


def estimate(request: HeadlineRequest, sight: Sight) -> Estimate:
    """Return what one look says of a request."""
    if isinstance(request, PairedGap):
        return _paired(sight)
    return _unpaired(sight) if isinstance(request, UnpairedGap) else _accuracy(sight)


def _paired(sight: Sight) -> Estimate:
    right, left = (found.right for found in sight.outcomes)
    wins, losses = int(np.sum(right & ~left)), int(np.sum(left & ~right))
    interval = paired_difference(wins, losses, sight.size, sight.tail)
    return Estimate((wins - losses) / sight.size, interval, sight.size)


def _unpaired(sight: Sight) -> Estimate:
    first, second = (int(found.right.sum()) for found in sight.outcomes)
    interval = unpaired_difference(first, sight.size, second, sight.size, sight.tail)
    return Estimate((first - second) / sight.size, interval, sight.size, unit=EACH)


def _accuracy(sight: Sight) -> Estimate:
    # Where a second task was asked too, it tells of elicitation only.
    successes = int(sight.outcomes[0].right.sum())
    interval = proportion(successes, sight.size, sight.tail)
    return Estimate(successes / sight.size, interval, sight.size, unit="strings", signed=False)
