"""Runs of the gate whose truth is known; only tests and benchmarks use them, no gate does.

Both arms are drawn from measured outcomes with errors of their own. A model asked the same strings
twice has no discordant pair, which would prove nothing. p-values come from scipy and from Fourier
transforms, a second way to what :mod:`claimkit.evidence.exact_tests` computes.

Axes: ``run``, ``stream``, ``string``, and ``row``: all streams, then a pooled row for each task
that has two of them or more, by name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from claimkit.evidence.samples import Sample

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

CHUNK: Final = 50
"""Runs that are computed at a time, for the memory they take."""


@final
@dataclass(frozen=True)
class Population:
    """Measured outcomes, from which runs are drawn.

    Attributes:
        samples: One per stream, all of one size; two streams with one opening share their strings.
    """

    samples: tuple[Sample, ...]

    @staticmethod
    def of(samples: Iterable[Sample], size: int) -> Population:
        """Return the population of all streams that have so many strings, each stream once."""
        streams = {sample.stream: sample.first(size) for sample in samples if sample.size >= size}
        return Population(tuple(streams[name] for name in sorted(streams)))

    @cached_property
    def right(self) -> Floats:
        """The measured outcomes as 0 and 1, ``(stream, string)``."""
        return np.array([sample.right for sample in self.samples], dtype=np.float64)

    @property
    def accuracy(self) -> Floats:
        """The share of right strings, ``(stream, 1)``."""
        return np.asarray(self.right.mean(axis=1, keepdims=True))

    @cached_property
    def shared(self) -> Counts:
        """Int ``(stream,)``; streams with equal numbers are of the same strings."""
        openings = [(sample.setting, sample.opening) for sample in self.samples]
        return np.array([openings.index(opening) for opening in openings])

    @cached_property
    def pools(self) -> tuple[Counts, ...]:
        """The streams of each pooled row."""
        tasks = np.array([sample.task.partition(" ")[0] for sample in self.samples])
        counts = Counter(tasks.tolist())
        return tuple(np.flatnonzero(tasks == task) for task in sorted(counts) if counts[task] > 1)

    @property
    def rows(self) -> int:
        """How many comparisons are decided together."""
        return len(self.samples) + len(self.pools)

    def flipped(self, error: float) -> Floats:
        """Return how likely each string is right if its outcome flips with probability ``error``.

        Float ``(stream, string)``.
        """
        return self.right * (1 - error) + (1 - self.right) * error

    def redrawn(self, share: float) -> Floats:
        """Return how likely each string is right if a ``share`` is drawn anew at its stream's rate.

        Float ``(stream, string)``; 1 makes all strings of a stream alike.
        """
        return self.right * (1 - share) + self.accuracy * share


@final
@dataclass(frozen=True)
class Gate:
    """Compares two arms, run by run.

    Attributes:
        population: What is drawn from.
        paired: Whether both arms are asked the same strings.
        alpha: Error rate of a run.
    """

    population: Population
    paired: bool
    alpha: float

    def worse_rows(
        self, base: Floats, new: Floats, runs: int, rng: np.random.Generator
    ) -> Iterator[Bools]:
        """Yield which rows are called worse, Bool ``(run, row)``, some runs at a time.

        Args:
            base: How likely the baseline is right on each string, Float ``(stream, string)``.
            new: The same of the model under test.
            runs: How many runs.
            rng: Where strings and errors come from.
        """
        for start in range(0, runs, CHUNK):
            yield self.decide(*self.draw(base, new, min(CHUNK, runs - start), rng))

    def draw(
        self, base: Floats, new: Floats, runs: int, rng: np.random.Generator
    ) -> tuple[Bools, Bools]:
        """Return both arms' outcomes, Bool ``(run, stream, string)``.

        Strings are drawn from the measured ones, the same for all streams that share theirs, and
        for both arms if they are paired. Errors are independent.
        """
        shape = runs, len(self.population.samples), base.shape[1]
        strings = rng.integers(0, base.shape[1], shape)[:, self.population.shared]
        others = rng.integers(0, base.shape[1], shape)[:, self.population.shared]
        streams = np.arange(shape[1])[:, None]
        first = rng.random(shape) < base[streams, strings]
        second = rng.random(shape) < new[streams, strings if self.paired else others]
        return first, second

    def decide(self, base: Bools, new: Bools) -> Bools:
        """Return which rows are called worse, Bool ``(run, row)``, from both arms' outcomes."""
        worse = self._paired(base, new) if self.paired else self._unpaired(base, new)
        return holm_rows(worse, self.alpha)

    def _paired(self, base: Bools, new: Bools) -> Floats:
        from scipy.stats import binom

        gained, lost = (~base & new).sum(axis=2), (base & ~new).sum(axis=2)
        gained, lost = self._with_pools(gained), self._with_pools(lost)
        return np.asarray(binom.cdf(gained, gained + lost, 0.5))

    def _with_pools(self, counts: Counts) -> Counts:
        pooled = [counts[:, pool].sum(axis=1, keepdims=True) for pool in self.population.pools]
        return np.concatenate([counts, *pooled], axis=1)

    def _unpaired(self, base: Bools, new: Bools) -> Floats:
        from scipy.stats import hypergeom

        size = base.shape[2]
        right = new.sum(axis=2)
        total = base.sum(axis=2) + right
        single = np.asarray(hypergeom.cdf(right, 2 * size, total, size))
        pooled = [
            _sum_cdf(total[:, pool], right[:, pool].sum(axis=1), size)
            for pool in self.population.pools
        ]
        return np.concatenate([single, *(p[:, None] for p in pooled)], axis=1)


def holm_rows(p_values: Floats, alpha: float) -> Bools:
    """Apply Holm's rule to each run, Float ``(run, row)``; return what is rejected."""
    order = np.argsort(p_values, axis=1, kind="stable")
    limits = alpha / np.arange(p_values.shape[1], 0, -1)
    passed = np.take_along_axis(p_values, order, axis=1) <= limits
    rejected = np.zeros_like(passed)
    np.put_along_axis(rejected, order, np.logical_and.accumulate(passed, axis=1), axis=1)
    return rejected


def _sum_cdf(totals: Counts, right: Counts, size: int) -> Floats:
    """Return the probability of a sum of hypergeometric numbers at most as large as seen.

    Args:
        totals: Right strings of both arms, Int ``(run, stream)``.
        right: Right strings of the new arm over all streams, Int ``(run,)``.
        size: Strings of a stream in either arm.

    Returns:
        Float ``(run,)``, from the product of the numbers' Fourier transforms; exact to about 1e-15.
    """
    from scipy.stats import hypergeom

    width = totals.shape[1] * size + 1
    kinds, which = np.unique(totals, return_inverse=True)
    table = hypergeom.pmf(np.arange(size + 1), 2 * size, kinds[:, None], size)
    transforms = np.fft.rfft(table, width, axis=1)[which.reshape(totals.shape)]
    probability = np.fft.irfft(transforms.prod(axis=1), width, axis=1)
    cumulative = probability.cumsum(axis=1)
    return np.asarray(np.clip(cumulative[np.arange(len(right)), right], 0.0, 1.0))
