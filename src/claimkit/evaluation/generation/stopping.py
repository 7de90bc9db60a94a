r"""Where an answer ends because of what its text says.

A stop string may end in the middle of a token, span several, or hang on a character whose bytes do.
So it is looked for in decoded text: only after tokens that can complete it, and only in the text of
the last few, which is then confirmed on the whole answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from claimkit.errors import InvalidInput

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

__all__ = ["StopStrings"]

# What decoders write for bytes that are no character, or not yet one.
_UNFINISHED = "\ufffd"


@dataclass(frozen=True)
class _Piece:
    """What a token does to a text.

    Attributes:
        may_complete: Whether a stop string may be complete with it and not before.
        characters: So many at least it adds, whatever stands before it.
    """

    may_complete: bool
    characters: int


class StopStrings:
    """Strings that end an answer, for one tokenizer."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, strings: Sequence[str]) -> None:
        """Keep the strings.

        Raises:
            InvalidInput: If they are one string instead of several, or one of them is empty or
                holds the replacement character, which stands for bytes that are no text.
        """
        if isinstance(strings, str):
            raise InvalidInput(
                f"stop is a sequence of strings, got {strings!r}; write [{strings!r}]"
            )
        for string in strings:
            if not string or _UNFINISHED in string:
                raise InvalidInput(
                    f"a stop string is text that a model can write, got {string!r}; leave it out"
                )
        self._tokenizer, self._strings = tokenizer, tuple(strings)
        self._longest = max(map(len, self._strings), default=0)
        self._last = {string[-1] for string in self._strings}
        self._pieces: dict[int, _Piece] = {}

    def text(self, tokens: Sequence[int]) -> str:
        """Return what the tokens say, special ones included, with all spaces as they are."""
        text = self._tokenizer.decode(
            list(tokens), skip_special_tokens=False, clean_up_tokenization_spaces=False
        )
        assert isinstance(text, str)
        return text

    def before(self, tokens: Sequence[int]) -> str:
        """Return what the tokens say before the first stop string; everything if there is none."""
        text = self.text(tokens)
        found = (text.find(string) for string in self._strings)
        return text[: min((i for i in found if i >= 0), default=len(text))]

    def complete(self, tokens: Sequence[int]) -> bool:
        """Return whether a stop string is complete with the last token.

        Args:
            tokens: An answer, at least one token; no beginning of it holds a stop string.
        """
        if not self._strings or not self._piece(tokens[-1]).may_complete:
            return False
        tail = tokens[self._tail(tokens) :]
        return self._stops(self.text(tail)) and (
            len(tail) == len(tokens) or self._stops(self.text(tokens))
        )

    def _stops(self, text: str) -> bool:
        return any(string in text for string in self._strings)

    def _tail(self, tokens: Sequence[int]) -> int:
        """Return from where on tokens are decoded to see a stop string that ends in the last.

        Behind the first of them, whose text may be another at the beginning of a text, and before
        the last stand as many characters as the longest stop string has.
        """
        characters, start = 0, len(tokens) - 1
        while start > 0 and characters < self._longest:
            start -= 1
            characters += self._piece(tokens[start]).characters
        return max(0, start - 1)

    def _piece(self, token: int) -> _Piece:
        if token not in self._pieces:
            self._pieces[token] = self._examined(token)
        return self._pieces[token]

    def _examined(self, token: int) -> _Piece:
        # Twice, since the first token of a text may lose a space.
        once, twice = self.text([token]), self.text([token, token])
        # A decoder may write the space that ends a word when the next word comes.
        may_complete = " " in self._last or any(
            character in twice for character in (*self._last, _UNFINISHED)
        )
        whole = _whole(once)
        return _Piece(may_complete, max(0, min(whole, _whole(twice) - whole)))


def _whole(text: str) -> int:
    """Return how many characters a text has, broken ones not counted."""
    return len(text) - text.count(_UNFINISHED)
