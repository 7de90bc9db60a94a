"""What a hunt speaks of: questions, the oracle that is asked about them, and what was found.

A hunt sees no model. It asks an *oracle* about many questions at once and is told the margin of
each: above 0 where the answer was right, at most 0 where it was wrong; the lower, the closer to a
wrong answer or the more wrong. Symbols are numbers into the alphabet, 0 the simplest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from claimkit.tasks import Strings


@final
@dataclass(frozen=True)
class Question:
    """One string of a group: a context with its query, or a source.

    Attributes:
        context: The symbols of the context or source.
        query: The query, or ``None`` for copying.
    """

    context: tuple[int, ...]
    query: int | None = None

    @property
    def simplicity(self) -> tuple[int, tuple[int, ...], int]:
        """What makes a question simpler than another: its length, then its symbols in order.

        >>> Question((5, 7), None).simplicity < Question((0, 0, 0), None).simplicity
        True
        """
        return len(self.context), self.context, -1 if self.query is None else self.query


def strings_of(questions: Sequence[Question]) -> Strings:
    """Return questions of one length as strings, one row each; at least one question."""
    contexts = np.array([question.context for question in questions], dtype=np.int64)
    queries = [question.query for question in questions if question.query is not None]
    return Strings(contexts, np.array(queries, dtype=np.int64) if queries else None)


Oracle = Callable[[Sequence[Question]], Sequence[float]]
"""Returns the margin of every question, in their order; at most 0 where the answer was wrong."""

Confirmation = Callable[[Question], bool]
"""Whether another way of asking finds a question wrong, too."""


@final
@dataclass(frozen=True)
class Found:
    """A question with a wrong answer, minimized.

    Attributes:
        question: No single deletion and no single lowering of a symbol is wrong, too.
        margin: What the oracle said of it.
        origin: Where the search began: ``hypothesis``, or the word that came with the start.
        start: The wrong question that was minimized.
    """

    question: Question
    margin: float
    origin: str
    start: Question


@final
@dataclass(frozen=True)
class Hunt:
    """How a hunt ended.

    Attributes:
        found: The simplest confirmed wrong question, or ``None`` with the budget used up.
        asked: Different questions that the oracle was asked.
        batches: Calls of the oracle.
        refuted: Minimal questions that the oracle found wrong and the confirmation did not, in the
            order in which they came up.
    """

    found: Found | None
    asked: int
    batches: int
    refuted: tuple[Question, ...] = ()
