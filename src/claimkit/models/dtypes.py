"""The number formats that a model can be loaded in, by name; apart from torch, for options."""

from __future__ import annotations

from typing import Final

__all__ = ["DTYPE_NAMES"]

DTYPE_NAMES: Final = ("float32", "bfloat16", "float16", "float64")
