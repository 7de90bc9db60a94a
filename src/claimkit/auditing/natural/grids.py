"""The grids of natural tasks: which settings a claim about texts may be tried at.

A text costs hundreds of tokens, written one after the other, so four settings are drawn, not eight.

- Paragraphs: 100 to 500 tokens; each of the three prompts; no demonstrations or three: 24 points.
- Commits: 5 to 25 of them; two to five demonstrations: 15 points.
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
