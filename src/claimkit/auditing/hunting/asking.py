"""The oracle's ledger: what was asked, what was wrong, and how many calls it took."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import final

from claimkit.auditing.hunting.questions import Oracle, Question

MOST_AT_ONCE = 256
"""Questions of one call of the oracle: about what one forward pass takes."""


@final
class Ledger:
    """Asks an oracle, never the same question twice.

    Attributes:
        margins: What the oracle said, by question.
        batches: Calls of the oracle so far.
    """

    def __init__(self, oracle: Oracle) -> None:
        """Ask nothing yet."""
        self._oracle = oracle
        self._refuted: dict[Question, None] = {}
        self._wrong: set[Question] = set()
        self.margins: dict[Question, float] = {}
        self.batches = 0

    def wrong_among(self, questions: Iterable[Question]) -> list[Question]:
        """Ask what is not known yet; return the wrong ones in their order."""
        questions = list(questions)
        new = iter(dict.fromkeys(q for q in questions if q not in self.margins))
        while batch := list(islice(new, MOST_AT_ONCE)):
            self._ask(batch)
        return [question for question in questions if question in self._wrong]

    def first_wrong(self, questions: Iterable[Question]) -> Question | None:
        """Return the first wrong one of many; asks in batches and stops when it is found."""
        rest = iter(questions)
        while batch := list(islice(rest, MOST_AT_ONCE)):
            for question in self.wrong_among(batch):
                return question
        return None

    def _ask(self, batch: list[Question]) -> None:
        for question, margin in zip(batch, self._oracle(batch), strict=True):
            self.margins[question] = float(margin)
            # Not "at most 0": what is no number is not right, either.
            if not margin > 0:
                self._wrong.add(question)
        self.batches += 1

    def refute(self, question: Question) -> None:
        """Count a question as right from now on, whatever the oracle said."""
        self._wrong.discard(question)
        self._refuted[question] = None

    @property
    def refuted(self) -> tuple[Question, ...]:
        """All refuted questions, in the order of their refutation."""
        return tuple(self._refuted)

    def simplest_wrong(self) -> Question | None:
        """Return the simplest question that is known to be wrong, if any."""
        return min(self._wrong, key=lambda question: question.simplicity, default=None)
