"""Words u w w w …: any short start, then a short word again and again.

A program that forgets what lies far back is right on all short words, and on most long ones that
are drawn: what it has forgotten rarely matters. Here everything short is followed by everything
that goes on for long, so that a fault far back is followed by a flawless rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

from claimkit.crasp.laws.forms import Word

LENGTH: Final = 200
"""Of words that are long."""
_MOST: Final = 1000


def ultimately_periodic(symbols: Word, length: int = LENGTH) -> Iterator[Word]:
    """Yield the beginnings, of one length, of all words u w w w … with short u and w.

    Args:
        symbols: That the words are over.
        length: Of every word.

    >>> sum(1 for _ in ultimately_periodic(("a", "b")))
    352
    """
    seen: set[Word] = set()
    for start, repeated in product(_short(symbols, 0), _short(symbols, 1)):
        word = (start + repeated * length)[:length]
        if word not in seen:
            seen.add(word)
            yield word


def longest_part(symbols: int) -> int:
    """Return the greatest length of u and of w over so many symbols.

    >>> [longest_part(symbols) for symbols in (1, 2, 3, 4, 5)]
    [4, 4, 3, 2, 2]
    """
    return next(n for n in range(4, 0, -1) if symbols ** (2 * n) <= _MOST or n == 1)


def _short(symbols: Word, least: int) -> list[Word]:
    longest = longest_part(len(symbols))
    return [word for n in range(least, longest + 1) for word in product(symbols, repeat=n)]
