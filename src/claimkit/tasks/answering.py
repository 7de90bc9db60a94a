"""What every algorithmic task is: well-formed inputs, and one answer to each.

Source: Huang et al. 2025, arXiv:2410.02140, the algorithmic tasks.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from typing import NoReturn

from claimkit.errors import InvalidQuestion

Word = tuple[str, ...]


class Algorithmic(ABC):
    """A task of the paper: every well-formed input has one answer.

    Attributes:
        alphabet: Symbols of inputs and answers in order, or ``None`` where any will do.
        shortest: Symbols of the shortest input.
    """

    alphabet: Word | None = None
    shortest: int = 1

    @property
    @abstractmethod
    def name(self) -> str:
        """The task's name in the paper."""

    @property
    def key(self) -> str:
        """The name as a file name and a word of the shell, e.g. ``copy-unique``."""
        return self.name.lower().replace(" ", "-")

    def answer(self, question: Sequence[str], alphabet: Sequence[str] | None = None) -> Word:
        """Return the one right answer, without the ``#`` that ends it.

        Args:
            question: The input's symbols.
            alphabet: Which symbols there are, in the order that Sort sorts by. Without it, any,
                and Sort goes by their order as text. A task's own alphabet comes first.

        Raises:
            InvalidQuestion: If the input is not well-formed for this task.
        """
        symbols, known = tuple(question), self.alphabet or alphabet
        for symbol in symbols:
            if known is not None and symbol not in known:
                self._refuse(symbols, f"symbols among {' '.join(known)}", f"has {symbol!r}")
        if len(symbols) < self.shortest:
            self._refuse(symbols, f"{self.shortest} or more symbols", f"has {len(symbols)}")
        return self._answer(symbols, known)

    @abstractmethod
    def _answer(self, symbols: Word, known: Sequence[str] | None) -> Word:
        """Return the answer to an input of known symbols that is long enough."""

    def _refuse(self, symbols: Word, needs: str, found: str) -> NoReturn:
        shown = "".join(symbols) if all(len(s) == 1 for s in symbols) else list(symbols)
        raise InvalidQuestion(f"{self.name} needs {needs}, but the input {found}: {shown!r}")

    def _refuse_repeats(self, symbols: Word, question: Word) -> None:
        for symbol, times in Counter(symbols).items():
            if times > 1:
                self._refuse(question, "distinct symbols", f"has {symbol!r} {times} times")

    def _most_frequent(self, symbols: Word, question: Word, place: str = "") -> str:
        (first, most), *others = Counter(symbols).most_common(2)
        for other, times in others:
            if times == most:
                tie = f"has {first!r} and {other!r} equally often"
                self._refuse(question, f"a most frequent symbol{place}", tie)
        return first

    def __repr__(self) -> str:
        return self.name
