"""Requests: what a claim asks to be decided, as values that cost nothing until they are judged.

A request says what is compared (``what``), which tasks are asked at which settings (``asks``), and
how a report calls it (``label``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Protocol, TypeVar, final

from claimkit.auditing.asks import Ask, setting_of
from claimkit.auditing.circuit_requests import HeadGap, RemovalGap
from claimkit.auditing.grids import Grid, Options
from claimkit.errors import InvalidInput
from claimkit.tasks import Task
from claimkit.tasks.setting import plural


@final
@dataclass(frozen=True)
class PairedGap:
    """The difference in accuracy between two tasks that are asked about the same strings.

    Attributes:
        right: The task whose accuracy is counted positively.
        left: The other task, of the same group.
        length: Symbols of the context or source.
        options: Other fields of :class:`claimkit.tasks.Setting`, where not the defaults.

    Raises:
        InvalidInput: If the tasks do not share their strings; then nothing is paired.
    """

    right: Task
    left: Task
    length: int
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse tasks of two groups and options that are no settings."""
        if self.right.group is not self.left.group:
            raise InvalidInput(
                f"a paired gap needs two tasks of one group, got {self.right.name} "
                f"({self.right.group}) and {self.left.name} ({self.left.group}); "
                f"use unpaired_gap for tasks with strings of their own"
            )
        setting_of(self.length, self.options)

    @property
    def asks(self) -> tuple[Ask, ...]:
        """The two tasks at the one setting."""
        return tuple(Ask(task, self.length, self.options) for task in (self.right, self.left))

    @property
    def what(self) -> str:
        """Such as ``UR − UL``."""
        return f"{self.right.name} − {self.left.name}"

    @property
    def label(self) -> str:
        """What a report calls this, e.g. ``UR − UL at length 30, template rule``."""
        return f"{self.what} at {self.asks[0].place}"


@final
@dataclass(frozen=True)
class UnpairedGap:
    """The difference in accuracy between two tasks that have strings of their own.

    Attributes:
        first: The task whose accuracy is counted positively.
        second: The other task, of another group.
        length: Symbols of the context or source.
        options: Other fields of :class:`claimkit.tasks.Setting`, where not the defaults.

    Raises:
        InvalidInput: If the tasks share their strings; their samples are not independent then.
    """

    first: Task
    second: Task
    length: int
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse tasks of one group and options that are no settings."""
        if self.first.group is self.second.group:
            raise InvalidInput(
                f"an unpaired gap needs tasks of two groups, got {self.first.name} and "
                f"{self.second.name}, both of {self.first.group}, which are asked about the same "
                f"strings; use paired_gap({self.first.name}, {self.second.name}, …)"
            )
        setting_of(self.length, self.options)

    @property
    def asks(self) -> tuple[Ask, ...]:
        """The two tasks, each to be asked about its own strings."""
        return tuple(Ask(task, self.length, self.options) for task in (self.first, self.second))

    @property
    def what(self) -> str:
        """Such as ``UR − NRFirst``."""
        return f"{self.first.name} − {self.second.name}"

    @property
    def label(self) -> str:
        """What a report calls this, e.g. ``UR − NRFirst at length 30``."""
        return f"{self.what} at {self.asks[0].place}"


@final
@dataclass(frozen=True)
class Accuracy:
    """The share of strings that one task is right on.

    Attributes:
        task: The task.
        length: Symbols of the context or source.
        options: Other fields of :class:`claimkit.tasks.Setting`, where not the defaults.
        elicited_by: A task that must clear its position heuristics at the same setting; where it
            does not, the model was not brought to do such tasks, and the claim is not applicable.
    """

    task: Task
    length: int
    options: Mapping[str, Any] = field(default_factory=dict)
    elicited_by: Task | None = None

    def __post_init__(self) -> None:
        """Refuse options that are no settings."""
        setting_of(self.length, self.options)

    @property
    def asks(self) -> tuple[Ask, ...]:
        """The task, and behind it the one that tells whether it is elicited."""
        tasks = (self.task,) if self.elicited_by is None else (self.task, self.elicited_by)
        return tuple(Ask(task, self.length, self.options) for task in tasks)

    @property
    def what(self) -> str:
        """Such as ``accuracy of NF``."""
        return f"accuracy of {self.task.name}"

    @property
    def label(self) -> str:
        """What a report calls this, e.g. ``accuracy of NF at length 30``."""
        return f"{self.what} at {self.asks[0].place}"


HeadlineRequest = PairedGap | UnpairedGap | Accuracy | RemovalGap | HeadGap
"""A request at one setting."""


class Settled(Protocol):
    """A request at one setting, of whatever kind."""

    @property
    def what(self) -> str:
        """What is measured."""
        ...


One = TypeVar("One", bound=Settled)


@dataclass(frozen=True)
class DrawnFrom(ABC, Generic[One]):
    """A request at settings that are drawn from a grid, those the model cannot be asked left out.

    Attributes:
        make: Returns the request at one point of the grid, which it takes as keyword arguments.
        grid: The settings to draw from.
        draws: How many settings are drawn, where there are as many and the grid allows it.

    Raises:
        InvalidInput: If the grid is none.
    """

    made: ClassVar[tuple[str, str]]
    """What ``make`` has to return, and an example, for the sentence that refuses anything else."""

    make: Callable[..., One]
    grid: Grid
    draws: int

    def __post_init__(self) -> None:
        """Refuse what is no grid."""
        if not isinstance(self.grid, Grid):
            raise InvalidInput(f"settings are drawn from a Grid, got {self.grid!r}")
        if self.grid.draws is not None:
            object.__setattr__(self, "draws", min(self.draws, self.grid.draws))

    @staticmethod
    @abstractmethod
    def is_made(request: object) -> bool:
        """Whether ``make`` may return this."""

    def at(self, point: Options) -> One:
        """Return the request at one point of the grid.

        Raises:
            InvalidInput: If ``make`` does not take the factors of the grid, or returns no request.
        """
        factors = ", ".join(point)
        try:
            request = self.make(**point)
        except TypeError as error:
            raise InvalidInput(
                f"a drawn claim calls {self.make!r} with the factors of its grid ({factors}) as "
                f"keyword arguments, and that raised TypeError: {error}"
            ) from error
        if not self.is_made(request):
            raise InvalidInput(
                f"a drawn claim calls {self.make!r} with the factors of its grid ({factors}) for "
                f"{self.made[0]}, got {request!r}; write for example {self.made[1]}"
            )
        return request

    @property
    def first(self) -> One:
        """The request at the first point of the grid, whether or not it is drawn."""
        return self.at(self.grid.points()[0])

    @property
    def what(self) -> str:
        """As of the request at any one setting."""
        return self.first.what

    @property
    def label(self) -> str:
        """What a report calls this, e.g. ``UR − UL at 8 drawn settings``."""
        return drawn_label(self.what, self.draws)


@final
@dataclass(frozen=True)
class Drawn(DrawnFrom[HeadlineRequest]):
    """A request about symbols at drawn settings."""

    made = "a gap or an accuracy", "partial(evidence.paired_gap, UR, UL)"

    @staticmethod
    def is_made(request: object) -> bool:
        """Whether it is a request about symbols at one setting."""
        return isinstance(request, HeadlineRequest)

    @property
    def asks(self) -> tuple[Ask, ...]:
        """All that may be drawn."""
        return tuple(ask for point in self.grid.points() for ask in self.at(point).asks)


def drawn_label(what: str, draws: int) -> str:
    """Return what a report calls a request at so many drawn settings."""
    return f"{what} at {plural(draws, 'drawn setting')}"
