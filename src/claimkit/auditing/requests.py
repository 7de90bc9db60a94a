"""Requests: what a claim asks to be decided, as values that cost nothing until they are judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, final

from claimkit.errors import InvalidInput
from claimkit.tasks import Setting, Task


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
                f"({self.right.group}) and {self.left.name} ({self.left.group})"
            )
        self.setting(symbols=2)

    @property
    def label(self) -> str:
        """What a report calls this, e.g. ``UR − UL at length 30``."""
        return f"{self.right.name} − {self.left.name} at length {self.length}"

    def setting(self, symbols: int) -> Setting:
        """Return the setting once the size of the alphabet is known.

        Raises:
            InvalidInput: If an option is no field of a setting, or has no possible value.
        """
        try:
            return Setting(length=self.length, symbols=symbols, **self.options)
        except TypeError as error:
            raise InvalidInput(
                f"{dict(self.options)!r} are not all fields of a setting: {error}"
            ) from None
