"""What a program keeps of the positions that it has read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple, final

import numpy as np
import numpy.typing as npt

from claimkit.crasp.running.layout import Array


class Site(NamedTuple):
    """One counting operation of a program.

    Attributes:
        key: The line that it stands in.
        ordinal: How many of that line's counting operations are evaluated before it: operands
            come before what is made of them, left before right.
    """

    key: str
    ordinal: int


@final
@dataclass(frozen=True, eq=False)
class State:
    """All that later positions of strings can know of the earlier ones.

    Indices that an operation does not depend on have size 1.

    Attributes:
        strings: How many strings.
        offset: What is added to the number of a position.
        position: How many positions were read.
        counts: By site with ψ = ⊤: int64 ``(string, *indices)``, how often its body held; bool for
            ∃, whether it ever held.
        last: By site with a local ψ: bool ``(string, *indices, distance)``, what its body was at
            the last positions, as many as ψ reaches back, the latest last; False before the first.
    """

    strings: int
    offset: int = 0
    position: int = 0
    counts: Mapping[Site, npt.NDArray[np.int64 | np.bool_]] = field(default_factory=dict)
    last: Mapping[Site, npt.NDArray[np.bool_]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the mappings read-only."""
        object.__setattr__(self, "counts", MappingProxyType(dict(self.counts)))
        object.__setattr__(self, "last", MappingProxyType(dict(self.last)))

    def of(self, strings: npt.NDArray[np.bool_ | np.integer]) -> State:
        """Return the state of some of the strings, by number or by mask."""
        chosen = np.arange(self.strings)[strings]
        return State(
            len(chosen),
            self.offset,
            self.position,
            {site: values[chosen] for site, values in self.counts.items()},
            {site: values[chosen] for site, values in self.last.items()},
        )


class Memory:
    """A state in the interpreter's layout, before a block and after it."""

    def __init__(self, before: State, length: int) -> None:
        self._before = before
        self._length = length
        self._counts: dict[Site, Array] = {}
        self._last: dict[Site, Array] = {}

    def counted(self, site: Site, indices: tuple[int, ...], dtype: npt.DTypeLike) -> Array:
        """Return what a site counted before the block, ``(*indices, string)``."""
        found = self._before.counts.get(site)
        if found is None:
            return np.zeros((*indices, 1), dtype)
        return np.moveaxis(found, 0, -1).astype(dtype)

    def seen(self, site: Site, indices: tuple[int, ...], reach: int) -> Array:
        """Return a site's last values before the block, ``(row, *indices, string)``."""
        found = self._before.last.get(site)
        if found is None:
            return np.zeros((reach, *indices, 1), np.bool_)
        return np.moveaxis(found, (-1, 0), (0, -1))

    def keep_count(self, site: Site, total: Array) -> None:
        """Take note of what a site has counted, ``(*indices, string)``."""
        self._counts[site] = total

    def keep_last(self, site: Site, last: Array) -> None:
        """Take note of a site's last values, ``(row, *indices, string)``."""
        self._last[site] = last

    @property
    def after(self) -> State:
        """The state after the block."""
        return State(
            self._before.strings,
            self._before.offset,
            self._before.position + self._length,
            {site: self._outward(total) for site, total in self._counts.items()},
            {site: np.moveaxis(self._outward(x), 1, -1) for site, x in self._last.items()},
        )

    def _outward(self, values: Array) -> Array:
        dtype = np.bool_ if values.dtype == np.bool_ else np.int64
        shape = (*values.shape[:-1], self._before.strings)
        # A copy, so that a state does not keep a whole trace alive.
        return np.moveaxis(np.broadcast_to(values, shape).astype(dtype), -1, 0)
