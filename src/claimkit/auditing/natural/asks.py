"""Asks about what a model writes: one task at one setting.

Source: arXiv:2505.21785, §4.2; of symbols §4.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, final

from claimkit.auditing.asks import Ask, setting_of
from claimkit.errors import InvalidInput, NotApplicable
from claimkit.prompts.text_frames import WITH_CHAT, templates_of_text
from claimkit.tasks import Setting, Task, Without
from claimkit.tasks.natural import NaturalTask
from claimkit.tasks.setting import plural

AnyTask = NaturalTask | Task
"""A task about texts, or one about symbols, which is asked in conversations."""

USUAL_DEMONSTRATIONS: Final = 3
"""As of commit lists; arXiv:2505.21785, §4.2."""


@final
@dataclass(frozen=True)
class TextAsk:
    """A task at one setting, before it is known whether the model holds conversations.

    Attributes:
        task: What is asked.
        length: In the task's unit.
        options: ``template`` and ``demonstrations``, where not the usual ones; of symbols all
            fields of :class:`claimkit.tasks.Setting`, as for questions whose answers are scored.

    Raises:
        InvalidInput: If there are other options, or one has no possible value.
    """

    task: AnyTask
    length: int
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what is no task, and options that its questions do not have."""
        if not isinstance(self.task, NaturalTask | Task) or isinstance(self.task, Without):
            raise InvalidInput(
                "texts are asked about with a natural task, or in conversations with a task of "
                f"symbols, got {self.task!r}; what a removed path costs is asked about with the "
                "evidence fixture"
            )
        if not isinstance(self.length, int):
            raise InvalidInput(f"a length is a whole number, got length={self.length!r}")
        if str(self.options.get("template", "")).endswith(WITH_CHAT):
            raise InvalidInput(
                f"whether a model is asked in a conversation says --chat, got template="
                f"{self.options['template']!r}; leave {WITH_CHAT!r} out"
            )
        if isinstance(self.task, NaturalTask):
            self._require_text(self.task)
        else:
            # Refuses what is no field of a setting; templates depend on the task and are looked at
            # when a model is asked, as everywhere.
            Ask(self.task, self.length, self.options)

    def _require_text(self, task: NaturalTask) -> None:
        if unknown := set(self.options) - {"template", "demonstrations"}:
            raise InvalidInput(
                "texts are asked about with a template and demonstrations, got "
                f"{', '.join(sorted(unknown))}"
            )
        if self.setting.template not in (known := templates_of_text(task)):
            raise InvalidInput(
                f"{task.name} has no template {self.setting.template!r}, it has "
                f"{', '.join(repr(name) for name in known if not name.endswith(WITH_CHAT))}"
            )

    @property
    def natural(self) -> NaturalTask:
        """The task, where it is one about texts.

        Raises:
            NotApplicable: If it is one about symbols.
        """
        if isinstance(self.task, NaturalTask):
            return self.task
        raise NotApplicable(f"{self.task.name} is asked about strings of symbols, not about texts")

    @property
    def of_symbols(self) -> Ask:
        """The same, where it is about symbols.

        Raises:
            InvalidInput: If it is about texts.
        """
        # Refuses natural tasks.
        return Ask(self.task, self.length, self.options)  # type: ignore[arg-type]

    @property
    def is_cut(self) -> bool:
        """Whether the length counts tokens, so that what was drawn has to be cut."""
        return isinstance(self.task, NaturalTask) and self.task.group.is_cut

    @property
    def setting(self) -> Setting:
        """The setting of a model that goes on with a text; of symbols, the alphabet is not its."""
        if not isinstance(self.task, NaturalTask):
            return self.of_symbols.wording
        template = templates_of_text(self.task)[0]
        usual = {"template": template, "demonstrations": USUAL_DEMONSTRATIONS}
        # Texts are drawn from no alphabet; one symbol stands for none.
        return setting_of(self.length, {**usual, **self.options}, symbols=1)

    @property
    def place(self) -> str:
        """The setting in words, e.g. ``500 tokens, template echo, 3 demonstrations``."""
        if not isinstance(self.task, NaturalTask):
            return self.of_symbols.place
        setting = self.setting
        shown = plural(setting.demonstrations, "demonstration")
        return f"{plural(self.length, self.task.unit)}, template {setting.template}, {shown}"
