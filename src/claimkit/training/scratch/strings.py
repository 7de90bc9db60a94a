"""Strings of many lengths at once, with every question that a whole group of tasks can answer.

Source: arXiv:2505.21785, Appendix B: symbols of non-unique tasks are independent and uniform over a
small vocabulary, so that repeats abound.
Differs: all symbols of unique tasks are distinct, in retrieval, too, where only the query has to
be, so that every symbol of a context can be asked about; a context is drawn again until it has a
question; and exams ask about symbols that have both neighbours wherever a task of the group may
look, so that left and right share them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import numpy as np
import numpy.typing as npt

from claimkit.errors import InvalidInput
from claimkit.tasks import Copying, Group, Retrieval, Task
from claimkit.tasks.sampling import Uniforms
from claimkit.tasks.strings import Ints

Bools = npt.NDArray[np.bool_]

NOTHING: Final = -1
"""Fills the cells behind the end of a context, and where there are fewer questions than asked."""

BOTH: Final = (1, 1)
"""The margins of questions that all tasks of a group can answer."""

_MOST_TRIES: Final = 1000


@dataclass(frozen=True)
class Drawn:
    """Strings for all tasks of a group.

    Attributes:
        contexts: Int ``(string, place)``, symbols from 0; ``NOTHING`` behind each string's end.
        lengths: Int ``(string,)``.
        queries: Int ``(string, question)``, the first place of each symbol asked about, ``NOTHING``
            where there are fewer; None for copying.
    """

    contexts: Ints
    lengths: Ints
    queries: Ints | None = None

    @property
    def asked(self) -> Ints:
        """Int ``(string, question)``: the symbols asked about; any where there is no question."""
        assert self.queries is not None
        return np.take_along_axis(self.contexts, np.clip(self.queries, 0, None), axis=1)


def draw(
    group: Group,
    uniforms: Uniforms,
    n: int,
    lengths: tuple[int, int],
    symbols: int,
    questions: int = 1,
    margins: tuple[int, int] = BOTH,
) -> Drawn:
    """Return strings of uniform lengths.

    Args:
        group: Whose tasks are to share them.
        uniforms: Where random numbers come from.
        n: How many strings.
        lengths: The shortest and the longest.
        symbols: Size of the alphabet.
        questions: The most questions about one context, all different.
        margins: Places at the two ends of a context where no symbol stands that is asked about,
            see :func:`margins_of`.

    Raises:
        InvalidInput: If there are no such strings.
    """
    low, high = lengths
    _check(group, low, high, symbols)
    unique = group in (Group.UNIQUE_RETRIEVAL, Group.UNIQUE_COPYING)
    sizes = low + uniforms.below(high + 1 - low, n)
    contexts = _contexts(uniforms, sizes, high, symbols, unique)
    if not group.is_retrieval:
        return Drawn(contexts, sizes)
    for _ in range(_MOST_TRIES):
        asked = _askable(contexts, sizes, unique, margins)
        if unique or asked.any(axis=1).all():
            return Drawn(contexts, sizes, _some(uniforms, asked, questions))
        empty = np.flatnonzero(~asked.any(axis=1))
        contexts[empty] = _contexts(uniforms, sizes[empty], high, symbols, unique)
    raise InvalidInput(
        f"{_MOST_TRIES} tries found no question about {group} of lengths {low} to {high} over "
        f"{symbols} symbols"
    )


def stream_key(*parts: str | int) -> int:
    """Return the key of random numbers that depend on these parts and nothing else."""
    return int.from_bytes(sha256(json.dumps(parts).encode()).digest()[:16], "little")


def margins_of(task: Task) -> tuple[int, int]:
    """Return where a task of its own cannot be asked: at the end that has no neighbour."""
    return (0, 1) if task.direction == "right" else (1, 0)


def answers(task: Task, drawn: Drawn) -> Ints:
    """Return the right answers, ``NOTHING`` where there is no question or no more answer.

    Returns:
        Int ``(string, question)`` for retrieval, ``(string, place)`` for copying.
    """
    contexts, lengths = drawn.contexts, drawn.lengths[:, None]
    if isinstance(task, Copying):
        place = np.arange(contexts.shape[1])[None]
        source = place if task.step > 0 else lengths - 1 - place
        found = np.take_along_axis(contexts, np.clip(source, 0, None), axis=1)
        return np.where(place < lengths, found, NOTHING)
    assert isinstance(task, Retrieval)
    assert drawn.queries is not None
    places = drawn.queries
    if task.occurrence == "last":
        places = np.take_along_axis(_last(contexts), np.clip(places, 0, None), axis=1)
    beside = np.clip(places + task.step, 0, contexts.shape[1] - 1)
    found = np.take_along_axis(contexts, beside, axis=1)
    return np.where(drawn.queries == NOTHING, NOTHING, found)


def _check(group: Group, low: int, high: int, symbols: int) -> None:
    """Refuse lengths and alphabets without strings.

    Raises:
        InvalidInput: With what is needed.
    """
    least = {Group.UNIQUE_RETRIEVAL: 3, Group.NON_UNIQUE_RETRIEVAL: 4}.get(group, 1)
    if not least <= low <= high:
        raise InvalidInput(f"{group} has lengths from {least} on, got {low} to {high}")
    unique = group in (Group.UNIQUE_RETRIEVAL, Group.UNIQUE_COPYING)
    needed = high if unique else 1
    if symbols < needed:
        raise InvalidInput(
            f"{group} of up to {high} distinct symbols needs as many in the alphabet, got {symbols}"
        )


def _contexts(uniforms: Uniforms, lengths: Ints, widest: int, symbols: int, unique: bool) -> Ints:
    n = len(lengths)
    if unique:
        order = np.argsort(uniforms.floats(n, symbols), axis=1, kind="stable")
        drawn = order[:, :widest].astype(np.int64)
    else:
        drawn = uniforms.below(symbols, n, widest)
    return np.where(np.arange(widest) < lengths[:, None], drawn, NOTHING)


def _same(contexts: Ints) -> Bools:
    """Return bool ``(string, place, place)``: two places with the same symbol."""
    real = contexts != NOTHING
    same: Bools = (contexts[:, :, None] == contexts[:, None, :]) & real[:, :, None]
    return same


def _last(contexts: Ints) -> Ints:
    """Return int ``(string, place)``: the last place of the symbol at a place."""
    width = contexts.shape[1]
    found: Ints = width - 1 - np.argmax(_same(contexts)[:, :, ::-1], axis=2)
    return found


def _askable(contexts: Ints, lengths: Ints, unique: bool, margins: tuple[int, int]) -> Bools:
    """Return bool ``(string, place)``: the first places of symbols that can be asked about.

    They occur once in unique tasks, at least twice in the others, and never in a margin.
    """
    same = _same(contexts)
    first = np.argmax(same, axis=2)
    width = contexts.shape[1]
    last = width - 1 - np.argmax(same[:, :, ::-1], axis=2)
    times = same.sum(axis=2)
    left, right = margins
    inside = (first >= left) & (last < lengths[:, None] - right) & (first == np.arange(width))
    often = times == 1 if unique else times >= 2
    found: Bools = inside & (contexts != NOTHING) & often
    return found


def _some(uniforms: Uniforms, asked: Bools, questions: int) -> Ints:
    """Return up to so many of the places, in random order; ``NOTHING`` where there are fewer."""
    keys = np.where(asked, uniforms.floats(*asked.shape), 2.0)
    order = np.argsort(keys, axis=1, kind="stable")[:, :questions]
    return np.where(np.take_along_axis(asked, order, axis=1), order, NOTHING)
