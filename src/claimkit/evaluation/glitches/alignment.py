"""Global alignment of the tokens that were to be copied with those that came out.

An alignment is a list of columns. Each pairs a gold token with an output token (*match*, or
*substitute* where they differ), or shows an output token that no gold token answers to (*insert*),
or a gold token that the output lacks (*delete*). A match scores +1, a substitute 0, a gap -1, and
the best sum wins. Many alignments may share it; which is taken decides where a gap is said to be.
The path is traced back from the end, and at every cell insert goes before delete before diagonal,
so a gap is put as late as it can be: of "aa" copied as "a" it is the second that is missing.

With i gold and j output tokens aligned to the score H, ``G = H + i + j`` makes gaps free, a match
worth 3 and a substitute 2. Then no row of G falls from left to right, and a whole row follows from
the one above by a running maximum. Of the table only two bits a cell are kept: whether an insert
and whether a delete leads there. So 5,000 by 5,000 tokens take 6 MB and some buffers, and every
path is that of the full table; trimming equal ends first would not be (see the tests).

Source: Needleman & Wunsch 1970, J. Mol. Biol. 48; scores and tie order of arXiv:2505.21785, §4.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from claimkit.errors import InvalidInput

__all__ = ["ABSENT", "Alignment", "Operation", "align"]

Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]

ABSENT = -1
"""Stands in a column for the token that is not there."""

# Cells of the table that are worked on at once: their arrays stay in a processor's cache.
_CELLS = 2**18


class Operation(IntEnum):
    """What a column of an alignment shows."""

    MATCH = 0
    SUBSTITUTE = 1
    INSERT = 2
    DELETE = 3


@final
@dataclass(frozen=True, eq=False)
class Alignment:
    """An alignment, column by column, in read-only arrays.

    Attributes:
        operations: Int8 ``(column,)``, values of :class:`Operation`.
        gold: Int64 ``(column,)``, position of the gold token, :data:`ABSENT` at an insert.
        output: Int64 ``(column,)``, position of the output token, :data:`ABSENT` at a delete.
        score: Matches minus inserts minus deletes.
    """

    operations: NDArray[np.int8]
    gold: Ints
    output: Ints
    score: int

    def __post_init__(self) -> None:
        for array in (self.operations, self.gold, self.output):
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.operations)

    @property
    def aligned(self) -> NDArray[np.bool_]:
        """Which columns are matches, bool ``(column,)``."""
        return np.asarray(self.operations == Operation.MATCH)


def align(gold: ArrayLike, output: ArrayLike) -> Alignment:
    """Align two token sequences.

    Args:
        gold: Int ``(gold,)``, the tokens to be copied.
        output: Int ``(output,)``, the tokens that came out.

    Raises:
        InvalidInput: If either is not one row of whole numbers.

    Source: arXiv:2505.21785, §4.2.

    >>> found = align([7, 8, 9], [7, 9, 9])
    >>> [Operation(each).name for each in found.operations], found.score
    (['MATCH', 'SUBSTITUTE', 'MATCH'], 2)
    """
    left, right = tokens_of(gold, "gold"), tokens_of(output, "output")
    backwards = _trace(*_leads(left, right), len(left), len(right))
    gaps = np.array(backwards[::-1], dtype=np.int8)
    return _columns(gaps, left, right)


def tokens_of(tokens: ArrayLike, name: str) -> Ints:
    """Return token ids as an array, int64 ``(token,)``.

    Raises:
        InvalidInput: If they are not one row of whole numbers.
    """
    found: NDArray[Any] = np.asarray(tokens)
    if found.ndim == 1 and found.size == 0:
        return np.zeros(0, np.int64)
    if found.ndim != 1 or found.dtype.kind not in "iu":
        raise InvalidInput(
            f"{name} is one row of token ids, got {found.dtype} of shape {found.shape}; "
            "align one text at a time, without padding"
        )
    return found.astype(np.int64)


def _leads(gold: Ints, output: Ints) -> tuple[Bytes, Bytes]:
    """Return into which cells an insert and a delete lead.

    Returns:
        Two of uint8 ``(gold, byte)``, eight output positions a byte, the first in the highest bit.
    """
    # No cell of G exceeds 3 a diagonal step.
    small = 3 * min(len(gold), len(output)) <= np.iinfo(np.int16).max
    above = np.zeros(len(output) + 1, np.int16 if small else np.int32)
    step = max(1, _CELLS // len(above))
    inserts, deletes = (np.zeros((len(gold), -(-len(output) // 8)), np.uint8) for _ in range(2))
    for start in range(0, len(gold), step):
        some = slice(start, start + step)
        rows = _rows(above, gold[some], output)
        inserts[some] = np.packbits(rows[1:, 1:] == rows[1:, :-1], axis=1)
        deletes[some] = np.packbits(rows[1:, 1:] == rows[:-1, 1:], axis=1)
        above = rows[-1]
    return inserts, deletes


def _rows(above: NDArray[Any], gold: Ints, output: Ints) -> NDArray[Any]:
    """Return rows of G, ``(1 + gold, 1 + output)``, the first of which is the one above."""
    diagonal = np.add(gold[:, None] == output, 2, dtype=above.dtype)
    rows = np.zeros((len(gold) + 1, len(above)), above.dtype)
    rows[0] = above
    for before, after, best in zip(rows[:-1], rows[1:, 1:], diagonal, strict=True):
        np.add(best, before[:-1], out=best)
        np.maximum(best, before[1:], out=best)
        np.maximum.accumulate(best, out=after)
    return rows


def _trace(inserts: Bytes, deletes: Bytes, i: int, j: int) -> list[Operation]:
    """Return the operations from the last column to the first; a match is a substitute here."""
    inserted, deleted = inserts.data, deletes.data
    found = []
    while i and j:
        byte, bit = divmod(j - 1, 8)
        if inserted[i - 1, byte] << bit & 128:
            found.append(Operation.INSERT)
            j -= 1
        elif deleted[i - 1, byte] << bit & 128:
            found.append(Operation.DELETE)
            i -= 1
        else:
            found.append(Operation.SUBSTITUTE)
            i, j = i - 1, j - 1
    return found + [Operation.INSERT] * j + [Operation.DELETE] * i


def _columns(operations: NDArray[np.int8], gold: Ints, output: Ints) -> Alignment:
    """Return the alignment of such operations, in which pairs that are equal become matches."""
    shows_gold, shows_output = operations != Operation.INSERT, operations != Operation.DELETE
    places = [np.where(shown, np.cumsum(shown) - 1, ABSENT) for shown in (shows_gold, shows_output)]
    pairs = np.flatnonzero(shows_gold & shows_output)
    equal = pairs[gold[places[0][pairs]] == output[places[1][pairs]]]
    operations[equal] = Operation.MATCH
    score = len(equal) - (len(operations) - len(pairs))
    return Alignment(operations, places[0], places[1], score)
