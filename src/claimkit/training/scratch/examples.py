"""The from-scratch format: ``<bos> x₁ … x_N <sep> answer <eos>``, with a query behind the mark.

Several questions about one context stand behind it in one row. Each attends to the context and to
itself, at the position it would have alone, so that the row says what as many rows with one
question each would say; a step then costs little more and teaches much more.

Source: arXiv:2505.21785, Appendix B.
Differs: several questions about one context, where a recipe asks them; published is one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from claimkit.tasks import Task
from claimkit.tasks.sampling import Uniforms
from claimkit.tasks.strings import Ints
from claimkit.training.positions import offset
from claimkit.training.rows import Batch, even
from claimkit.training.scratch.recipe import ScratchRecipe
from claimkit.training.scratch.strings import (
    BOTH,
    NOTHING,
    Drawn,
    answers,
    draw,
    margins_of,
    stream_key,
)


@dataclass(frozen=True)
class Marks:
    """The ids behind the symbols, which are 0 … symbols − 1.

    Attributes:
        bos: Begins a string.
        sep: Ends the context or source.
        eos: Ends the answer.
        pad: Fills up.
    """

    bos: int
    sep: int
    eos: int
    pad: int

    @staticmethod
    def behind(symbols: int) -> Marks:
        """Return the marks of a vocabulary with so many symbols."""
        return Marks(symbols, symbols + 1, symbols + 2, symbols + 3)

    @property
    def vocabulary(self) -> int:
        """How many ids there are."""
        return self.pad + 1


def training_batch(recipe: ScratchRecipe, step: int) -> Batch:
    """Return what a step learns from; it depends on the recipe and the step alone."""
    low, high = recipe.bins[0]
    if recipe.growing:
        high = min(high, low + 2 + (high - low - 2) * step // recipe.growing)
    drawn = draw(
        recipe.known.group,
        Uniforms(stream_key("training", recipe.known.group.value, recipe.seed), step),
        recipe.learning.batch,
        (low, high),
        recipe.symbols,
        recipe.questions,
        # Copying token by token begins with the first symbol, or with the last. Asked about the
        # first one from the start, no small model had learned UR after 3,250 steps.
        margins_of(recipe.known) if step >= 2 * recipe.settled else BOTH,
    )
    batch = rows_of(recipe.known, drawn, Marks.behind(recipe.symbols))
    offsets = Uniforms(stream_key("offsets", recipe.task, recipe.seed), step)
    if recipe.architecture == "gpt2":
        return offset(batch, recipe.positions, offsets, window=recipe.positions)
    if not recipe.gaps:
        return batch
    share = min(1.0, max(0.0, (step - recipe.growing) / max(1, recipe.growing)))
    return apart(batch, drawn.lengths, recipe.positions, offsets, share)


def apart(
    batch: Batch, lengths: Ints, positions: int, uniforms: Uniforms, share: float = 1.0
) -> Batch:
    """Return a batch in which most rows skip some positions at one place.

    Rotary positions know distances only. So that those of the longest string are trained, what
    stands behind a random place of each row, at the latest before its answers, moves any number of
    positions back that leaves it room; what the offset trick does for absolute positions. A third
    of the rows stay as they are.

    Args:
        batch: Rows of contexts, each with ``<bos>`` before and ``<sep>`` behind it.
        lengths: Int ``(row,)``, symbols of each context.
        positions: Tokens of the longest string.
        uniforms: Where random numbers come from.
        share: Of the room there is that may be used.
    """
    rows, width = batch.tokens.shape
    given = np.arange(width)[None] if batch.positions is None else batch.positions
    learned = np.where(batch.learned, given, 0).max(axis=1)
    room = 1 + np.floor((positions - 1 - learned) * share).astype(np.int64)
    gaps = np.where(uniforms.floats(rows) < 1 / 3, 0, uniforms.below(room, rows))
    behind = given > uniforms.below(lengths + 2, rows)[:, None]
    return replace(batch, positions=given + np.where(behind, gaps[:, None], 0))


def rows_of(task: Task, drawn: Drawn, marks: Marks) -> Batch:
    """Return strings with their questions and answers as rows to learn from."""
    right = answers(task, drawn)
    if drawn.queries is None:
        return _copying_rows(task, drawn, right, marks)
    if drawn.queries.shape[1] == 1:
        return _single_rows(task, drawn, right, marks)
    return _shared_rows(task, drawn, right, marks)


def _opening(drawn: Drawn, marks: Marks, width: int) -> Ints:
    """Return ``<bos> x₁ … x_N <sep>`` in rows of a width, filled up with padding."""
    rows, widest = drawn.contexts.shape
    tokens = np.full((rows, width), marks.pad, dtype=np.int64)
    tokens[:, 0] = marks.bos
    tokens[:, 1 : widest + 1] = np.where(drawn.contexts == NOTHING, marks.pad, drawn.contexts)
    tokens[np.arange(rows), drawn.lengths + 1] = marks.sep
    return tokens


def _copying_rows(task: Task, drawn: Drawn, right: Ints, marks: Marks) -> Batch:
    rows, widest = drawn.contexts.shape
    tokens = _opening(drawn, marks, 2 * widest + 3)
    learned = np.zeros(tokens.shape, dtype=np.bool_)
    row, place = np.nonzero(right != NOTHING)
    column = drawn.lengths[row] + 2 + place
    tokens[row, column] = right[row, place]
    learned[row, column] = True
    every, end = np.arange(rows), 2 * drawn.lengths + 2
    tokens[every, end], learned[every, end] = marks.eos, True
    return Batch(tokens, learned, (task.name,) * rows, weights=even(learned))


def _single_rows(task: Task, drawn: Drawn, right: Ints, marks: Marks) -> Batch:
    rows, widest = drawn.contexts.shape
    tokens = _opening(drawn, marks, widest + 5)
    learned = np.zeros(tokens.shape, dtype=np.bool_)
    every, end = np.arange(rows), drawn.lengths + 2
    tokens[every, end] = drawn.asked[:, 0]
    tokens[every, end + 1], learned[every, end + 1] = right[:, 0], True
    tokens[every, end + 2], learned[every, end + 2] = marks.eos, True
    return Batch(tokens, learned, (task.name,) * rows, weights=even(learned))


def _shared_rows(task: Task, drawn: Drawn, right: Ints, marks: Marks) -> Batch:
    """Return rows with several questions, the end mark behind the last one alone."""
    rows, widest = drawn.contexts.shape
    # Where there are fewer questions, they stand last: the last one is always there.
    queries, right = drawn.asked[:, ::-1], right[:, ::-1]
    asked, opening = right.shape[1], widest + 2
    width = opening + 2 * asked + 1
    tokens = _opening(drawn, marks, width)
    real = right != NOTHING
    tokens[:, opening:-1:2] = np.where(real, queries, marks.pad)
    tokens[:, opening + 1 :: 2] = np.where(real, right, marks.pad)
    tokens[:, -1] = marks.eos
    learned = np.zeros(tokens.shape, dtype=np.bool_)
    learned[:, opening + 1 :: 2] = real
    learned[:, -1] = True
    positions = np.broadcast_to(np.arange(width), (rows, width)).copy()
    positions[:, opening:-1] = np.tile(drawn.lengths[:, None] + 2 + np.arange(2), asked)
    positions[:, -1] = drawn.lengths + 4
    return Batch(
        tokens,
        learned,
        (task.name,) * rows,
        positions=positions,
        seen=seen_by_questions(drawn.lengths, opening, asked, 2, end=True),
        weights=even(learned),
        questions=int(real.sum()),
    )


def seen_by_questions(
    lengths: Ints, opening: int, questions: int, width: int, *, end: bool = False
) -> npt.NDArray[np.bool_]:
    """Return which tokens see which, where several questions follow one context.

    Args:
        lengths: Int ``(string,)``, symbols of each context.
        opening: Columns of the context with its marks, padding included.
        questions: How many follow.
        width: Columns of each.
        end: Whether one more column follows, which belongs to the last question.

    Returns:
        Bool ``(string, 1, query, key)``: causal; questions do not see each other, nor padding.
    """
    columns = np.arange(opening + questions * width + end)
    behind = np.minimum((columns - opening) // width, questions - 1)
    block = np.where(columns < opening, -1, behind)
    causal = columns[:, None] >= columns[None]
    together = (block[None] < 0) | (block[:, None] == block[None])
    padding = (columns > lengths[:, None] + 1) & (block < 0)
    # Padding sees itself, since a row that sees nothing has no softmax.
    hidden = padding[:, None, :] & (columns[:, None] != columns[None])
    seen: npt.NDArray[np.bool_] = ((causal & together) & ~hidden)[:, None]
    return seen
