"""Asks a program questions, and keeps the first one that it answers wrongly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, final

import numpy as np

from claimkit.crasp.laws.cases import Cases, Expectation, cases
from claimkit.crasp.laws.checked import Checked, Counterexample
from claimkit.crasp.laws.forms import Form, RetrievalForm, Word
from claimkit.crasp.program import Program
from claimkit.crasp.symbols import PADDING, Alphabet
from claimkit.tasks import Language

_TOGETHER: Final = 2048
"""How many questions are asked at once."""


class Wrong(Exception):
    """Raised where a question is answered wrongly, so that Hypothesis shrinks it."""

    def __init__(self, counterexample: Counterexample) -> None:
        super().__init__(counterexample.sentence)
        self.counterexample = counterexample


@final
class Search:
    """Holds a program against questions and counts them.

    Args:
        program: What is asked.
        form: Of the task.
        offset: Added to every position's number.

    Attributes:
        found: The counterexample of least length so far, the first of these.
        strings: How many questions were asked; for a language, different prefixes of its words.
        positions: At how many positions outputs were compared.
        longest: Most symbols of a question.
        largest: Most symbols of an alphabet.
    """

    def __init__(self, program: Program, form: Form | Language, offset: int = 0) -> None:
        self._program, self._form, self._offset = program, form, offset
        self._seen: set[tuple[Word, int]] = set()
        self.found: Counterexample | None = None
        self.strings = self.positions = self.longest = self.largest = 0

    def checked(self, how: str) -> Checked:
        """Return the outcome.

        Args:
            how: On what.
        """
        numbers = (self.strings, self.positions)
        return Checked(self._form.name, self._program.name, how, *numbers, self.found)

    def ask(self, questions: Iterable[Word], alphabet: Alphabet) -> None:
        """Ask different questions of one length; the whole of them, for a language."""
        for chunk in _chunks(questions, _TOGETHER):
            found = self._wrong(chunk, alphabet, new=True)
            if found and (self.found is None or found.length < self.found.length):
                self.found = found
            if self.found and isinstance(self._form, Form):
                return

    def ask_one(self, question: Word, symbols: Word) -> None:
        """Ask one question, which counts if it was not asked before.

        Raises:
            Wrong: If it is answered wrongly.
        """
        new = self.found is None and (question, len(symbols)) not in self._seen
        self._seen.add((question, len(symbols)))
        found = self._wrong([question], Alphabet(symbols), new=new)
        if found:
            self.found = found
            raise Wrong(found)

    def _wrong(
        self, chunk: Sequence[Word], alphabet: Alphabet, *, new: bool
    ) -> Counterexample | None:
        """Return the first wrong output; retrieval strings are tried with ``$`` in front, too."""
        if new:
            self.strings += len(chunk)
            self.longest = max(self.longest, *map(self._length, chunk))
            self.largest = max(self.largest, len(alphabet))
        for bos in (False, True) if isinstance(self._form, RetrievalForm) else (False,):
            asked = cases(self._form.name, chunk, alphabet, bos=bos)
            if new:
                self.positions += int((asked.positions != PADDING).sum())
            if found := self._first_wrong(asked):
                return found
        return None

    def _length(self, question: Word) -> int:
        """Return the symbols of a question, the query not counted."""
        return len(question) - isinstance(self._form, RetrievalForm)

    def _first_wrong(self, asked: Expectation) -> Counterexample | None:
        wanted, given = asked.wanted, asked.given(self._program, self._offset)
        wrong = np.argwhere((wanted != given).any(axis=2))
        if not len(wrong):
            return None
        if isinstance(asked, Cases):
            row, step = wrong[0]
        else:
            row, step = min(wrong.tolist(), key=lambda at: (at[1], at[0]))
        position = int(asked.positions[row, step])
        return Counterexample(
            self._form.name,
            tuple(asked.alphabet.decode(asked.tokens[row, : position + 1].tolist())),
            _names(asked.outputs, wanted[row, step].tolist()),
            _names(asked.outputs, given[row, step].tolist()),
            self._length(asked.questions[row]) if isinstance(asked, Cases) else position,
            asked.alphabet.symbols,
        )


def _names(outputs: Word, holds: Sequence[bool]) -> Word:
    return tuple(name for name, true in zip(outputs, holds, strict=True) if true)


def _chunks(questions: Iterable[Word], size: int) -> Iterator[list[Word]]:
    rest = iter(questions)
    while chunk := list(islice(rest, size)):
        yield chunk
