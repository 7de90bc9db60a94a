"""Tolerance: when two JSON values say the same, although two machines computed their numbers."""

from __future__ import annotations

import math
from typing import Final

TOLERANCE: Final = 1e-9
"""Numbers closer than this, absolutely or relatively, are the same number."""


def same(a: object, b: object) -> bool:
    """Return whether two values made of JSON's types are equal, floats up to :data:`TOLERANCE`.

    >>> same({"value": [0.1 + 0.2]}, {"value": [0.3]}), same(1, True)
    (True, False)
    """
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[name], b[name]) for name in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    # True equals 1, but no reader of a file would say so.
    return type(a) is type(b) and a == b
