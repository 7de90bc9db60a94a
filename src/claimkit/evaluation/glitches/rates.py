"""How often copies go wrong after ambiguous tokens, and how often after others.

Paragraphs are pooled: of all tokens that were copied, which share was the last before a glitch? The
published score counts a paragraph's glitches against its token types instead, and divides those at
ambiguous tokens by the number of unambiguous types; it is here to stand beside published figures.

Source: arXiv:2505.21785, §4.2, Tables 7 and 8.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from claimkit.errors import NotApplicable
from claimkit.evaluation.glitches.counting import Glitches

__all__ = ["Rates"]


@final
@dataclass(frozen=True)
class Rates:
    """What became of many paragraphs, those apart that the length filter leaves out.

    Attributes:
        kept: The paragraphs that count.
        left_out: How many the length filter left out.
    """

    kept: tuple[Glitches, ...]
    left_out: int

    @classmethod
    def of(cls, paragraphs: Iterable[Glitches]) -> Rates:
        """Filter the paragraphs by length."""
        every = tuple(paragraphs)
        kept = tuple(each for each in every if each.kept)
        return cls(kept, len(every) - len(kept))

    def total(self, name: str) -> int:
        """Return the sum of an attribute of :class:`Glitches` over the kept paragraphs."""
        return sum(self.column(name).tolist())

    def column(self, name: str) -> NDArray[np.int64]:
        """Return an attribute of :class:`Glitches`, int64 ``(paragraph,)``."""
        return np.array([getattr(each, name) for each in self.kept], np.int64)

    def success_rate(self, ambiguous: bool) -> float:
        """Return the share of aligned tokens of one kind after which the copy went on right.

        Raises:
            NotApplicable: If no such token was aligned.

        Differs: the paper divides by types, see :meth:`type_rate` and :meth:`published_rate`.
        """
        failures = self._of_kind("transitions", ambiguous).sum()
        chances = self._of_kind("aligned", ambiguous).sum()
        return 1 - _ratio(failures, chances, f"{_kind(ambiguous)} token was copied")

    def type_rate(self, ambiguous: bool) -> float:
        """Return 1 - transitions / types, both of one kind, as a mean over paragraphs.

        Raises:
            NotApplicable: If there is no paragraph, or one without such types.
        """
        types = self.column("ambiguous_types" if ambiguous else "unambiguous_types")
        return self._per_type(types, ambiguous, _kind(ambiguous))

    def published_rate(self, ambiguous: bool) -> float:
        """Return the published score: as :meth:`type_rate`, but by *unambiguous* types always.

        Assumed, since the paper gives no formula: glitches are subtracted from 1, since a sum of
        successes at 32 ambiguous types divided by 40 unambiguous ones could not exceed 0.81, and
        0.96 is published; and a type counts as often as glitches start there, since at most 32
        failures of 42 would leave 0.23, and 0.19 is published. It may fall below 0.

        Raises:
            NotApplicable: If there is no paragraph, or one without unambiguous types.

        Source: arXiv:2505.21785, Tables 7 and 8.
        """
        return self._per_type(self.column("unambiguous_types"), ambiguous, _kind(False))

    @property
    def share_ambiguous(self) -> float:
        """Which share of all transitions is at ambiguous tokens; NotApplicable without any."""
        found = self.total("ambiguous_transitions"), self.total("transitions")
        return _ratio(*found, "copy went wrong")

    @property
    def expected_share(self) -> float:
        """What that share would be if glitches were spread evenly over the aligned tokens.

        NotApplicable if no token was aligned.
        """
        found = self.total("ambiguous_aligned"), self.total("aligned")
        return _ratio(*found, "token was copied")

    def _of_kind(self, name: str, ambiguous: bool) -> NDArray[np.int64]:
        """Return counts at tokens of one kind, int64 ``(paragraph,)``."""
        at_ambiguous = self.column(f"ambiguous_{name}")
        return at_ambiguous if ambiguous else self.column(name) - at_ambiguous

    def _per_type(self, types: NDArray[np.int64], ambiguous: bool, kind: str) -> float:
        if not types.size or not types.all():
            raise NotApplicable(
                f"a rate per {kind} type needs such types in every paragraph, got "
                f"{types.tolist()[:8]} in the first of {len(types)}; use success_rate"
            )
        return float(np.mean(1 - self._of_kind("transitions", ambiguous) / types))


def _kind(ambiguous: bool) -> str:
    return "ambiguous" if ambiguous else "unambiguous"


def _ratio(part: float, whole: float, what: str) -> float:
    if not whole:
        raise NotApplicable(f"no {what}, so there is no share of it; show more or longer texts")
    return float(part / whole)
