"""Asks: one task at one setting, which is what requests are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, final

from claimkit.errors import InvalidInput
from claimkit.tasks import Setting, Task


@final
@dataclass(frozen=True)
class Ask:
    """One task at one setting, before the model's alphabet is known.

    Attributes:
        task: What is asked.
        length: Symbols of the context or source.
        options: Other fields of :class:`claimkit.tasks.Setting`, where not the defaults.

    Raises:
        InvalidInput: If an option is no field of a setting, or has no possible value.
    """

    task: Task
    length: int
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse options that are no settings."""
        setting_of(self.length, self.options)

    def setting(self, symbols: int) -> Setting:
        """Return the setting once the size of the alphabet is known."""
        return setting_of(self.length, self.options, symbols)

    @property
    def place(self) -> str:
        """The setting in words, its defaults left out, e.g. ``length 30, template rule``."""
        return self.setting(symbols=2).place


def setting_of(length: int, options: Mapping[str, Any], symbols: int = 2) -> Setting:
    """Return a setting, or raise in words that name the option that is none."""
    try:
        return Setting(length=length, symbols=symbols, **options)
    except TypeError as error:
        raise InvalidInput(f"{dict(options)!r} are not all fields of a setting: {error}") from None
