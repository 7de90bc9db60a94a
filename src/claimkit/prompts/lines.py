"""Lines: the text of one solved question.

Retrieval: `` c₁ c₂ … | q: a``. Copying: ``<bos> c₁ c₂ … : c₁ c₂ … <eos>``. Every symbol has a space
before it, so that it stays one token; lines are separated by a line break.

Copying with *commas*: `` c₁ c₂ …, c₁ c₂ ….`` of lower-case letters, without line breaks.

Symbols are characters or, where a setting says so, common words; the lines are the same.

Source: arXiv:2505.21785, §4.1 and its appendix on prompts; *commas*: Appendix E.
Differs: ``<bos>`` and ``<eos>`` are written as text; where they are a tokenizer's own special
tokens they become those, and a prompt that begins with the BOS token gets no second one.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from claimkit.prompts.word_symbols import LEAST_WORDS, MOST_WORDS, word_candidates
from claimkit.prompts.wording import COMMAS
from claimkit.tasks import Group, Setting

CANDIDATES = (
    string.ascii_letters
    + string.digits
    + "".join(chr(code) for code in range(0xC0, 0x180) if chr(code).isalpha())
)
"""Letters, digits, and letters with diacritics (Latin-1 Supplement and Latin Extended-A)."""

Solved = tuple[Sequence[str], str | None, Sequence[str]]


def spaced(symbols: Iterable[str]) -> str:
    """Return the symbols with a space before each."""
    return "".join(f" {symbol}" for symbol in symbols)


@dataclass(frozen=True)
class Line:
    """How the parts of a solved question are written.

    Attributes:
        begin: In front of the first symbol.
        middle: Between context and query, or source and answer.
        colon: Between query and answer, or nothing.
        end: Behind the answer.
        has_query: Whether the question has a query.
        apart: What separates a line from the next.
        kind: What its symbols are called.
        least: How many symbols there must be.
        most: How many symbols there may be, the first candidates; None keeps all.
    """

    apart: ClassVar[str] = "\n"
    kind: ClassVar[str] = "letters and digits"
    least: ClassVar[int] = 2
    most: ClassVar[int | None] = None

    begin: str
    middle: str
    colon: str
    end: str
    has_query: bool

    @property
    def candidates(self) -> tuple[str, ...]:
        """What may stand for a symbol, if it is one token."""
        return tuple(CANDIDATES)

    @property
    def joint(self) -> str:
        """What stands between one line's answer and the next line's beginning."""
        return self.end + self.apart

    def question(self, context: Sequence[str], query: str | None) -> str:
        """Return a line up to where its answer begins."""
        asked = spaced([query]) + self.colon if query is not None else ""
        return self.begin + spaced(context) + self.middle + asked

    def text(self, solved: Iterable[Solved]) -> str:
        """Return solved lines, joined; the last one ends with its answer."""
        return self.joint.join(self.question(c, q) + spaced(a) for c, q, a in solved)


@dataclass(frozen=True)
class RunningLine(Line):
    """A line of lower-case letters, which the next one follows without a line break."""

    apart: ClassVar[str] = ""

    @property
    def candidates(self) -> tuple[str, ...]:
        """Return lower-case letters."""
        return tuple(string.ascii_lowercase)


# Classes of their own, since stores find what they remember of a tokenizer by a line's name.
@dataclass(frozen=True)
class WordLine(Line):
    """A line whose symbols are words."""

    kind: ClassVar[str] = "common words"
    least: ClassVar[int] = LEAST_WORDS
    most: ClassVar[int | None] = MOST_WORDS

    @property
    def candidates(self) -> tuple[str, ...]:
        """Return common words that no template is written in."""
        return word_candidates()


@dataclass(frozen=True)
class RunningWordLine(RunningLine):
    """A line of words, which the next one follows without a line break."""

    kind: ClassVar[str] = WordLine.kind
    least: ClassVar[int] = WordLine.least
    most: ClassVar[int | None] = WordLine.most

    @property
    def candidates(self) -> tuple[str, ...]:
        """Return common words that no template is written in."""
        return word_candidates()


def line_for(group: Group, setting: Setting) -> Line:
    """Return how the group's questions are written under a setting.

    Of all templates, *commas* alone bears on the lines; it is one of copying.
    """
    words = setting.vocabulary == "words"
    line, running = (WordLine, RunningWordLine) if words else (Line, RunningLine)
    if group.is_retrieval:
        middle = " |" if setting.separator else ""
        return line(begin="", middle=middle, colon=":", end="", has_query=True)
    if setting.template == COMMAS:
        return running(begin="", middle=",", colon="", end=".", has_query=False)
    return line(begin="<bos>", middle=" :", colon="", end=" <eos>", has_query=False)
