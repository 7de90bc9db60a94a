"""The outcome of a law that was checked by running things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True)
class Law:
    """What was checked, on what, and what breaks it.

    Attributes:
        label: What was compared, such as ``UR cut in two``.
        how: On what, such as ``all 3,279 words up to length 7 over a b e``.
        counterexample: One sentence on what breaks the law; empty if nothing did.
    """

    label: str
    how: str
    counterexample: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing was found that breaks it."""
        return not self.counterexample
