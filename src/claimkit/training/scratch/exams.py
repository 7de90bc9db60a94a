"""Exams: fixed strings of one bin, whose whole answers a model is to give.

Source: arXiv:2505.21785, Appendix B.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from claimkit.prompts.episodes import Episodes
from claimkit.tasks.sampling import Uniforms
from claimkit.tasks.strings import Ints
from claimkit.training.rows import Batch
from claimkit.training.scratch.examples import Marks, rows_of
from claimkit.training.scratch.recipe import Lengths, ScratchRecipe
from claimkit.training.scratch.strings import Drawn, draw, stream_key

EXAM: Final = 2_000
"""Strings of each bin, as published."""

EXAM_VERSION: Final = 1
"""Version of the exams: raised when they would hold other strings."""


@dataclass(frozen=True)
class Exam:
    """Fixed strings of one bin, as prompts with gold answers.

    Attributes:
        drawn: The strings, with one question each.
        episodes: Prompts and gold answers, ``<eos>`` included, by the width of the answer.
        order: Int ``(string,)``: which string each episode is, episodes read one after the other.
    """

    drawn: Drawn
    episodes: tuple[Episodes, ...]
    order: Ints

    @staticmethod
    def of(drawn: Drawn, batch: Batch) -> Exam:
        """Return rows as prompts with gold answers, those with answers of one width together.

        Args:
            drawn: The strings, with one question each.
            batch: Their rows; what is learned is the answer, which ends each of them.
        """
        ends = batch.learned.shape[1] - np.argmax(batch.learned[:, ::-1], axis=1)
        widths = batch.learned.sum(axis=1)
        episodes, order = [], []
        for width in np.unique(widths):
            chosen = np.flatnonzero(widths == width)
            tokens = batch.tokens[chosen, : int(ends[chosen].max())]
            columns = ends[chosen, None] - width + np.arange(width)
            gold = np.take_along_axis(tokens, columns, axis=1)
            episodes.append(Episodes(tokens, ends[chosen].astype(np.int64), gold))
            order.append(chosen)
        return Exam(drawn, tuple(episodes), np.concatenate(order))

    def __len__(self) -> int:
        return len(self.order)

    @property
    def digests(self) -> npt.NDArray[np.uint64]:
        """Uint64 ``(string,)``: a digest of every string and its query."""
        drawn = self.drawn
        queries = drawn.lengths[:, None] if drawn.queries is None else drawn.asked
        rows = np.concatenate([drawn.contexts, queries], axis=1).astype("<i8")
        digests = [blake2b(row.tobytes(), digest_size=8).digest() for row in rows]
        return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)

    def by_string(self, answer: Callable[[Episodes], npt.NDArray[Any]]) -> npt.NDArray[Any]:
        """Return what a function says of every episode, in the order of the strings."""
        found = np.concatenate([answer(episodes) for episodes in self.episodes])
        ordered = np.empty_like(found)
        ordered[self.order] = found
        return ordered


def exam(recipe: ScratchRecipe, lengths: Lengths, count: int = EXAM, purpose: str = "exam") -> Exam:
    """Return the strings of a bin, the same for all tasks of a group, whatever the recipe's seed.

    Args:
        recipe: Says task and vocabulary.
        lengths: The bin: one of the recipe's, as a rule.
        count: How many strings.
        purpose: ``exam``; another word gives other strings.
    """
    group = recipe.known.group
    key = stream_key(purpose, group.value, recipe.symbols, *lengths, EXAM_VERSION)
    drawn = draw(group, Uniforms(key, 0), count, lengths, recipe.symbols)
    return Exam.of(drawn, rows_of(recipe.known, drawn, Marks.behind(recipe.symbols)))


def first(whole: Exam, count: int) -> Exam:
    """Return the first strings of an exam only."""
    kept = replace(
        whole.drawn,
        contexts=whole.drawn.contexts[:count],
        lengths=whole.drawn.lengths[:count],
        queries=None if whole.drawn.queries is None else whole.drawn.queries[:count],
    )
    parts, order, start = [], [], 0
    for episodes in whole.episodes:
        numbers = whole.order[start : start + len(episodes)]
        start += len(episodes)
        few = numbers < count
        if few.any():
            parts.append(episodes[np.flatnonzero(few)])
            order.append(numbers[few])
    return Exam(kept, tuple(parts), np.concatenate(order))
