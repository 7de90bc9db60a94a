"""Sides: the runs that are compared, what they share, and what was decided of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from claimkit.evidence.comparison import Change, Compared, same_strings
from claimkit.evidence.samples import Sample
from claimkit.reporting.records import RunRecord


@final
@dataclass(frozen=True)
class Side:
    """One of the runs that are compared.

    Attributes:
        name: What it is called; different for every side.
        run: What it found out.
        step: Of the training run it is a checkpoint of, if its name tells.
    """

    name: str
    run: RunRecord
    step: int | None = None


@final
@dataclass(frozen=True)
class Match:
    """The streams that two runs share.

    Attributes:
        pairs: Samples of the first run and of the other, of one size.
        only_base: How many streams only the first run has.
        only_new: How many only the other has.
    """

    pairs: tuple[tuple[Sample, Sample], ...]
    only_base: int
    only_new: int

    @property
    def paired(self) -> int:
        """How many are of the same strings, and so compared string by string."""
        return sum(same_strings(*pair) for pair in self.pairs)

    @property
    def unpaired(self) -> str:
        """Why the others are not, in words; empty if all are paired."""
        others = [pair for pair in self.pairs if not same_strings(*pair)]
        reasons = dict.fromkeys(_difference(*pair) for pair in others)
        return f"{len(others)} not paired: {', '.join(reasons)}" if others else ""

    @property
    def sizes(self) -> tuple[int, int]:
        """The least and the largest number of strings that are compared."""
        sizes = [new.size for _, new in self.pairs]
        return min(sizes), max(sizes)


def _difference(base: Sample, new: Sample) -> str:
    """Say why two samples of one task and setting are of other strings."""
    symbols = base.settings.symbols, new.settings.symbols
    if symbols[0] != symbols[1]:
        return f"their alphabets differ ({symbols[0]} and {symbols[1]} symbols)"
    versions = base.sampler_version, new.sampler_version
    if versions[0] != versions[1]:
        return f"their strings were drawn by samplers of versions {versions[0]} and {versions[1]}"
    return "the models were asked other strings"


@final
@dataclass(frozen=True)
class Beside:
    """One run beside the first.

    Attributes:
        side: The run.
        match: What it shares with the first.
        compared: Every shared stream and one row per task, decided.
    """

    side: Side
    match: Match
    compared: tuple[Compared, ...]

    @property
    def worse(self) -> bool:
        """Whether anything is worse than in the first run."""
        return any(one.change is Change.WORSE for one in self.compared)


@final
@dataclass(frozen=True)
class RunComparison:
    """Some runs beside the first of them.

    Attributes:
        base: The first.
        others: The others, in order.
        alpha: Probability that anything is called worse which is not, over all of them.
        series: Whether they are checkpoints of one training run, or else told apart by name only.
    """

    base: Side
    others: tuple[Beside, ...]
    alpha: float
    series: bool = False

    @property
    def worse(self) -> bool:
        """Whether any run is worse than the first."""
        return any(other.worse for other in self.others)
