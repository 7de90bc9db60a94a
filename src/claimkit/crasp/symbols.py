"""Symbols of the strings that programs read: data symbols Σ, and three special ones.

Token codes: the symbols of Σ are 0 … k − 1 in their order, then BOS, SEP and EOS; −1 is padding,
where no initial operation holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, final

from claimkit.crasp.errors import InvalidString
from claimkit.errors import InvalidInput

BOS: Final = "$"
"""Stands before a string."""
SEP: Final = "|"
"""Stands between what is given and what is asked or answered."""
EOS: Final = "#"
"""Ends an answer."""
SPECIAL: Final = (BOS, SEP, EOS)
PADDING: Final = -1


@final
@dataclass(frozen=True)
class Alphabet:
    """Σ: the data symbols that a program's families run over.

    Attributes:
        symbols: All distinct; their order is what ``<`` between indices means.

    Raises:
        InvalidInput: If there is no symbol, one repeats, is empty, is special or holds a blank.

    >>> Alphabet("abc").encode("a c | b".split())
    [0, 2, 4, 1]
    """

    symbols: tuple[str, ...]

    def __init__(self, symbols: Iterable[str]) -> None:
        object.__setattr__(self, "symbols", tuple(symbols))
        if not self.symbols:
            raise InvalidInput("an alphabet has at least one symbol, got none")
        seen: set[str] = set()
        for symbol in self.symbols:
            if symbol in seen or symbol in SPECIAL or symbol.split() != [symbol]:
                raise InvalidInput(
                    f"symbols of an alphabet are distinct words other than {' '.join(SPECIAL)}, "
                    f"got {symbol!r} in {' '.join(self.symbols)!r}"
                )
            seen.add(symbol)

    def __len__(self) -> int:
        return len(self.symbols)

    @property
    def tokens(self) -> tuple[str, ...]:
        """All symbols by code, the special ones last."""
        return (*self.symbols, *SPECIAL)

    @cached_property
    def codes(self) -> dict[str, int]:
        """The code of every symbol."""
        return {symbol: code for code, symbol in enumerate(self.tokens)}

    def encode(self, string: Sequence[str]) -> list[int]:
        """Return the codes of a string.

        Raises:
            InvalidString: If a symbol is not in the alphabet.
        """
        for symbol in string:
            if symbol not in self.codes:
                raise InvalidString(
                    f"no symbol {symbol!r} in the alphabet {' '.join(self.symbols)!r} "
                    f"(and {BOS} {SEP} {EOS})"
                )
        return [self.codes[symbol] for symbol in string]

    def decode(self, codes: Iterable[int]) -> list[str]:
        """Return the symbols of codes; padding is left out."""
        return [self.tokens[code] for code in codes if code != PADDING]
