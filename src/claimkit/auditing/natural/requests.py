"""Requests about what a model writes, as values that cost nothing until they are judged.

Source: arXiv:2505.21785, §4.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, final

from claimkit.auditing.asks import setting_of
from claimkit.auditing.requests import DrawnFrom
from claimkit.errors import InvalidInput
from claimkit.evidence.requirement import Requirement
from claimkit.prompts.text_frames import WITH_CHAT, templates_of_text
from claimkit.tasks import Setting
from claimkit.tasks.natural import LOREM_COPY, NaturalTask
from claimkit.tasks.setting import plural

USUAL_DEMONSTRATIONS: Final = 3
"""As of commit lists; arXiv:2505.21785, §4.2."""


@final
@dataclass(frozen=True)
class TextAsk:
    """A natural task at one setting, before it is known whether the model holds conversations.

    Attributes:
        task: What is asked.
        length: In the task's unit.
        options: ``template`` and ``demonstrations``, where not the usual ones.

    Raises:
        InvalidInput: If there are other options, or one has no possible value.
    """

    task: NaturalTask
    length: int
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what is no task of texts, and options that texts do not have."""
        if not isinstance(self.task, NaturalTask):
            raise InvalidInput(
                f"texts are asked about with a natural task, got {self.task!r}; tasks of symbols "
                "are asked about with the evidence fixture"
            )
        if not isinstance(self.length, int):
            raise InvalidInput(f"a length is a whole number, got length={self.length!r}")
        if unknown := set(self.options) - {"template", "demonstrations"}:
            raise InvalidInput(
                "texts are asked about with a template and demonstrations, got "
                f"{', '.join(sorted(unknown))}"
            )
        if str(self.options.get("template", "")).endswith(WITH_CHAT):
            raise InvalidInput(
                f"whether a model is asked in a conversation says --chat, got template="
                f"{self.options['template']!r}; leave {WITH_CHAT!r} out"
            )
        if self.setting.template not in (known := templates_of_text(self.task)):
            raise InvalidInput(
                f"{self.task.name} has no template {self.setting.template!r}, it has "
                f"{', '.join(repr(name) for name in known if not name.endswith(WITH_CHAT))}"
            )

    @property
    def setting(self) -> Setting:
        """The setting of a model that goes on with a text."""
        template = templates_of_text(self.task)[0]
        usual = {"template": template, "demonstrations": USUAL_DEMONSTRATIONS}
        # Texts are drawn from no alphabet; one symbol stands for none.
        return setting_of(self.length, {**usual, **self.options}, symbols=1)

    @property
    def place(self) -> str:
        """The setting in words, e.g. ``500 tokens, template echo, 3 demonstrations``."""
        setting = self.setting
        shown = plural(setting.demonstrations, "demonstration")
        return f"{plural(self.length, self.task.unit)}, template {setting.template}, {shown}"


@final
@dataclass(frozen=True)
class TextAccuracy:
    """The share of texts that are written exactly as they should be.

    Attributes:
        task: The task.
        length: In the task's unit.
        options: As of :class:`TextAsk`.
    """

    task: NaturalTask
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
    """The accuracy of one natural task minus that of another, about the same texts.

    Attributes:
        first: The task whose accuracy is counted positively.
        second: The other task of the same group.
        length: In the tasks' unit.
        options: As of :class:`TextAsk`.

    Raises:
        InvalidInput: If the tasks do not share their texts; then nothing is paired.
    """

    first: NaturalTask
    second: NaturalTask
    length: int
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse tasks of two groups."""
        if self.first.group is not self.second.group:
            raise InvalidInput(
                f"a paired gap needs two tasks of one group, got {self.first.name} "
                f"({self.first.group}) and {self.second.name} ({self.second.group}), which are "
                "asked about texts of their own"
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
        options: As of :class:`TextAsk`.
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
