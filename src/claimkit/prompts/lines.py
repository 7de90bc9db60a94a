"""Lines: the text of one solved question.

Retrieval: `` c₁ c₂ … | q: a``. Copying: ``<bos> c₁ c₂ … : c₁ c₂ … <eos>``. Every symbol has a space
before it, so that it stays one token; lines are separated by a line break.

Source: arXiv:2505.21785, §4.1 and its appendix on prompts.
Differs: ``<bos>`` and ``<eos>`` are written as text; where they are a tokenizer's own special
tokens they become those, and a prompt that begins with the BOS token gets no second one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from claimkit.tasks import Group, Setting

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
    """

    begin: str
    middle: str
    colon: str
    end: str
    has_query: bool

    @property
    def joint(self) -> str:
        """What stands between one line's answer and the next line's beginning."""
        return self.end + "\n"

    def question(self, context: Sequence[str], query: str | None) -> str:
        """Return a line up to where its answer begins."""
        asked = spaced([query]) + self.colon if query is not None else ""
        return self.begin + spaced(context) + self.middle + asked

    def text(self, solved: Iterable[Solved]) -> str:
        """Return solved lines, joined; the last one ends with its answer."""
        return self.joint.join(self.question(c, q) + spaced(a) for c, q, a in solved)


def line_for(group: Group, setting: Setting) -> Line:
    """Return how the group's questions are written under a setting, whatever its template."""
    if group.is_retrieval:
        middle = " |" if setting.separator else ""
        return Line(begin="", middle=middle, colon=":", end="", has_query=True)
    return Line(begin="<bos>", middle=" :", colon="", end=" <eos>", has_query=False)
