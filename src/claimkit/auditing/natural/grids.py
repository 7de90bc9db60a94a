"""The grids of what models write: which settings a claim about texts may be tried at.

A text costs hundreds of tokens, written one after the other, so four settings are drawn, not eight.

- Paragraphs: 100 to 500 tokens; each of the three prompts; no demonstrations or three: 24 points.
- Commits: 5 to 25 of them; two to five demonstrations: 15 points.
- Symbols in conversations: 10 to 50 of them; each template without a worked example; two to five
  demonstrations: 36 points each of retrieval and of copying.
"""

from __future__ import annotations

from typing import Final

from claimkit.auditing.grids import Grid
from claimkit.prompts.text_frames import PARAGRAPH_TEMPLATES

PARAGRAPH_GRID: Final = Grid(
    (
        ("length", (100, 200, 300, 500)),
        ("template", PARAGRAPH_TEMPLATES),
        ("demonstrations", (0, 3)),
    ),
    draws=4,
    simplify=3,
)
"""24 settings of copying paragraphs."""

COMMIT_GRID: Final = Grid(
    (("length", (5, 10, 15, 20, 25)), ("demonstrations", (2, 3, 5))), draws=4, simplify=3
)
"""15 settings of listing commits."""

_TOLD_LENGTHS: Final = ("length", (10, 20, 30, 50))
_TOLD_DEMONSTRATIONS: Final = ("demonstrations", (5, 3, 2))

TOLD_RETRIEVAL_GRID: Final = Grid(
    (_TOLD_LENGTHS, ("template", ("bare", "rule", "formal")), _TOLD_DEMONSTRATIONS),
    draws=4,
    simplify=3,
)
"""36 settings of retrieval in conversations."""

TOLD_COPYING_GRID: Final = Grid(
    (_TOLD_LENGTHS, ("template", ("bare", "rule", "hint")), _TOLD_DEMONSTRATIONS),
    draws=4,
    simplify=3,
)
"""36 settings of copying in conversations."""
