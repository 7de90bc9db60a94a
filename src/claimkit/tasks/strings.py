"""The strings that tasks are asked about, many at once."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Strings:
    """Contexts or sources, with queries where the group is a retrieval group.

    Attributes:
        contexts: Int ``(string, place)``, symbols as numbers from 0.
        queries: Int ``(string,)``, or ``None`` for copying, whose question is the source alone.
    """

    contexts: Ints
    queries: Ints | None = None

    def __len__(self) -> int:
        return len(self.contexts)

    def __getitem__(self, rows: slice | Ints) -> Strings:
        """Return some of the strings."""
        return Strings(self.contexts[rows], None if self.queries is None else self.queries[rows])

    @property
    def length(self) -> int:
        """Number of symbols of a context or source; the query is not counted."""
        return int(self.contexts.shape[1])

    def rows(self) -> Ints:
        """Return ``(string, place [+ 1])``: each context with its query, if any, behind it."""
        if self.queries is None:
            return self.contexts
        return np.concatenate([self.contexts, self.queries[:, None]], axis=1)


def digests(rows: Ints) -> npt.NDArray[np.uint64]:
    """Return a 64-bit digest of every row, the same on every machine.

    Args:
        rows: Int ``(string, …)``.

    Returns:
        uint64 ``(string,)``.
    """
    flat = np.ascontiguousarray(rows.reshape(len(rows), -1), dtype="<i8")
    parts = [blake2b(row.tobytes(), digest_size=8).digest() for row in flat]
    return np.frombuffer(b"".join(parts), dtype="<u8").astype(np.uint64)
