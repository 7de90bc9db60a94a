"""What trained models can do at some lengths, beside what the paper reports of the same.

A cell is one task, one architecture and one bin of lengths. Several runs, which differ by their
seed only, were asked about the same strings of that bin.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, final

FROM_SCRATCH: Final = "from-scratch"
FINETUNED: Final = "finetuned"

Exam = tuple[int, float]
"""A step of training, and the accuracy at it."""


@final
@dataclass(frozen=True)
class RunFigure:
    """What one run can do in one bin.

    Attributes:
        seed: Of the run.
        accuracy: The share of strings whose whole answer is right, in [0, 1].
        strings: How many were asked.
        learned: Whether the run counts: it can do the task at the lengths it was trained on.
        exams: A few steps of its training with the accuracy in this bin, as its log has them; for
            people only, no verdict reads them.
    """

    seed: int
    accuracy: float
    strings: int
    learned: bool = True
    exams: tuple[Exam, ...] = ()


@final
@dataclass(frozen=True)
class Learning:
    """What the runs of one task and architecture can do in one bin.

    Attributes:
        task: Its name, such as ``UR``.
        architecture: ``gpt2`` or ``llama``; of fine-tuned models the name of their base.
        place: Which bin: 1 holds the lengths trained on.
        shortest: Symbols of the shortest strings of the bin.
        longest: And of the longest.
        runs: Every run, by seed; those that do not count, too.
        published: The paper's figure for the same cell; None where it gives none.
        kind: :data:`FROM_SCRATCH` or :data:`FINETUNED`.
        preset: Of the recipe; empty for fine-tuned models.
        means: How the task was done where not directly, such as ``UR, token by token``.
        before: What the base could do on the same strings; None unless it was fine-tuned.
        judged: Whether a verdict is about this cell, which else stands beside one that is.

    >>> runs = RunFigure(1, 1.0, 2000), RunFigure(2, 0.98, 2000)
    >>> cell = Learning("UR", "gpt2", 2, 26, 50, runs)
    >>> cell.bin, cell.accuracy
    ('26–50', 0.99)
    """

    task: str
    architecture: str
    place: int
    shortest: int
    longest: int
    runs: tuple[RunFigure, ...]
    published: float | None = None
    kind: str = FROM_SCRATCH
    preset: str = ""
    means: str = ""
    before: float | None = None
    judged: bool = False

    @property
    def bin(self) -> str:
        """The lengths, such as ``26–50``."""
        return f"{self.shortest}–{self.longest}"

    @property
    def counting(self) -> tuple[RunFigure, ...]:
        """The runs that count."""
        return tuple(run for run in self.runs if run.learned)

    @property
    def accuracy(self) -> float | None:
        """The mean over the runs that count; None if none does."""
        found = [run.accuracy for run in self.counting]
        return sum(found) / len(found) if found else None

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe primitives that :meth:`from_dict` reads back."""
        runs = [{**asdict(run), "exams": [list(exam) for exam in run.exams]} for run in self.runs]
        return {**asdict(self), "runs": runs}

    @staticmethod
    def from_dict(record: Mapping[str, Any]) -> Learning:
        """Read what :meth:`to_dict` wrote."""
        runs = (
            RunFigure(**{**run, "exams": tuple((step, right) for step, right in run["exams"])})
            for run in record["runs"]
        )
        return Learning(**{**record, "runs": tuple(runs)})
