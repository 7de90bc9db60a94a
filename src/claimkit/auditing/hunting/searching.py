"""The search: batches of strings, steered by the margin, until one of them is wrong.

Every batch has three parts. Strings with many features at once take half of it, since a flaw whose
margin gives no slope can only be met by chance. A quarter are mutations of what came closest to a
wrong answer so far; a string that was mutated a few times and led nowhere closer makes room for the
next. The last quarter starts afresh: one string drawn by Hypothesis, with its mutations.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice
from random import Random
from typing import final

from claimkit.auditing.hunting.asking import Ledger
from claimkit.auditing.hunting.covering import covering_strings
from claimkit.auditing.hunting.domain import Domain
from claimkit.auditing.hunting.mutations import mutations
from claimkit.auditing.hunting.questions import Question
from claimkit.auditing.hunting.starting import drawn_starts

BATCH = 64
"""Questions of a batch."""

CLOSEST = 16
"""Strings that may be mutated again."""

PATIENCE = 3
"""Times that a string is mutated before it makes room."""

DRAWN_AT_ONCE = 8
"""Starts of one run of Hypothesis: the first is always the simplest question there is."""


@final
class Search:
    """A search that can be taken up again where it stopped."""

    def __init__(self, ledger: Ledger, domain: Domain, seed: int) -> None:
        """Ask nothing yet; the same seed and answers give the same search."""
        self._ledger, self._domain = ledger, domain
        self._random = Random(f"search {seed}")
        self._covering = covering_strings(domain, Random(f"covering {seed}"))
        self._starts = _starts(domain, seed)
        # Times that each of the closest strings was mutated.
        self._tries: dict[Question, int] = {}
        self._spent: set[Question] = set()
        self.batches = 0

    def run(self, batches: int) -> Question | None:
        """Return the simplest wrong question of the first batch that holds one.

        Args:
            batches: Most batches of this search, those of earlier runs included.
        """
        while self.batches < batches:
            self.batches += 1
            batch = self._batch()
            wrong = self._ledger.wrong_among(batch)
            if wrong:
                return min(wrong, key=lambda question: question.simplicity)
            self.watch(batch)
        return None

    def watch(self, asked: list[Question]) -> None:
        """Remember the closest of these questions, all of them asked."""
        for question in asked:
            if question not in self._spent:
                self._tries.setdefault(question, 0)
        closest = sorted(self._tries, key=self._ledger.margins.__getitem__)[:CLOSEST]
        self._tries = {question: self._tries[question] for question in closest}

    def _batch(self) -> list[Question]:
        start = next(self._starts)
        batch = [start, *mutations(start, BATCH // 4 - 1, self._domain, self._random)]
        for parent in self._parents():
            other = self._random.choice([start, *self._tries])
            batch += mutations(parent, BATCH // 8, self._domain, self._random, other)
        batch += islice(self._covering, BATCH - len(batch))
        return batch

    def _parents(self) -> list[Question]:
        """Return the closest string and another close one, and note that they were tried."""
        close = list(self._tries)
        parents = [*close[:1], *self._random.sample(close[1:], min(1, len(close[1:])))]
        for parent in parents:
            self._tries[parent] += 1
            if self._tries[parent] == PATIENCE:
                del self._tries[parent]
                self._spent.add(parent)
        return parents


def _starts(domain: Domain, seed: int) -> Iterator[Question]:
    """Yield questions that Hypothesis draws, without end."""
    for run in count():
        yield from drawn_starts(domain, DRAWN_AT_ONCE, seed * 1_000_003 + run)
