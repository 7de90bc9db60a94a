"""Position heuristics: what a reader scores who ignores the rule.

A model that does no better than answering with the first, the last or the most frequent symbol was
not brought to do the task, and nothing follows about which direction it does better.
For copying, the heuristic's symbol is given at every place of the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from claimkit.tasks.base import Task
from claimkit.tasks.strings import Ints, Strings


def first_symbol(contexts: Ints) -> Ints:
    """Return the first symbol of every context, int ``(string,)``."""
    return contexts[:, 0]


def last_symbol(contexts: Ints) -> Ints:
    """Return the last symbol of every context, int ``(string,)``."""
    return contexts[:, -1]


def most_frequent_symbol(contexts: Ints) -> Ints:
    """Return each context's most frequent symbol, the earliest of equals, int ``(string,)``."""
    counts = (contexts[:, :, None] == contexts[:, None, :]).sum(axis=2)
    places = np.argmax(counts, axis=1)
    return np.take_along_axis(contexts, places[:, None], axis=1)[:, 0]


HEURISTICS: Mapping[str, Callable[[Ints], Ints]] = MappingProxyType(
    {
        "first symbol": first_symbol,
        "last symbol": last_symbol,
        "most frequent symbol": most_frequent_symbol,
    }
)


def heuristic_outcomes(task: Task, strings: Strings) -> dict[str, npt.NDArray[np.bool_]]:
    """Return, for every heuristic, whether its answer is right, bool ``(string,)``."""
    answers = task.answers(strings)
    return {
        name: (answers == guess(strings.contexts)[:, None]).all(axis=1)
        for name, guess in HEURISTICS.items()
    }
