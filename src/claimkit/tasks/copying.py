"""Copying tasks: repeat a source, forward or backward.

A question is a source x_1 … x_N; the answer has N symbols. In unique tasks all symbols of the
source are distinct; in the others they may repeat.

Source: Jobanputra et al. 2025, arXiv:2505.21785, tasks UF, UB, NF, NB.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeVar, final

import numpy as np

from claimkit.errors import InvalidQuestion
from claimkit.tasks.base import Direction, Group, Symbols, Task
from claimkit.tasks.strings import Strings

S = TypeVar("S")


class Copying(Task):
    """A copying task: the source in the same order (right) or reversed (left)."""

    @property
    def step(self) -> int:
        """+1 where the answer runs forward, −1 where backward."""
        return 1 if self.direction == "right" else -1

    @property
    def unique(self) -> bool:
        """Whether all symbols of a source must be distinct."""
        return self.group is Group.UNIQUE_COPYING

    def answer(self, source: Sequence[S]) -> list[S]:
        """Return the one right answer.

        Args:
            source: The symbols x_1 … x_N.

        Raises:
            InvalidQuestion: If the source is empty, or the task is unique and a symbol repeats.
        """
        if not source:
            raise InvalidQuestion(f"{self.name} needs at least one symbol, got {source!r}")
        repeated = [x for i, x in enumerate(source) if x in list(source[:i])]
        if self.unique and repeated:
            raise InvalidQuestion(
                f"{self.name} needs distinct symbols, but {repeated[0]!r} repeats in {source!r}; "
                f"claimkit.tasks.sample draws well-formed questions"
            )
        return list(source[:: self.step])

    def answers(self, strings: Strings) -> Symbols:
        """Return the right answer to every string, int ``(string, place)``.

        Raises:
            InvalidQuestion: If any string is not well-formed for this task.
        """
        if self.unique or strings.length == 0:
            ordered = np.sort(strings.contexts, axis=1)
            broken = (ordered[:, 1:] == ordered[:, :-1]).any(axis=1) | (strings.length == 0)
            for row in np.flatnonzero(broken)[:1]:
                self.answer(strings.contexts[row].tolist())
        return strings.contexts[:, :: self.step]


@final
class UniqueForward(Copying):
    """UF: distinct symbols, in the same order.

    >>> "".join(UniqueForward().answer("abc"))
    'abc'
    """

    name: ClassVar[str] = "UF"
    group: ClassVar[Group] = Group.UNIQUE_COPYING
    direction: ClassVar[Direction] = "right"


@final
class UniqueBackward(Copying):
    """UB: distinct symbols, reversed.

    >>> "".join(UniqueBackward().answer("abc"))
    'cba'
    """

    name: ClassVar[str] = "UB"
    group: ClassVar[Group] = Group.UNIQUE_COPYING
    direction: ClassVar[Direction] = "left"


@final
class NonUniqueForward(Copying):
    """NF: symbols that may repeat, in the same order.

    >>> "".join(NonUniqueForward().answer("abac"))
    'abac'
    """

    name: ClassVar[str] = "NF"
    group: ClassVar[Group] = Group.NON_UNIQUE_COPYING
    direction: ClassVar[Direction] = "right"


@final
class NonUniqueBackward(Copying):
    """NB: symbols that may repeat, reversed.

    >>> "".join(NonUniqueBackward().answer("abac"))
    'caba'
    """

    name: ClassVar[str] = "NB"
    group: ClassVar[Group] = Group.NON_UNIQUE_COPYING
    direction: ClassVar[Direction] = "left"


UF, UB = UniqueForward(), UniqueBackward()
NF, NB = NonUniqueForward(), NonUniqueBackward()
