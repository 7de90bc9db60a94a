"""What the mutants of a program are asked: the questions of the laws, made once and asked of all.

A mutant is *killed* by the first question that it answers wrongly. Short questions come first, so
that most mutants see few of them:

- all questions, by length; where lines depend on ``i mod Δ``, with the positions numbered from
  elsewhere, too, which must change nothing;
- one question for each pattern of symbols over an alphabet that has room for them;
- for a language, long words that end in a repeated one;
- for other tasks and at last also for languages, the questions that Hypothesis draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, final

from claimkit.crasp.laws.cases import Expectation, cases
from claimkit.crasp.laws.checks import LONGEST
from claimkit.crasp.laws.courses import Course, fixed_alphabet
from claimkit.crasp.laws.drawing import ask_drawn, drawn_questions
from claimkit.crasp.laws.enumerating import patterns, questions, symmetric, usual_length, words
from claimkit.crasp.laws.forms import Form, RetrievalForm, Word, form_of
from claimkit.crasp.laws.ultimately_periodic import ultimately_periodic
from claimkit.crasp.program import Program
from claimkit.crasp.protocol.message_size import period_of
from claimkit.crasp.symbols import Alphabet
from claimkit.tasks import Language

SYMBOLS: Final = 3
"""Symbols of the alphabet of exhaustive questions, where the task has none of its own."""
ALL: Final = "all questions"
MOVED: Final = "all, numbered from elsewhere"
PATTERNS: Final = "all patterns"
REPEATED: Final = "ultimately periodic words"
DRAWN: Final = "drawn questions"
LAWS: Final = (ALL, MOVED, PATTERNS, REPEATED, DRAWN)


@final
@dataclass(frozen=True)
class Kill:
    """What killed a mutant.

    Attributes:
        law: One of ``LAWS``.
        length: Symbols of the question, the query not counted.
    """

    law: str
    length: int


@final
@dataclass(frozen=True)
class Trial:
    """Questions that are asked together.

    Attributes:
        kill: What is written down where one of them is answered wrongly.
        asked: The questions, and what should hold.
        offset: Added to every position's number.
    """

    kill: Kill
    asked: Expectation
    offset: int = 0

    def kills(self, program: Program) -> bool:
        """Whether a program answers one of them wrongly."""
        return bool((self.asked.wanted != self.asked.given(program, self.offset)).any())


@final
class Trials:
    """All that the mutants of a program are asked, in order; made as far as one of them needs it.

    Args:
        program: Whose mutants.
        task: What it computes.
        length: Most symbols of the questions that are asked all; the usual ones without it.
        examples: Most questions that are drawn.

    Raises:
        InvalidProgram: If the program's alphabet is not the task's.
        UnknownTask: If there is no such task.
    """

    def __init__(
        self, program: Program, task: str, length: int | None = None, examples: int = 100
    ) -> None:
        form = form_of(task)
        longest = usual_length(form) if length is None else length
        self._made: list[Trial] = []
        self._rest = _Questions(program, form, longest, examples).trials()

    def __iter__(self) -> Iterator[Trial]:
        """Yield the trials that there are, then new ones."""
        yield from self._made
        for trial in self._rest:
            self._made.append(trial)
            yield trial

    def kill(self, program: Program) -> Kill | None:
        """Return what kills a program, or None if it answers all questions rightly."""
        return next((trial.kill for trial in self if trial.kills(program)), None)


@final
@dataclass(frozen=True)
class _Questions:
    """The questions to the mutants of one program."""

    program: Program
    form: Form | Language
    longest: int
    examples: int

    def trials(self) -> Iterator[Trial]:
        form, period = self.form, period_of(self.program)
        # Where two periods differ shows within their common multiple, which mutants double.
        short = self.longest if period == 1 else min(self.longest, 2 * period)
        yield from self._all(range(short + 1))
        for offset in range(1, 2 * period + 1 if period > 1 else 1):
            yield from self._all(range(short + 1), MOVED, offset)
        yield from self._all(range(short + 1, self.longest + 1))
        if isinstance(form, Language):
            for offset in range(period):
                listed = ultimately_periodic(form.alphabet)
                yield from self._asked(REPEATED, listed, Alphabet(form.alphabet), offset)
        elif symmetric(self.program, form):
            yield from self._patterns(form)
        for number, (question, symbols) in enumerate(self._drawn()):
            yield from self._asked(DRAWN, [question], Alphabet(symbols), number % period)

    def _all(self, lengths: range, law: str = ALL, offset: int = 0) -> Iterator[Trial]:
        alphabet = Course.plain(self.program, self.form, SYMBOLS, self.longest).alphabet
        for length in lengths:
            listed = (
                words(self.form, length)
                if isinstance(self.form, Language)
                else questions(self.form, alphabet.symbols, length)
            )
            yield from self._asked(law, listed, alphabet, offset)

    def _patterns(self, form: Form) -> Iterator[Trial]:
        alphabet = Course.patterns(self.program, form, SYMBOLS, self.longest).alphabet
        for length in range(self.longest + 1):
            yield from self._asked(PATTERNS, patterns(form, alphabet.symbols, length), alphabet)

    def _asked(
        self, law: str, listed: Iterable[Word], alphabet: Alphabet, offset: int = 0
    ) -> Iterator[Trial]:
        """Yield questions of one length, if there are any; for retrieval also behind ``$``."""
        asked, retrieval = tuple(listed), isinstance(self.form, RetrievalForm)
        if asked:
            kill = Kill(law, len(asked[0]) - retrieval)
            for bos in (False, True)[: 1 + retrieval]:
                yield Trial(kill, cases(self.form.name, asked, alphabet, bos=bos), offset)

    def _drawn(self) -> list[tuple[Word, Word]]:
        """Return what :func:`claimkit.crasp.laws.checks.drawn` asks, with alphabets."""
        if not self.examples:
            return []
        found: dict[tuple[Word, Word], None] = {}
        ask_drawn(
            lambda *asked: found.update({asked: None}),
            drawn_questions(self.form, LONGEST, fixed_alphabet(self.program, self.form)),
            self.examples,
            seed=0,
            shrink=False,
        )
        return list(found)
