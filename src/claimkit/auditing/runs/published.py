"""What the paper reports of models trained from scratch.

Source: arXiv:2505.21785, Appendix B, Figures 8 and 9: whole-answer exact match, mean of three
successful runs, in bins of the lengths up to 50, to 100 and to 150.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from claimkit.models.bundled import bundled_models

_POSITIONS: Final = {"gpt2": "ape", "llama": "rope"}
_TOKEN_BY_TOKEN: Final = frozenset({("llama", "UF"), ("llama", "UB")})
"""What the paper did by retrieval, token by token, and did not train."""


def published(task: str, architecture: str, place: int, *, step: bool = False) -> float | None:
    """Return the paper's figure, or None where it has none.

    Args:
        task: A task's name.
        architecture: ``gpt2`` or ``llama``.
        place: The bin: 1, 2 or 3; the paper's lengths are up to 50, 100 and 150.
        step: Whether the task was done by retrieval, token by token.

    >>> published("NF", "gpt2", 3), published("UF", "llama", 3)
    (0.1286, None)
    >>> published("UF", "llama", 3, step=True)
    0.99
    """
    figures: Mapping[str, list[float]] = _figures()[_POSITIONS[architecture]]
    if step is not ((architecture, task) in _TOKEN_BY_TOKEN) or task not in figures:
        return None
    return figures[task][place - 1]


def lengths(place: int) -> str:
    """Return the lengths that the paper's figure of a bin is of.

    >>> lengths(1), lengths(2)
    ('up to 50', '51–100')
    """
    named: str = _figures()["bins"][place - 1]
    low, high = named.split("-")
    return f"{low}–{high}" if low.isdigit() else f"up to {high}"


@lru_cache(maxsize=1)
def _figures() -> dict[str, Any]:
    path = bundled_models().parent / "published" / "born_from_scratch.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
