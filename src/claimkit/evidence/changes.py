"""Changes: one comparison of two models, what may be said of it, and the line that says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, final

from claimkit.errors import InvalidInput
from claimkit.evidence import exact_tests
from claimkit.evidence.exact_tests import Chance
from claimkit.evidence.verdicts import number
from claimkit.tasks.setting import plural

_LEAST: Final = 1e-300


@final
@dataclass(frozen=True)
class Comparison:
    """One model's accuracy beside another's, on one stream or on all streams of a task.

    Attributes:
        stream: Identifies the stream (:attr:`claimkit.evidence.samples.Sample.stream`), or the task
            whose streams were pooled.
        label: What a report calls it, e.g. ``UR at length 30`` or ``UR over 31 settings``.
        task: The task's name.
        base_right: Strings that the baseline was right on.
        base_strings: Strings that the baseline was asked.
        new_right: Strings that the model under test was right on.
        new_strings: Strings that it was asked.
        lost: Strings that were right and are now wrong; None where strings are not paired.
        gained: Strings that were wrong and are now right; None where strings are not paired.
        worse: P-value of the null that accuracy did not fall.
        better: P-value of the null that accuracy did not rise.
        flipped: One string that was right and is now wrong, as its number in the stream; or None.
        example: That string's question with its right answer; empty where unknown.
    """

    stream: str
    label: str
    task: str
    base_right: int
    base_strings: int
    new_right: int
    new_strings: int
    lost: int | None
    gained: int | None
    worse: float
    better: float
    flipped: int | None = None
    example: str = ""

    @property
    def chance(self) -> Chance:
        """What the p-values are of; of one stream, not of a pooled row."""
        if self.lost is not None and self.gained is not None:
            return exact_tests.paired(self.lost, self.gained)
        return exact_tests.unpaired(
            self.base_right, self.base_strings, self.new_right, self.new_strings
        )

    @property
    def change(self) -> float:
        """The accuracy now minus the accuracy before."""
        return self.new_right / self.new_strings - self.base_right / self.base_strings

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe primitives that :meth:`from_dict` reads back."""
        return asdict(self)

    @staticmethod
    def from_dict(record: Mapping[str, Any]) -> Comparison:
        """Read what :meth:`to_dict` wrote.

        Raises:
            InvalidInput: If a field is missing or unknown.
        """
        try:
            return Comparison(**record)
        except TypeError as error:
            raise InvalidInput(f"not a comparison: {error}") from error


class Change(StrEnum):
    """What a run may say about a comparison."""

    WORSE = "worse"
    BETTER = "better"
    SAME = "same within noise"


@final
@dataclass(frozen=True)
class Compared:
    """A comparison with what its run may say about it.

    Attributes:
        comparison: The figures.
        change: The decision.
        detectable: The smallest drop, a fraction, that would surely have been called worse, were
            no string gained; None if even losing all would not.
        family: How many comparisons were decided together.
    """

    comparison: Comparison
    change: Change
    detectable: float | None
    family: int = 1


def sentence(compared: Compared) -> str:
    """Return the one line that reports a comparison.

    >>> row = Comparison("s", "UR at length 30", "UR", 61, 64, 46, 64, 15, 0, 3.1e-05, 1.0)
    >>> for part in sentence(Compared(row, Change.WORSE, 0.17, 63)).split("; "):
    ...     print(part)
    UR at length 30: 0.95 → 0.72 of 64 strings (−0.23)
    15 right before and wrong now, 0 the other way
    worse (p = 3e-05, one of 63 comparisons)
    """
    row = compared.comparison
    return f"{row.label}: {_figures(row)}; {_strings(row)}; {_decision(compared)}"


def _figures(row: Comparison) -> str:
    before, now = row.base_right / row.base_strings, row.new_right / row.new_strings
    sizes = f"{row.base_strings}"
    if row.new_strings != row.base_strings:
        sizes += f" and {row.new_strings}"
    return (
        f"{number(before)} → {number(now)} of {sizes} strings ({number(now - before, signed=True)})"
    )


def _strings(row: Comparison) -> str:
    if row.lost is None:
        return "not paired string by string"
    return f"{row.lost} right before and wrong now, {row.gained} the other way"


def _decision(compared: Compared) -> str:
    row, change = compared.comparison, compared.change
    if change is not Change.SAME:
        p_value = row.worse if change is Change.WORSE else row.better
        # Below that, floats lose their digits, and at last become 0, which no chance is.
        shown = f"= {p_value:.0e}" if p_value >= _LEAST else f"< {_LEAST:.0e}"
        return f"{change} (p {shown}, one of {plural(compared.family, 'comparison')})"
    if compared.detectable is None:
        return f"{change} (no drop would have shown)"
    return f"{change} (a drop of {number(compared.detectable)} would have shown)"
