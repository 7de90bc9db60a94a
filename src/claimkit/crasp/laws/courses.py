"""Questions in the order of their length, and the search that they go through."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Self, final

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.laws.checked import Checked
from claimkit.crasp.laws.enumerating import (
    distinct,
    how_many,
    letters,
    patterns,
    questions,
    strides,
    words,
)
from claimkit.crasp.laws.forms import Form, Word
from claimkit.crasp.laws.searching import Search
from claimkit.crasp.program import Program
from claimkit.crasp.symbols import Alphabet
from claimkit.errors import InvalidInput
from claimkit.tasks import FILLER, Language

MOST: Final = 2_000_000
"""How many strings are gone through at most, which takes minutes."""


@final
@dataclass(frozen=True)
class Course:
    """All questions of a task up to a length, or one for each pattern of symbols.

    Attributes:
        form: Of the task.
        search: What asks the questions.
        alphabet: Of the questions.
        length: The greatest.
        by_pattern: Whether one question stands for all that differ in names only.
    """

    form: Form | Language
    search: Search
    alphabet: Alphabet
    length: int
    by_pattern: bool = False

    def __post_init__(self) -> None:
        """Refuse what would take hours, or for ever.

        Raises:
            InvalidInput: If there are more than ``MOST`` questions.
        """
        strings = how_many(self.form, self.alphabet.symbols, self.length, self.by_pattern)
        if strings > MOST:
            raise InvalidInput(
                f"there are {strings:.2g} strings of up to {self.length} symbols over "
                f"{len(self.alphabet)}, and at most {MOST:,} are gone through; lower the length or "
                "the number of symbols"
            )

    @classmethod
    def plain(
        cls, program: Program, form: Form | Language, symbols: int, length: int, offset: int = 0
    ) -> Self:
        """Return the course of all questions, over so many symbols unless Σ is fixed."""
        fixed = fixed_alphabet(program, form)
        free = letters(max(symbols, length) if distinct(form) else symbols)
        fillers = (FILLER,) if strides(form) > 1 else ()
        alphabet = Alphabet(fixed or (*free, *fillers))
        return cls(form, Search(program, form, offset), alphabet, length)

    @classmethod
    def patterns(cls, program: Program, form: Form, symbols: int, length: int) -> Self:
        """Return the course of all patterns, over an alphabet that has room for them."""
        alphabet = Alphabet(letters(max(symbols, length + 1)))
        return cls(form, Search(program, form), alphabet, length, by_pattern=True)

    def ask(self, length: int) -> None:
        """Ask the questions of one length.

        Every prefix of a word is a question, so those of a language come with the greatest length.
        """
        if isinstance(self.form, Language):
            if length == self.length:
                self.search.ask(words(self.form, length), self.alphabet)
            return
        listed = patterns if self.by_pattern else questions
        self.search.ask(listed(self.form, self.alphabet.symbols, length), self.alphabet)

    def checked(self) -> Checked:
        """Return the outcome.

        Raises:
            InvalidInput: If there was no question.
        """
        asked, over = self.search.strings, " ".join(self.alphabet.symbols)
        if not asked:
            raise InvalidInput(
                f"{self.form.name} has no question of up to {self.length} symbols over {over}; "
                "allow more symbols or a greater length"
            )
        if isinstance(self.form, Language):
            return self._of_prefixes(over)
        which = "the first" if self.search.found else "all"
        different = " distinct" if distinct(self.form) else ""
        until = f"of up to {self.length}{different} symbols"
        many = "" if asked == 1 else "s"
        if self.by_pattern:
            return self.search.checked(f"{which} {asked:,} pattern{many} of questions {until}")
        return self.search.checked(f"{which} {asked:,} question{many} {until} over {over}")

    def _of_prefixes(self, over: str) -> Checked:
        """Return the outcome for a language, each word counted once."""
        shorter = (len(self.alphabet) ** number for number in range(self.length + 1))
        number = sum(shorter)
        how = f"all {number:,} words of up to {self.length} symbols over {over}"
        return replace(self.search.checked(how), strings=number, positions=number)


def fixed_alphabet(program: Program, form: Form | Language) -> Word | None:
    """Return the only alphabet that a program and a task are about, or None if any will do.

    Raises:
        InvalidProgram: If the program's alphabet is not the task's.
    """
    own, needed = program.alphabet, form.alphabet
    if own is None:
        return needed
    if needed is not None and set(own) != set(needed):
        raise InvalidProgram(
            f"{program.name or 'the program'} is for the alphabet {' '.join(own)!r}, but "
            f"{form.name} has the symbols {' '.join(needed)!r}"
        )
    if strides(form) > 1 and FILLER not in own:
        raise InvalidProgram(
            f"{program.name or 'the program'} is for the alphabet {' '.join(own)!r}, but "
            f"{form.name} needs the filler {FILLER!r} in it"
        )
    return own
