"""Retrieval tasks: name the symbol beside a query.

A question is a context x_1 … x_(N-1) and a query q that occurs in it at q_1 < … < q_t. Unique tasks
have t = 1, the others t ≥ 2; the answer is a neighbour of the first or of the last occurrence.

Source: Jobanputra et al. 2025, arXiv:2505.21785, tasks UR to NLLast.
Differs: NRLastFar is ours; it is NRLast, asked where the query's occurrences stand far back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal, TypeVar, final

import numpy as np

from claimkit.errors import InvalidQuestion
from claimkit.tasks.base import Direction, Group, Symbols, Task
from claimkit.tasks.strings import Strings

S = TypeVar("S")


class Retrieval(Task):
    """A retrieval task: which occurrence of the query, and which neighbour of it."""

    occurrence: ClassVar[Literal["only", "first", "last"]]

    @property
    def step(self) -> int:
        """+1 where the answer stands right of the query's occurrence, −1 where left."""
        return 1 if self.direction == "right" else -1

    def answer(self, context: Sequence[S], query: S) -> S:
        """Return the one right answer.

        Args:
            context: The symbols x_1 … x_(N-1).
            query: A symbol of the context.

        Raises:
            InvalidQuestion: If the query does not occur as the task demands, or its occurrence has
                no neighbour on the task's side.
        """
        places = [i for i, symbol in enumerate(context) if symbol == query]
        self._check(context, query, places)
        return context[places[-1 if self.occurrence == "last" else 0] + self.step]

    def answers(self, strings: Strings) -> Symbols:
        """Return the right answer to every string, int ``(string, 1)``.

        Raises:
            InvalidQuestion: If any string is not well-formed for this task.
        """
        if strings.queries is None:
            raise InvalidQuestion(f"{self.name} needs a query with every context, got none")
        if strings.length == 0:
            raise InvalidQuestion(f"{self.name} needs a context with every query, got empty ones")
        hits = strings.contexts == strings.queries[:, None]
        places = (
            strings.length - 1 - np.argmax(hits[:, ::-1], axis=1)
            if self.occurrence == "last"
            else np.argmax(hits, axis=1)
        )
        beside = places + self.step
        counts = hits.sum(axis=1)
        enough = counts == 1 if self.occurrence == "only" else counts >= 2
        sound = enough & (beside >= 0) & (beside < strings.length)
        for row in np.flatnonzero(~sound)[:1]:
            found = np.flatnonzero(hits[row]).tolist()
            self._check(strings.contexts[row].tolist(), int(strings.queries[row]), found)
        return np.take_along_axis(strings.contexts, beside[:, None], axis=1)

    def _check(self, context: Sequence[S], query: S, places: list[int]) -> None:
        """Raise for a question without an answer, saying where the query stands."""
        wanted = "once" if self.occurrence == "only" else "at least twice"
        enough = len(places) == 1 if self.occurrence == "only" else len(places) >= 2
        place = places[-1 if self.occurrence == "last" else 0] + self.step if places else -1
        if enough and 0 <= place < len(context):
            return
        side = "last" if self.direction == "right" else "first"
        which = f"its {self.occurrence} occurrence".replace("only ", "")
        raise InvalidQuestion(
            f"{self.name} needs the query {wanted} and {which} not in {side} place, but {query!r} "
            f"stands at {places} of {context!r}; claimkit.tasks.sample draws well-formed questions"
        )


@final
class UniqueRight(Retrieval):
    """UR: the right neighbour of the query's only occurrence (induction).

    >>> UniqueRight().answer(context="bac", query="a")
    'c'
    """

    name: ClassVar[str] = "UR"
    group: ClassVar[Group] = Group.UNIQUE_RETRIEVAL
    direction: ClassVar[Direction] = "right"
    occurrence = "only"


@final
class UniqueLeft(Retrieval):
    """UL: the left neighbour of the query's only occurrence (anti-induction).

    >>> UniqueLeft().answer(context="bac", query="a")
    'b'
    """

    name: ClassVar[str] = "UL"
    group: ClassVar[Group] = Group.UNIQUE_RETRIEVAL
    direction: ClassVar[Direction] = "left"
    occurrence = "only"


@final
class NonUniqueRightFirst(Retrieval):
    """NRFirst: the right neighbour of the query's first occurrence.

    >>> NonUniqueRightFirst().answer(context="xyabcad", query="a")
    'b'
    """

    name: ClassVar[str] = "NRFirst"
    group: ClassVar[Group] = Group.NON_UNIQUE_RETRIEVAL
    direction: ClassVar[Direction] = "right"
    occurrence = "first"


@final
class NonUniqueLeftFirst(Retrieval):
    """NLFirst: the left neighbour of the query's first occurrence.

    >>> NonUniqueLeftFirst().answer(context="xyabcad", query="a")
    'y'
    """

    name: ClassVar[str] = "NLFirst"
    group: ClassVar[Group] = Group.NON_UNIQUE_RETRIEVAL
    direction: ClassVar[Direction] = "left"
    occurrence = "first"


@final
class NonUniqueRightLast(Retrieval):
    """NRLast: the right neighbour of the query's last occurrence (equivalent to Flip-Flop).

    >>> NonUniqueRightLast().answer(context="xyabcad", query="a")
    'd'
    """

    name: ClassVar[str] = "NRLast"
    group: ClassVar[Group] = Group.NON_UNIQUE_RETRIEVAL
    direction: ClassVar[Direction] = "right"
    occurrence = "last"


@final
class NonUniqueLeftLast(Retrieval):
    """NLLast: the left neighbour of the query's last occurrence.

    >>> NonUniqueLeftLast().answer(context="xyabcad", query="a")
    'c'
    """

    name: ClassVar[str] = "NLLast"
    group: ClassVar[Group] = Group.NON_UNIQUE_RETRIEVAL
    direction: ClassVar[Direction] = "left"
    occurrence = "last"


@final
class NonUniqueRightLastFar(Retrieval):
    """NRLastFar: NRLast in the same words, where all occurrences stand far back in the context.

    What it answers does not depend on how far back they stand: its group's strings do.

    >>> NonUniqueRightLastFar().answer(context="xyabacdefgh", query="a")
    'c'
    """

    name: ClassVar[str] = "NRLastFar"
    group: ClassVar[Group] = Group.FAR_RETRIEVAL
    direction: ClassVar[Direction] = "right"
    occurrence = "last"


UR, UL = UniqueRight(), UniqueLeft()
NRFirst, NLFirst = NonUniqueRightFirst(), NonUniqueLeftFirst()
NRLast, NLLast = NonUniqueRightLast(), NonUniqueLeftLast()
NRLastFar = NonUniqueRightLastFar()
