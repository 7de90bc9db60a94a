"""A setting: everything about a question but the task and the string."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from claimkit.errors import InvalidInput

DemonstrationLength = Literal["short", "same"]
Vocabulary = Literal["characters", "words"]


@dataclass(frozen=True)
class Setting:
    """How a task is put to a model; a frozen, normalized value.

    Attributes:
        length: Symbols of the context or source, the query not counted.
        symbols: Size of the alphabet that strings are drawn from.
        demonstrations: Solved examples in front of the question.
        demonstration_length: ``short`` (6 or 7 symbols for retrieval, 5 for copying) or ``same``.
        template: Name of the wording around the lines; ``bare`` is lines alone.
        separator: Whether a mark stands between a context and its query.
        vocabulary: What symbols are: ``characters`` (letters and digits) or common English
            ``words``.

    Raises:
        InvalidInput: If a number is out of range, or the demonstrations' length or the vocabulary
            has no such name.

    Source: arXiv:2505.21785, §4.1 and its appendix on prompts.
    """

    length: int
    symbols: int
    demonstrations: int = 5
    demonstration_length: DemonstrationLength = "short"
    template: str = "bare"
    separator: bool = True
    vocabulary: Vocabulary = "characters"

    def __post_init__(self) -> None:
        """Refuse what cannot be asked."""
        for name, least in (("length", 1), ("symbols", 1), ("demonstrations", 0)):
            value = getattr(self, name)
            if value < least:
                raise InvalidInput(f"{name} is a number of at least {least}, got {name}={value}")
        if self.demonstration_length not in get_args(DemonstrationLength):
            raise InvalidInput(
                f"demonstration_length is 'short' or 'same', got {self.demonstration_length!r}"
            )
        if self.vocabulary not in get_args(Vocabulary):
            raise InvalidInput(f"vocabulary is 'characters' or 'words', got {self.vocabulary!r}")

    def canonical(self) -> dict[str, str | int | bool]:
        """Return the setting as plain values, in the order that keys and reports use.

        The vocabulary is left out where it is the default.
        """
        plain = asdict(self)
        # Seeds, keys and snapshots follow from what is written, and were there before words were.
        if self.vocabulary == "characters":
            del plain["vocabulary"]
        return plain

    @property
    def place(self) -> str:
        """The setting in words, its defaults left out, e.g. ``length 30, template rule``."""
        return ", ".join(self._words())

    def _words(self) -> Iterator[str]:
        usual = Setting(length=self.length, symbols=self.symbols)
        yield f"length {self.length}"
        if self.template != usual.template:
            yield f"template {self.template}"
        if self.vocabulary != usual.vocabulary:
            yield self.vocabulary
        if self.separator != usual.separator:
            yield "no separator"
        if self.demonstrations != usual.demonstrations:
            yield plural(self.demonstrations, "demonstration")
        if self.demonstration_length != usual.demonstration_length:
            yield f"demonstrations of {self.demonstration_length} length"


def plural(count: int, noun: str) -> str:
    """Return e.g. ``8 drawn settings`` or ``1 drawn setting``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
