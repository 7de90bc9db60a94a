"""Requests about models trained from scratch, as values that cost nothing until they are judged.

A bin is a range of lengths: 1 holds those trained on, 2 and 3 are longer. Which lengths these are
says the recipe of the runs, so a request names a bin by its number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, final

from claimkit.errors import InvalidInput
from claimkit.tasks import UB, UF, UL, UR, Task

GPT2: Final = "gpt2"
LLAMA: Final = "llama"
ARCHITECTURE_NAMES: Final[Mapping[str, str]] = {GPT2: "GPT-2", LLAMA: "Llama"}
BINS: Final = (1, 2, 3)

Lengths = tuple[int, int]
_STEPS: Final[Mapping[str, Task]] = {UF.name: UR, UB.name: UL}
"""Which task, done again and again, copies."""


@final
@dataclass(frozen=True)
class RunAccuracy:
    """The share of strings of a bin whose whole answer is right, mean over runs.

    Attributes:
        task: What the runs were trained on.
        architecture: ``gpt2`` (learned absolute positions) or ``llama`` (rotary ones).
        bin: 1, 2 or 3.

    Raises:
        InvalidInput: If there is no such architecture or bin.
    """

    task: Task
    architecture: str
    bin: int

    def __post_init__(self) -> None:
        """Refuse what no run has."""
        _check(self.architecture, self.bin)

    @property
    def what(self) -> str:
        """Such as ``UR``."""
        return self.task.name

    @property
    def asked(self) -> tuple[Task, ...]:
        """The tasks whose runs are read."""
        return (self.task,)

    @property
    def label(self) -> str:
        """What a report calls this while the lengths of its bin are not known."""
        return label_of(self, None)


@final
@dataclass(frozen=True)
class RunGap:
    """The accuracy of one task's runs minus that of another's, on the same strings.

    Attributes:
        right: The task counted positively.
        left: The other task of the same group.
        architecture: As for :class:`RunAccuracy`.
        bin: 1, 2 or 3.

    Raises:
        InvalidInput: If there is no such architecture or bin, or the tasks do not share strings.
    """

    right: Task
    left: Task
    architecture: str
    bin: int

    def __post_init__(self) -> None:
        """Refuse tasks of two groups, and what no run has."""
        _check(self.architecture, self.bin)
        if self.right.group is not self.left.group:
            raise InvalidInput(
                f"a gap of runs needs two tasks of one group, got {self.right.name} "
                f"({self.right.group}) and {self.left.name} ({self.left.group}), which are asked "
                "about strings of their own"
            )

    @property
    def what(self) -> str:
        """Such as ``UR − UL``."""
        return f"{self.right.name} − {self.left.name}"

    @property
    def asked(self) -> tuple[Task, ...]:
        """The tasks whose runs are read."""
        return (self.right, self.left)

    @property
    def label(self) -> str:
        """What a report calls this while the lengths of its bin are not known."""
        return label_of(self, None)


@final
@dataclass(frozen=True)
class TokenByToken:
    """The share of sources that runs of a retrieval task copy, each token a question of its own.

    The first token of the copy is given; every other one is what the run answers when it is asked
    about the token before.

    Attributes:
        task: UF, which runs of UR copy; or UB, which those of UL do.
        bin: 1, 2 or 3.
        architecture: As for :class:`RunAccuracy`.

    Raises:
        InvalidInput: If the task cannot be done so, or there is no such architecture or bin.
    """

    task: Task
    bin: int
    architecture: str = LLAMA

    def __post_init__(self) -> None:
        """Refuse what no run has, and tasks that no retrieval does."""
        _check(self.architecture, self.bin)
        if self.task.name not in _STEPS:
            raise InvalidInput(
                f"token by token, runs of UR do UF and runs of UL do UB, got {self.task.name}"
            )

    @property
    def step(self) -> Task:
        """The retrieval task that is done for every token."""
        return _STEPS[self.task.name]

    @property
    def means(self) -> str:
        """Such as ``UR, token by token``."""
        return f"{self.step.name}, token by token"

    @property
    def what(self) -> str:
        """Such as ``UF by UR, token by token``."""
        return f"{self.task.name} by {self.means}"

    @property
    def asked(self) -> tuple[Task, ...]:
        """The tasks whose runs are read."""
        return (self.step,)

    @property
    def label(self) -> str:
        """What a report calls this while the lengths of its bin are not known."""
        return label_of(self, None)


RunsRequest = RunAccuracy | RunGap | TokenByToken
"""A request about models trained from scratch."""


def label_of(request: RunsRequest, lengths: Lengths | None) -> str:
    """Return what a report calls a request.

    >>> label_of(RunAccuracy(UR, "gpt2", 2), (26, 50))
    'UR, GPT-2 from scratch, lengths 26–50'
    >>> RunGap(UR, UL, "llama", 3).label
    'UR − UL, Llama from scratch, bin 3'
    """
    where = f"bin {request.bin}" if lengths is None else f"lengths {lengths[0]}–{lengths[1]}"
    return f"{request.what}, {ARCHITECTURE_NAMES[request.architecture]} from scratch, {where}"


def _check(architecture: str, place: int) -> None:
    if architecture not in ARCHITECTURE_NAMES:
        raise InvalidInput(
            f"an architecture is {' or '.join(ARCHITECTURE_NAMES)}, got {architecture!r}"
        )
    if place not in BINS:
        raise InvalidInput(f"runs have the bins 1, 2 and 3, got bin={place!r}")
