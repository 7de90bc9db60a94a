"""Requests about what a model writes, as values that cost nothing until they are judged.

Source: arXiv:2505.21785, §4.2; of symbols §4.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, final

from claimkit.auditing.natural.asks import AnyTask, TextAsk
from claimkit.auditing.requests import DrawnFrom
from claimkit.errors import InvalidInput
from claimkit.evidence.requirement import Requirement
from claimkit.tasks import Task
from claimkit.tasks.natural import LOREM_COPY, NaturalTask


@final
@dataclass(frozen=True)
class TextAccuracy:
    """The share of texts that are written exactly as they should be.

    Attributes:
        task: The task.
        length: In the task's unit.
        options: As of :class:`claimkit.auditing.natural.asks.TextAsk`.
    """

    task: AnyTask
    length: int
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def asks(self) -> tuple[TextAsk, ...]:
        """The one ask."""
        return (TextAsk(self.task, self.length, self.options),)

    @property
    def what(self) -> str:
        """Such as ``accuracy of ProseCopy``."""
        return f"accuracy of {self.task.name}"

    @property
    def label(self) -> str:
        """What a report calls this."""
        return f"{self.what} at {self.asks[0].place}"


@final
@dataclass(frozen=True)
class TextGap:
    """The accuracy of one task minus that of another.

    Attributes:
        first: The task whose accuracy is counted positively.
        second: The other task.
        length: In the tasks' unit.
        options: As of :class:`claimkit.auditing.natural.asks.TextAsk`.
        paired: Whether both are asked about the same texts or strings, those of their group; else
            each is asked about its own.

    Raises:
        InvalidInput: If tasks that are to be paired are of two groups, or others of one, or one is
            about texts and the other about symbols.
    """

    first: AnyTask
    second: AnyTask
    length: int
    options: Mapping[str, Any] = field(default_factory=dict)
    paired: bool = True

    def __post_init__(self) -> None:
        """Refuse pairs of two groups, independent samples of one, and texts beside symbols."""
        if isinstance(self.first, Task) != isinstance(self.second, Task):
            raise InvalidInput(
                f"a gap is between two tasks about texts or two about symbols, got "
                f"{self.first.name} and {self.second.name}"
            )
        named = f"{self.first.name} ({self.first.group}) and {self.second.name}"
        if self.paired and self.first.group is not self.second.group:
            raise InvalidInput(
                f"a paired gap needs two tasks of one group, got {named} ({self.second.group}), "
                "which are asked about texts of their own; ask for an unpaired_gap"
            )
        if not self.paired and self.first.group is self.second.group:
            raise InvalidInput(
                f"an unpaired gap needs tasks of two groups, got {named}, which are asked about "
                "the same texts; ask for a gap"
            )

    @property
    def asks(self) -> tuple[TextAsk, ...]:
        """The two asks."""
        return tuple(TextAsk(t, self.length, self.options) for t in (self.first, self.second))

    @property
    def what(self) -> str:
        """Such as ``RevertOrder − CherryPickOrder``."""
        return f"{self.first.name} − {self.second.name}"

    @property
    def label(self) -> str:
        """What a report calls this."""
        return f"{self.what} at {self.asks[0].place}"


@final
@dataclass(frozen=True)
class GlitchExcess:
    """By how much more glitches start at ambiguous tokens than if they were spread evenly.

    Of the tokens at which a copy goes wrong a share is ambiguous; of all its tokens that were
    copied right, too. This is the mean difference of the two shares over copies that go wrong
    (:mod:`claimkit.evaluation.glitches`).

    Attributes:
        length: Tokens of a paragraph.
        options: As of :class:`claimkit.auditing.natural.asks.TextAsk`.
        task: The task that copies paragraphs.

    Raises:
        InvalidInput: If the task copies no paragraphs.
    """

    length: int
    options: Mapping[str, Any] = field(default_factory=dict)
    task: NaturalTask = LOREM_COPY

    def __post_init__(self) -> None:
        """Refuse what is no paragraph."""
        if not self.task.group.is_cut:
            raise InvalidInput(
                f"glitches are looked for in copies of paragraphs, got {self.task.name}, whose "
                f"lengths count {self.task.unit}s"
            )

    @property
    def asks(self) -> tuple[TextAsk, ...]:
        """The one ask."""
        return (TextAsk(self.task, self.length, self.options),)

    @property
    def what(self) -> str:
        """What is compared."""
        return f"glitches of {self.task.name} at ambiguous tokens, beyond an even spread"

    @property
    def label(self) -> str:
        """What a report calls this."""
        return f"{self.what}, at {self.asks[0].place}"


SettledText = TextAccuracy | TextGap | GlitchExcess
"""A request about what a model writes, at one setting."""


@final
@dataclass(frozen=True)
class DrawnTexts(DrawnFrom[SettledText]):
    """A request about what a model writes at drawn settings."""

    made = "a request of the texts fixture", "texts.glitch_excess"

    @staticmethod
    def is_made(request: object) -> bool:
        """Whether it is a request about texts at one setting."""
        return isinstance(request, SettledText)


TextRequest = SettledText | DrawnTexts
"""A request about what a model writes."""


def require_text_request(request: object, requirement: Requirement) -> TextRequest:
    """Return a request whose value can meet the requirement.

    Raises:
        InvalidInput: If it is something else, with what can be decided.
    """
    if isinstance(request, TextRequest):
        settled = request.first if isinstance(request, DrawnTexts) else request
        is_rate = isinstance(settled, TextAccuracy)
        if is_rate == (requirement.relation in ("at_least", "at_most")):
            return request
    asked = request.label if isinstance(request, TextRequest) else repr(request)
    raise InvalidInput(
        "an audit of texts decides gaps and glitches against above=… or within=… and accuracies "
        f"against at_least=… or at_most=…, got {asked}, "
        f"{requirement.relation}={requirement.threshold}"
    )
