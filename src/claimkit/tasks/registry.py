"""The tasks by name, and the pairs that a direction comparison compares."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from claimkit.errors import UnknownTask
from claimkit.tasks.base import Task
from claimkit.tasks.copying import NB, NF, UB, UF
from claimkit.tasks.naming import did_you_mean
from claimkit.tasks.retrieval import UL, UR, NLFirst, NLLast, NRFirst, NRLast, NRLastFar

TASKS: Mapping[str, Task] = MappingProxyType(
    {t.name: t for t in (UR, UL, NRFirst, NLFirst, NRLast, NLLast, UF, UB, NF, NB)}
)
"""The ten tasks of the papers."""

ALL_TASKS: Mapping[str, Task] = MappingProxyType({**TASKS, NRLastFar.name: NRLastFar})
"""The papers' tasks, and those that only a risk asks about."""

PAIRS: tuple[tuple[Task, Task], ...] = (
    (UR, UL),
    (NRFirst, NLFirst),
    (NRLast, NLLast),
    (UF, UB),
    (NF, NB),
)
"""(right, left) pairs of arXiv:2505.21785; the tasks of a pair are asked about the same strings."""


def task_name(task: object) -> str:
    """Return a task's name, for use as ``ids=task_name`` in ``pytest.mark.parametrize``."""
    return str(getattr(task, "name", task))


def task_named(name: str) -> Task:
    """Return the task of this name.

    Raises:
        UnknownTask: If there is none; the message offers the nearest name.
    """
    if name in ALL_TASKS:
        return ALL_TASKS[name]
    hint = did_you_mean(name, {known: known for known in ALL_TASKS})
    raise UnknownTask(f"no task {name!r}{hint} Tasks: {', '.join(sorted(ALL_TASKS))}")
