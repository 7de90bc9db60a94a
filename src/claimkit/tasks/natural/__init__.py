"""Natural tasks: text as people meet it, to be copied or put into another order.

Importing this package imports numpy and nothing heavier; word lists and texts are read when used.
"""

from __future__ import annotations

from claimkit.tasks.natural.base import (
    AsShown,
    LinesReversed,
    NaturalGroup,
    NaturalTask,
    Passage,
    Unit,
)
from claimkit.tasks.natural.registry import (
    CHERRY_PICK_ORDER,
    DNA_COPY,
    HASH_COPY,
    LOREM_COPY,
    NATURAL_TASKS,
    PROSE_COPY,
    REVERT_ORDER,
    UUID_COPY,
    natural_task,
)
from claimkit.tasks.natural.sampling import (
    NATURAL_SAMPLER_VERSION,
    check_passages,
    draw_passage,
    draw_passages,
    passage_digests,
)
from claimkit.tasks.natural.words import common_words, lorem_words

__all__ = [
    "CHERRY_PICK_ORDER",
    "DNA_COPY",
    "HASH_COPY",
    "LOREM_COPY",
    "NATURAL_SAMPLER_VERSION",
    "NATURAL_TASKS",
    "PROSE_COPY",
    "REVERT_ORDER",
    "UUID_COPY",
    "AsShown",
    "LinesReversed",
    "NaturalGroup",
    "NaturalTask",
    "Passage",
    "Unit",
    "check_passages",
    "common_words",
    "draw_passage",
    "draw_passages",
    "lorem_words",
    "natural_task",
    "passage_digests",
]
