"""A setting: everything about a question but the task and the string."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal, get_args

from claimkit.errors import InvalidInput

DemonstrationLength = Literal["short", "same"]


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

    Raises:
        InvalidInput: If a number is out of range or the demonstrations' length has no such name.

    Source: arXiv:2505.21785, §4.1 and its appendix on prompts.
    """

    length: int
    symbols: int
    demonstrations: int = 5
    demonstration_length: DemonstrationLength = "short"
    template: str = "bare"
    separator: bool = True

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

    def canonical(self) -> dict[str, str | int | bool]:
        """Return the setting as plain values, in the order that keys and reports use."""
        return asdict(self)
