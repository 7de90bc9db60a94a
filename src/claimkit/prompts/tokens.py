"""A frame in the tokens of one tokenizer: the alphabet, and the marks around the symbols."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from textwrap import shorten
from typing import Any, Final

Ids = tuple[int, ...]

_WRITTEN: Final = 300
"""The most characters of an alphabet of words that an error shows."""


@dataclass(frozen=True)
class ExampleTokens:
    """A worked example in tokens.

    Attributes:
        query: Tokens between the context and the query.
        places: Tokens between the query and the answer, by the place told, counted from 1.
        behind: Tokens between the answer and the first symbol of the first line.
    """

    query: Ids
    places: tuple[Ids, ...]
    behind: Ids


@dataclass(frozen=True)
class FrameTokens:
    """A frame in tokens.

    Attributes:
        symbols: The alphabet, characters or words, in the order of its token ids.
        symbol_ids: The one token of each symbol.
        begin: Tokens in front of the first symbol of a text, the opening sentence included.
        between: Tokens between neighbouring symbols, such as the space of a tokenizer of
            characters; mostly none.
        middle: Tokens between the context and the query, or the source and the answer.
        colon: Tokens between query and answer; empty for copying.
        join: Tokens between an answer and the first symbol of the next line.
        example: The worked example, or ``None``.
    """

    symbols: tuple[str, ...]
    symbol_ids: Ids
    begin: Ids
    between: Ids
    middle: Ids
    colon: Ids
    join: Ids
    example: ExampleTokens | None = None

    @property
    def marks(self) -> frozenset[int]:
        """Every token that is written around symbols."""
        found = {*self.begin, *self.between, *self.middle, *self.colon, *self.join}
        if self.example is not None:
            told = (token for place in self.example.places for token in place)
            found |= {*self.example.query, *self.example.behind, *told}
        return frozenset(found)

    @property
    def written(self) -> str:
        """The alphabet for people: characters as one text, words with spaces between, cut off."""
        if self._characters:
            return "".join(self.symbols)
        return shorten(" ".join(self.symbols), _WRITTEN, placeholder=" …")

    @property
    def _characters(self) -> bool:
        return all(len(symbol) == 1 for symbol in self.symbols)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_dict` reads back, as JSON knows them."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        # Evidence of letters and digits is kept under digests of them as one text.
        if self._characters:
            plain["symbols"] = "".join(self.symbols)
        return plain

    @staticmethod
    def from_dict(raw: dict[str, Any]) -> FrameTokens:
        """Read what :meth:`as_dict` wrote."""
        told = raw["example"]
        example = told and ExampleTokens(
            query=tuple(told["query"]),
            places=tuple(map(tuple, told["places"])),
            behind=tuple(told["behind"]),
        )
        plain = {k: tuple(v) for k, v in raw.items() if k not in ("symbols", "example")}
        return FrameTokens(symbols=tuple(raw["symbols"]), **plain, example=example)
