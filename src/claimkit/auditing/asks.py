"""Asks: one task at one setting, which is what requests are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, final

from claimkit.errors import InvalidInput, NotApplicable
from claimkit.tasks import Setting, Task
from claimkit.tasks.setting import plural

_UNKNOWN: Final = 2
"""Stands for the size of an alphabet that is not known yet; any tokenizer in use has as many."""


@final
@dataclass(frozen=True)
class Ask:
    """One task at one setting, before the model's alphabet is known.

    Attributes:
        task: What is asked.
        length: Symbols of the context or source.
        options: Other fields of :class:`claimkit.tasks.Setting`, where not the defaults. With
            ``symbols``, strings are drawn over the first so many symbols of the model's alphabet,
            else over all of them.

    Raises:
        InvalidInput: If an option is no field of a setting, or has no possible value.
    """

    task: Task
    length: int
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what is no task of symbols, and options that are no settings."""
        if not isinstance(self.task, Task):
            raise InvalidInput(
                f"symbols are asked about with a task of claimkit.tasks, got {self.task!r}; "
                "natural tasks are asked about with the texts fixture"
            )
        setting_of(self.length, self.options)

    @property
    def wording(self) -> Setting:
        """A setting that is put into words as this one is; its alphabet need not be the model's."""
        return setting_of(self.length, self.options)

    def setting(self, symbols: int) -> Setting:
        """Return the setting once the size of the alphabet is known.

        Args:
            symbols: How many symbols the model's tokenizer keeps.

        Raises:
            NotApplicable: If the options ask for more.
        """
        setting = setting_of(self.length, self.options, symbols)
        if setting.symbols > symbols:
            raise NotApplicable(
                f"too few symbols: {self.task.name} at length {self.length} asks for an alphabet "
                f"of {setting.symbols}, this tokenizer keeps {symbols} as one token each"
            )
        return setting

    @property
    def place(self) -> str:
        """The setting in words, its defaults left out, e.g. ``length 30, template rule``.

        The size of the alphabet is told where it was asked for: ``length 6, 14 symbols, …``.
        """
        setting = self.wording
        length, *others = setting.place.split(", ")
        asked_for = [plural(setting.symbols, "symbol")] if "symbols" in self.options else []
        return ", ".join([length, *asked_for, *others])


def setting_of(length: int, options: Mapping[str, Any], symbols: int = _UNKNOWN) -> Setting:
    """Return a setting, or raise in words that name the option that is none.

    Args:
        length: Symbols of the context or source.
        options: Other fields of a setting.
        symbols: Size of the alphabet, unless the options tell it.
    """
    try:
        return Setting(length=length, **{"symbols": symbols, **options})
    except TypeError as error:
        raise InvalidInput(f"{dict(options)!r} are not all fields of a setting: {error}") from None
