"""Comparisons: is a model worse than it was, beyond noise, task by task and setting by setting?

Two samples of one stream are paired string by string, else they are compared unpaired. A run
compares many streams, so that what it calls *worse* is decided for all of them together (Holm).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, final

from claimkit.errors import InvalidInput


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
