"""Rows: documents put together piece by piece, for a whole batch at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from claimkit.tasks.sampling import Uniforms
from claimkit.training import vocabulary

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NOTHING = -1
"""Fills the cells of a piece that a row does not have; squeezed out when rows are joined."""

LONGEST = 40


@dataclass(frozen=True)
class Batch:
    """Documents for one optimizer step.

    Attributes:
        tokens: Int ``(row, time)``, padded on the right.
        learned: Bool ``(row, time)``: tokens whose prediction is trained, the answers and the mark
            that ends them. Everything else is random or given.
        tasks: Name of each row's task.
        positions: Int ``(row, time)``, the position of each token; None counts from 0.
        seen: Bool ``(row, 1, query, key)``, which tokens attend to which; None is causal.
        weights: Float ``(row, time)``, what each learned token counts; None leaves it to the root
            of their number in each row (:func:`claimkit.training.loop.row_weights`).
        questions: How many questions there are, where rows hold several; else the rows count.
    """

    tokens: Ints
    learned: npt.NDArray[np.bool_]
    tasks: tuple[str, ...] = ()
    positions: Ints | None = None
    seen: Bools | None = None
    weights: npt.NDArray[np.float32] | None = None
    questions: int | None = None

    @property
    def examples(self) -> int:
        """How many examples it holds."""
        return len(self.tokens) if self.questions is None else self.questions


def even(learned: Bools) -> npt.NDArray[np.float32]:
    """Return weights by which every learned token counts the same."""
    return learned.astype(np.float32)


def padded(batch: Batch, width: int, pad: int) -> Batch:
    """Return a batch in rows of a width; what is behind their ends is neither learned nor seen.

    Args:
        batch: In rows of at most this width.
        width: Tokens of a row.
        pad: The token that fills up.
    """
    more = width - batch.tokens.shape[1]
    if not more:
        return batch
    behind = ((0, 0), (0, more))
    seen = batch.seen
    if seen is not None:
        seen = np.pad(seen, ((0, 0), (0, 0), *((0, more),) * 2))
        # Padding sees itself, since a row that sees nothing has no softmax.
        seen[:, :, range(width - more, width), range(width - more, width)] = True
    return replace(
        batch,
        tokens=np.pad(batch.tokens, behind, constant_values=pad),
        learned=np.pad(batch.learned, behind),
        positions=None if batch.positions is None else np.pad(batch.positions, behind, mode="edge"),
        seen=seen,
        weights=None if batch.weights is None else np.pad(batch.weights, behind),
    )


@cache
def token_ids() -> dict[str, int]:
    """Return the id of every word and mark of the vocabulary."""
    return vocabulary.ids()


@cache
def symbol_ids() -> Ints:
    """Return the token id of every symbol number."""
    return np.array([token_ids()[s] for s in vocabulary.SYMBOLS], dtype=np.int64)


class Rows:
    """Pieces of text for several documents, joined row by row."""

    def __init__(self, rows: int) -> None:
        """Start ``rows`` empty documents."""
        self.rows = rows
        self._pieces: list[Ints] = []
        self._learned: list[npt.NDArray[np.bool_]] = []

    def add(self, piece: Ints | int, learned: bool = False) -> None:
        """Append ``(row, width)`` tokens, or one token to every row; ``NOTHING`` cells vanish."""
        cells = np.broadcast_to(piece, (self.rows, 1)) if np.ndim(piece) == 0 else np.asarray(piece)
        self._pieces.append(cells)
        self._learned.append(np.full(cells.shape, learned))

    def join(self, window: int) -> Batch:
        """Return the documents, cut or padded to ``window`` tokens."""
        tokens = np.concatenate(self._pieces, axis=1)
        learned = np.concatenate(self._learned, axis=1)
        order = np.argsort(tokens == NOTHING, axis=1, kind="stable")
        tokens = np.take_along_axis(tokens, order, axis=1)[:, :window]
        learned = np.take_along_axis(learned, order, axis=1)[:, :window]
        short = max(0, window - tokens.shape[1])
        tokens = np.pad(tokens, ((0, 0), (0, short)), constant_values=NOTHING)
        learned = np.pad(learned, ((0, 0), (0, short)))
        empty = tokens == NOTHING
        return Batch(np.where(empty, token_ids()["<pad>"], tokens), learned & ~empty)


def line_lengths(
    uniforms: Uniforms, shortest: int, short: int, window: int, extra: int
) -> list[int]:
    """Return the lengths of a document's lines, enough to fill the window.

    Half of the layouts show several short lines and then a longer one, again and again; a quarter
    keeps one length; a quarter mixes all lengths.
    """
    style, fixed = uniforms.floats(2)
    lengths: list[int] = []
    total = 0
    while total < window:
        coin, size = uniforms.floats(2)
        long = round(shortest * (LONGEST / shortest) ** size)
        if style < 0.5:
            burst = 3 + int(5 * coin)
            lengths += [short + int(2 * x) * (shortest == 6) for x in uniforms.floats(burst)] + [
                long
            ]
        elif style < 0.75:
            lengths.append(round(shortest * (LONGEST / shortest) ** fixed))
        else:
            lengths.append(long)
        total = sum(lengths) + extra * len(lengths)
    return lengths


def symbols(numbers: Ints) -> Ints:
    """Return token ids of symbol numbers, keeping ``NOTHING``."""
    return np.where(numbers == NOTHING, NOTHING, symbol_ids()[numbers])
