"""NF and NB have no program, nor has Addition: the answer needs more bits than a message has.

Over a fixed alphabet of k ≥ 2 symbols there are k^N sources of N symbols, and their copies all
differ. So a program that copies them has a message for each before the separator: N log2 k bits. A
program of C-RASP[periodic, local] sends O(log N). Addition has to copy, too: x + 0 is x.

Proven elsewhere: arXiv:2505.21785, Lemma 8, by arXiv:2410.02140, Theorem 12. Run here: for a
program at hand, from which length on sources outnumber its messages, and two sources that it
confuses, with the answer that is wrong (:mod:`claimkit.crasp.reductions.confusing`).

"Fixed" matters. A program written for every alphabet may have a count for every pair of symbols, so
that its messages have room for as many symbols as k² counts tell apart. UF and UB, whose sources
have no symbol twice, do have programs: there are only finitely many sources for each k. Nor does
the argument refute every task without a program: NRLast has to send one symbol for each query, and
Parity one bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from claimkit.crasp.laws.forms import AlgorithmicForm, CopyingForm
from claimkit.crasp.reductions.fooling import FoolingSet, Question, Symbols
from claimkit.tasks import ALGORITHMIC
from claimkit.tasks.copying import Copying

_ADDITION: Final = AlgorithmicForm(ALGORITHMIC["Addition"])


def copies(task: Copying, symbols: Sequence[str]) -> FoolingSet:
    """Return a copying task's questions about all sources.

    Args:
        task: NF or NB; the rule of UF and UB refuses sources with repeats.
        symbols: What sources are made of.
    """
    form, alphabet = CopyingForm(task), tuple(symbols)

    def ask(source: Symbols) -> Question:
        return Question(form.prompt(source), form.answer(source, alphabet))

    return FoolingSet(task.name, alphabet, ask)


def _ask_sum(source: Symbols) -> Question:
    question = ("1", *source, "+", "0", "=")
    return Question(_ADDITION.prompt(question), _ADDITION.answer(question, ("0", "1", "+", "=")))


SUMS: Final = FoolingSet("Addition", ("0", "1"), _ask_sum)
"""Addition's questions 1x_1 … x_N + 0 =."""
