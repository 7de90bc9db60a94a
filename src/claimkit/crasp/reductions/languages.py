"""The language that is proven to have no program: Σ*be* over Σ = {a, b, e}.

A word is in it if its last symbol other than e is b. No program of C-RASP[periodic, local]
recognizes it by the value of a line at the last position.

Source: arXiv:2410.02140, Lemma 35 (proven there, cited here; as restated in arXiv:2505.21785).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Final

from claimkit.crasp.symbols import Alphabet

LETTERS: Final = ("a", "b")
NEUTRAL: Final = "e"
WORDS: Final = Alphabet((*LETTERS, NEUTRAL))

Word = tuple[str, ...]
Recognizer = Callable[[Sequence[str]], bool]


def last_letter(word: Sequence[str]) -> str | None:
    """Return the last symbol other than e; None if there is none.

    >>> last_letter("abaee"), last_letter("ee")
    ('a', None)
    """
    return next((symbol for symbol in reversed(word) if symbol != NEUTRAL), None)


def is_member(word: Sequence[str]) -> bool:
    """Whether a word is in Σ*be*.

    >>> is_member("abee"), is_member("bae"), is_member("e")
    (True, False, False)
    """
    return last_letter(word) == "b"


def recognizer_from(separator: Recognizer) -> Recognizer:
    """Return a recognizer of Σ*be*, from what accepts all of Σ*be* and nothing of Σ*ae*.

    A separator may do as it likes with words of e alone, which are in neither language; that a
    letter occurs is one ∃. So separating the two languages is as impossible as recognizing one.
    """
    return lambda word: last_letter(word) is not None and separator(word)


def words(longest: int, shortest: int = 1) -> Iterator[Word]:
    """Yield all words up to a length, the shorter ones first, each length in order of a b e."""
    for length in range(shortest, longest + 1):
        yield from product(WORDS.symbols, repeat=length)
