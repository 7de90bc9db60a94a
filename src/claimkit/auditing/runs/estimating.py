"""Estimates from several runs that were asked about the same strings.

The strings are the sample. Each has one number, the mean over the runs; these are independent from
string to string, while the answers of several runs to one string are not. Nothing is said of runs
with other seeds than those that were read.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from claimkit.errors import InvalidInput
from claimkit.evidence.bounded_means import bounded_mean
from claimkit.evidence.intervals import paired_difference, proportion
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.verdicts import Estimate


def accuracy_of_runs(runs: Sequence[Outcomes], tail: float) -> Estimate:
    """Return the mean accuracy of some runs.

    Args:
        runs: Of each run, its outcomes on the same strings.
        tail: Error of each bound.

    Raises:
        InvalidInput: If there is no run, or they were asked about different strings.
    """
    _require_same_strings(runs)
    strings = len(runs[0])
    if len(runs) == 1:
        right = int(runs[0].right.sum())
        interval, value = proportion(right, strings, tail), right / strings
    else:
        means = _means(runs)
        interval, value = bounded_mean(means, tail, low=0.0, high=1.0), float(means.mean())
    return Estimate(value, interval, strings, unit="strings", signed=False)


def gap_of_runs(right: Sequence[Outcomes], left: Sequence[Outcomes], tail: float) -> Estimate:
    """Return the mean accuracy of some runs minus that of others.

    Args:
        right: Of each run counted positively, its outcomes.
        left: Of each other run, its outcomes on the same strings, another answer being right.
        tail: Error of each bound.

    Raises:
        InvalidInput: If there is no run on a side, or they were asked about different strings.
    """
    for side in (right, left, [*right, *left]):
        _require_same_strings(side)
    strings, differences = len(right[0]), _means(right) - _means(left)
    if len(right) == len(left) == 1:
        wins, losses = int((differences > 0).sum()), int((differences < 0).sum())
        interval = paired_difference(wins, losses, strings, tail)
    else:
        interval = bounded_mean(differences, tail)
    return Estimate(float(differences.mean()), interval, strings)


def _means(runs: Sequence[Outcomes]) -> npt.NDArray[np.float64]:
    """Return the share of runs that are right, Float ``(string,)``."""
    found: npt.NDArray[np.float64] = np.mean([run.right for run in runs], axis=0, dtype=np.float64)
    return found


def _require_same_strings(runs: Sequence[Outcomes]) -> None:
    if not runs:
        raise InvalidInput("an estimate of runs needs at least one run")
    if any(not np.array_equal(run.digests, runs[0].digests) for run in runs):
        raise InvalidInput("runs are compared on the same strings, these were asked about others")
