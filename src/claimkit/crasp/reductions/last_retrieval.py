"""NRLast and NLLast have no program: one would recognize Σ*be*.

Proven elsewhere: no program of C-RASP[periodic, local] recognizes Σ*be* (arXiv:2410.02140, Lemma
35), and so none computes NRLast or NLLast (arXiv:2505.21785, Lemma 6). It is the language that is
reduced to the task, not the other way round. Built and run here: from *any* program P, a program R
over {a, b, e} that recognizes Σ*be* if P computes the task.

A word w, read without ``$``, is translated letter by letter into a context u over {a, b, e, q}, by
what stands at a position and before it. If w ends in e, the last q of u stands beside w's last
symbol other than e.

- For NLLast, the first e of every run becomes q if a letter is before it: ``a b e e a e`` becomes
  ``a b q e a q``, and the left neighbour of the last q is the last letter of w.
- For NRLast, every letter becomes q and an e right after it becomes that letter: ``a b e e a e``
  becomes ``q q b e q a``, and the right neighbour of the last q is the last letter of w.

R is P, asked about ``u | q``, where that is a question of the task; else it decides by itself:

- w ends in a or b: accept b;
- u has no q or one, where the task wants two: accept if a b stands beside it, that is, if in w an e
  comes right after a b;
- otherwise accept if NEXT_b holds at the end of ``u | q``.

R is made of P by :func:`~claimkit.crasp.reductions.suffixes.after` and
:func:`~claimkit.crasp.reductions.substitution.substitute`, and of one more line; so it is a program
whenever P is one, with P's periods, and windows that reach no further than P's or one symbol back.

Differs: the construction is ours; of the paper's we know only that it is a reduction from this
language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, final

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.operations import (
    And,
    AtMost,
    Compare,
    Count,
    Exists,
    Initial,
    Not,
    Number,
    One,
    Operation,
    Or,
    Ref,
    Symbol,
)
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.reductions.languages import NEUTRAL, WORDS
from claimkit.crasp.reductions.lines import apart, needed_for, renamed
from claimkit.crasp.reductions.substitution import substitute
from claimkit.crasp.reductions.suffixes import after
from claimkit.crasp.symbols import SEP, Alphabet
from claimkit.crasp.windows import PREDECESSOR
from claimkit.tasks.retrieval import NLLast, NRLast, Retrieval

QUERY: Final = "q"
CONTEXTS: Final = Alphabet((*WORDS.symbols, QUERY))
SOLVED: Final = "NEXT[b]"
"""The line of a solver that is asked."""
ACCEPT: Final = "ACCEPT"

Context = tuple[str, ...]
SaysB = Callable[[Context], bool]
"""Whether a solver answers b to a context and the query q."""

_A, _B, _E = (Initial(Symbol(symbol)) for symbol in WORDS.symbols)
_LETTER: Final = Or(_A, _B)


def _before(operation: Operation) -> Operation:
    return Exists(operation, PREDECESSOR)


@final
@dataclass(frozen=True)
class LastRetrieval:
    """The reduction of Σ*be* to a retrieval task that asks for the last occurrence.

    Attributes:
        task: NLLast or NRLast.
    """

    task: Retrieval

    @property
    def images(self) -> dict[str, Operation]:
        """The translation, as the operations that put it into a program."""
        follows = And(_E, _before(_LETTER))
        plain = And(_E, Not(_before(_LETTER)))
        if self.task.direction == "left":
            return {"a": _A, "b": _B, NEUTRAL: plain, QUERY: follows}
        left = {letter: And(_E, _before(is_it)) for letter, is_it in (("a", _A), ("b", _B))}
        return {**left, NEUTRAL: plain, QUERY: _LETTER}

    def context(self, word: Sequence[str]) -> Context:
        """Return the translation of a word, by its definition.

        >>> "".join(FROM_NLLAST.context("abeeae")), "".join(FROM_NRLAST.context("abeeae"))
        ('abqeaq', 'qqbeqa')
        """
        pairs = zip((NEUTRAL, *word), word, strict=False)
        return tuple(self._image(before, symbol) for before, symbol in pairs)

    def _image(self, before: str, symbol: str) -> str:
        if symbol != NEUTRAL:
            return symbol if self.task.direction == "left" else QUERY
        if before == NEUTRAL:
            return NEUTRAL
        return QUERY if self.task.direction == "left" else before

    def accepts(self, word: Sequence[str], says_b: SaysB) -> bool:
        """Whether the recognizer that a solver gives accepts a word of at least one symbol."""
        if word[-1] != NEUTRAL:
            return word[-1] == "b"
        context = self.context(word)
        if context.count(QUERY) < 2:
            return any(pair == ("b", NEUTRAL) for pair in pairwise(word))
        return says_b(context)

    def by_rule(self, context: Context) -> bool:
        """Whether the task's rule answers b: the right solver."""
        return self.task.answer(context, QUERY) == "b"

    def recognizer(self, program: Program) -> Program:
        """Return a program over {a, b, e} that recognizes Σ*be* if a program computes the task.

        Args:
            program: For every alphabet, or for a, b, e and q; whether it is right does not matter.

        Returns:
            A program whose line ACCEPT says at i whether w_1 … w_i is in the language.

        Raises:
            InvalidProgram: If the program has no Boolean line NEXT[b].
        """
        asked = after(program, CONTEXTS, (SEP, QUERY))
        if asked.kinds.get(SOLVED) != "boolean":
            raise InvalidProgram(
                f"{program.name or 'the program'} names no answer; a program for {self.task.name} "
                "has a Boolean line NEXT[a] for every symbol a"
            )
        asked = needed_for({SOLVED}, asked)
        asked = renamed(asked, ACCEPT, apart(f"{ACCEPT}′", asked))
        read = substitute(asked, CONTEXTS, self.images, WORDS)
        accept = Definition(ACCEPT, (), self._accept())
        name = f"Σ*be* by {program.name}" if program.name else ""
        return Program(name, (*read.definitions, accept), WORDS.symbols)

    def _accept(self) -> Operation:
        """Return the last line of the recognizer."""
        queries = Count(self.images[QUERY])
        few = And(AtMost(queries, One()), Exists(And(_E, _before(_B))))
        many = And(Compare(queries, "≥", Number(2)), Ref(SOLVED))
        return Or(_B, And(_E, Or(few, many)))


FROM_NLLAST: Final = LastRetrieval(NLLast)
FROM_NRLAST: Final = LastRetrieval(NRLast)
REDUCTIONS: Final = (FROM_NRLAST, FROM_NLLAST)
