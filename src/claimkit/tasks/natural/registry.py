"""The natural tasks by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from claimkit.errors import UnknownTask
from claimkit.tasks.naming import did_you_mean
from claimkit.tasks.natural.base import AsShown, LinesReversed, NaturalGroup, NaturalTask

LOREM_COPY: Final = AsShown("LoremCopy", NaturalGroup.LOREM)
"""Copying Lorem-ipsum paragraphs, in which words and sentences repeat."""

PROSE_COPY: Final = AsShown("ProseCopy", NaturalGroup.PROSE)
"""Copying ordinary prose of the same length, the control of LoremCopy."""

REVERT_ORDER: Final = AsShown("RevertOrder", NaturalGroup.COMMITS)
"""Commits as ``git revert`` takes them: newest to oldest, as shown."""

CHERRY_PICK_ORDER: Final = LinesReversed("CherryPickOrder", NaturalGroup.COMMITS)
"""Commits as ``git cherry-pick`` takes them: oldest to newest, the list reversed."""

HASH_COPY: Final = AsShown("HashCopy", NaturalGroup.HASHES)
"""Copying a hexadecimal hash."""

DNA_COPY: Final = AsShown("DNACopy", NaturalGroup.DNA)
"""Copying a string of bases."""

UUID_COPY: Final = AsShown("UUIDCopy", NaturalGroup.UUIDS)
"""Copying a list of UUIDs, one a line."""

NATURAL_TASKS: Final[Mapping[str, NaturalTask]] = MappingProxyType(
    {
        task.name: task
        for task in (
            LOREM_COPY,
            PROSE_COPY,
            REVERT_ORDER,
            CHERRY_PICK_ORDER,
            HASH_COPY,
            DNA_COPY,
            UUID_COPY,
        )
    }
)


def natural_task(name: str) -> NaturalTask:
    """Return the natural task of this name.

    Raises:
        UnknownTask: If there is none; the message offers the nearest name.
    """
    if name in NATURAL_TASKS:
        return NATURAL_TASKS[name]
    hint = did_you_mean(name, {known: known for known in NATURAL_TASKS})
    raise UnknownTask(f"no natural task {name!r}{hint} There are: {', '.join(NATURAL_TASKS)}")
