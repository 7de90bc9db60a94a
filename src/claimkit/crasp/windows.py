"""ψ(i, j): which earlier positions a counting operation looks at.

C-RASP[pos] allows ⊤, and relations that are *translation invariant* (they depend on i − j only) and
*local* (they hold for finitely many distances). Every value here is one of these; what is neither
cannot be built.

Source: arXiv:2410.02140, definition of C-RASP[periodic, local], as restated in arXiv:2505.21785.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, final

from claimkit.crasp.errors import InvalidProgram


@final
@dataclass(frozen=True)
class Everywhere:
    """ψ = ⊤: all positions j ≤ i."""


@final
@dataclass(frozen=True)
class Local:
    """ψ(i, j) holds exactly if i − j is one of finitely many distances.

    Attributes:
        distances: Not negative, since j ≤ i; none twice, in increasing order.

    Raises:
        InvalidProgram: If a distance is negative or no whole number, or there is none.

    >>> Local({2, 1})
    Local(distances=(1, 2))
    """

    distances: tuple[int, ...]

    def __init__(self, distances: Iterable[int]) -> None:
        object.__setattr__(self, "distances", tuple(sorted(set(distances))))
        if not self.distances or any(d < 0 or int(d) != d for d in self.distances):
            raise InvalidProgram(
                "a local ψ holds for finitely many distances i − j ≥ 0, at least one, got "
                f"{list(self.distances)}; programs look back only"
            )

    @property
    def reach(self) -> int:
        """The largest distance."""
        return self.distances[-1]


Window = Everywhere | Local
EVERYWHERE: Final = Everywhere()
PREDECESSOR: Final = Local((1,))
"""ψ(i, j) if j = i − 1."""
