"""Asks: one task at one setting, which is what requests are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
        return ", ".join(_words(self.setting(symbols=2)))


def setting_of(length: int, options: Mapping[str, Any], symbols: int = 2) -> Setting:
    """Return a setting, or raise in words that name the option that is none."""
    try:
        return Setting(length=length, symbols=symbols, **options)
    except TypeError as error:
        raise InvalidInput(f"{dict(options)!r} are not all fields of a setting: {error}") from None


def plural(count: int, noun: str) -> str:
    """Return e.g. ``8 drawn settings`` or ``1 drawn setting``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _words(setting: Setting) -> Iterator[str]:
    usual = Setting(length=setting.length, symbols=setting.symbols)
    yield f"length {setting.length}"
    if setting.template != usual.template:
        yield f"template {setting.template}"
    if setting.separator != usual.separator:
        yield "no separator"
    if setting.demonstrations != usual.demonstrations:
        yield plural(setting.demonstrations, "demonstration")
    if setting.demonstration_length != usual.demonstration_length:
        yield f"demonstrations of {setting.demonstration_length} length"
