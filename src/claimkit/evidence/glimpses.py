"""Glimpses: the place where one output first goes wrong, with the tokens around it.

A verdict on what a model writes is a number over many texts; a glimpse shows one of them to people.
It is no evidence, and snapshots have none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, final

from claimkit.errors import InvalidInput


@final
@dataclass(frozen=True)
class Piece:
    """One token of an original.

    Attributes:
        text: The token as text, the space before it included.
        ambiguous: Whether tokens like it are followed by different ones in the original.
    """

    text: str
    ambiguous: bool = False


@final
@dataclass(frozen=True)
class Glimpse:
    """Where one output first goes wrong.

    Attributes:
        task: The task's name.
        setting: The setting in words, such as ``500 tokens, template echo, 3 demonstrations``.
        index: Which text of its stream, counted from 0.
        position: Tokens of the original up to and with the last right one, the *transition*; 0
            where none was right before.
        tokens: Tokens of the original.
        copied: The last of those that were right, the transition at the end.
        expected: What follows in the original; empty where it ends there.
        written: What was written instead, token by token; empty where nothing was.
        goes_on: Whether more was written behind that.

    Raises:
        InvalidInput: If the tokens do not fit into an original of this length, or nothing is wrong.
    """

    task: str
    setting: str
    index: int
    position: int
    tokens: int
    copied: tuple[Piece, ...]
    expected: tuple[Piece, ...]
    written: tuple[str, ...]
    goes_on: bool = False

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        end = self.position + len(self.expected)
        if not (self.index >= 0 and len(self.copied) <= self.position and end <= self.tokens):
            raise InvalidInput(
                f"{len(self.copied)} tokens up to token {self.position} and {len(self.expected)} "
                f"behind it are no part of text {self.index}, which has {self.tokens}"
            )
        if not (self.expected or self.written):
            raise InvalidInput(
                f"text {self.index} of {self.task} ends where its copy does: nothing is wrong there"
            )

    @property
    def ambiguous(self) -> bool:
        """Whether the transition is an ambiguous token."""
        return bool(self.copied) and self.copied[-1].ambiguous

    @property
    def begins(self) -> bool:
        """Whether the tokens that are shown begin with the original's first."""
        return len(self.copied) == self.position

    @property
    def ends(self) -> bool:
        """Whether they end with the original's last."""
        return self.position + len(self.expected) == self.tokens

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe primitives that :meth:`from_dict` reads back."""
        plain = asdict(self)
        pieces = {name: list(plain[name]) for name in ("copied", "expected", "written")}
        return {**plain, **pieces}

    @staticmethod
    def from_dict(record: Mapping[str, Any]) -> Glimpse:
        """Read what :meth:`to_dict` wrote.

        Raises:
            InvalidInput: If a field is missing or unknown.
        """
        try:
            pieces = {
                name: tuple(Piece(**piece) for piece in record[name])
                for name in ("copied", "expected")
            }
            return Glimpse(**{**record, **pieces, "written": tuple(record["written"])})
        except (TypeError, KeyError) as error:
            raise InvalidInput(f"not a glimpse of an output: {error!r}") from error
