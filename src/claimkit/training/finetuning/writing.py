"""The fine-tuning line in the tokens of a pretrained model.

Retrieval: `` c₁ c₂ … || q > a``. Copying: `` c₁ c₂ … > c₁ c₂ …`` and the end mark. In front stands
what the tokenizer puts there. Every symbol is one token, with the space that keeps it one.

Several questions about one context stand behind it in one row. Each attends to the context and to
itself, at the position it would have alone, so that the row says what as many rows with one
question each would say.

Source: arXiv:2505.21785, §4.3 (marks and character tokens).
Differs: several questions about one context, where a recipe asks them; published is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, Protocol

import numpy as np

from claimkit.prompts.alphabet import Tokenizer
from claimkit.prompts.frames import Frame
from claimkit.prompts.lines import Line
from claimkit.prompts.prompter import Prompter
from claimkit.tasks import Task
from claimkit.tasks.strings import Ints
from claimkit.training.rows import Batch, even
from claimkit.training.scratch.examples import seen_by_questions
from claimkit.training.scratch.strings import NOTHING, Drawn, answers

RETRIEVAL = Frame("", None, Line(begin="", middle=" ||", colon=" >", end="", has_query=True))
COPYING = Frame("", None, Line(begin="", middle=" >", colon="", end="", has_query=False))

_VERSION: Final = 1
"""Version of the writing: raised when the same frame would be written in other tokens."""


class EndingTokenizer(Tokenizer, Protocol):
    """A tokenizer that may know the end of a text."""

    eos_token_id: int | None


@dataclass(frozen=True)
class Writing:
    """How a model's fine-tuning lines are written.

    Attributes:
        ids: Int ``(symbol,)``: the token of every symbol of the alphabet.
        head: Tokens in front of the first symbol.
        between: Tokens between neighbouring symbols; mostly none.
        middle: Tokens behind the context or source.
        colon: Tokens between query and answer.
        end: The token behind a copy: the tokenizer's end of text, or a line break.
        letters: The alphabet as text.
    """

    ids: Ints
    head: tuple[int, ...]
    between: tuple[int, ...]
    middle: tuple[int, ...]
    colon: tuple[int, ...]
    end: int
    letters: str

    @staticmethod
    def of(tokenizer: EndingTokenizer, task: Task) -> Writing:
        """Probe a tokenizer.

        Raises:
            Unsupported: If its symbols or marks are not independent tokens.
        """
        prompter = Prompter.of(tokenizer, _frame(task))
        found = prompter.tokens
        end = found.join[0] if tokenizer.eos_token_id is None else tokenizer.eos_token_id
        return Writing(
            ids=np.array(found.symbol_ids, dtype=np.int64),
            head=prompter.head,
            between=found.between,
            middle=found.middle,
            colon=found.colon,
            end=end,
            letters="".join(found.symbols),
        )

    @staticmethod
    def digest(task: Task) -> str:
        """Return a digest of what a task's tokens follow from, beside the tokenizer."""
        written = repr((_VERSION, _frame(task)))
        return blake2b(written.encode(), digest_size=8).hexdigest()

    @property
    def symbols(self) -> int:
        """Size of the alphabet."""
        return len(self.ids)

    def tokens_of(self, task: Task, length: int) -> int:
        """Return how many tokens a line with a context or source of this length takes."""
        spaced = length + (length - 1) * len(self.between)
        marks = len(self.head) + len(self.middle)
        if task.group.is_retrieval:
            return marks + spaced + 1 + len(self.colon) + 1
        return marks + 2 * spaced + 1

    def spaced(self, numbers: Ints) -> Ints:
        """Return ``(row, cell)`` tokens of symbol numbers; ``NOTHING`` cells are left free."""
        there = (numbers != NOTHING)[:, :, None]
        rows, width = numbers.shape
        wide = 1 + len(self.between)
        marks = np.broadcast_to(np.array(self.between, np.int64), (rows, width, wide - 1))
        symbols = self.ids[np.clip(numbers, 0, None)][:, :, None]
        cells = np.concatenate([marks, symbols], axis=2)
        return np.where(there, cells, NOTHING).reshape(rows, width * wide)[:, wide - 1 :]


def _frame(task: Task) -> Frame:
    return RETRIEVAL if task.group.is_retrieval else COPYING


def rows_of(writing: Writing, task: Task, drawn: Drawn) -> Batch:
    """Return strings with their questions and answers as rows to learn from."""
    right = answers(task, drawn)
    if drawn.queries is None:
        pieces = [*_opening(writing, drawn), writing.spaced(right), _marks([writing.end], right)]
        return _joined(writing, task, pieces, learned=2)
    queries = np.take_along_axis(drawn.contexts, np.clip(drawn.queries, 0, None), axis=1)
    queries = np.where(drawn.queries == NOTHING, NOTHING, queries)
    if right.shape[1] == 1:
        asked = [writing.spaced(queries), _marks(writing.colon, right), writing.spaced(right)]
        return _joined(writing, task, [*_opening(writing, drawn), *asked], learned=1)
    return _shared(writing, task, drawn, queries, right)


def _marks(marks: tuple[int, ...] | list[int], like: Ints) -> Ints:
    return np.broadcast_to(np.array(marks, dtype=np.int64), (len(like), len(marks)))


def _opening(writing: Writing, drawn: Drawn) -> list[Ints]:
    contexts = drawn.contexts
    head, middle = _marks(writing.head, contexts), _marks(writing.middle, contexts)
    return [head, writing.spaced(contexts), middle]


def _squeezed(writing: Writing, cells: Ints) -> tuple[Ints, Ints]:
    """Return cells with the free ones moved behind, and the order in which they were taken."""
    order = np.argsort(cells == NOTHING, axis=1, kind="stable")
    tokens = np.take_along_axis(cells, order, axis=1)
    return np.where(tokens == NOTHING, writing.end, tokens), order


def _joined(writing: Writing, task: Task, pieces: list[Ints], learned: int) -> Batch:
    """Return pieces as one row each, of which the last so many are learned."""
    cells = np.concatenate(pieces, axis=1)
    first = sum(piece.shape[1] for piece in pieces[: len(pieces) - learned])
    wanted = (np.arange(cells.shape[1]) >= first) & (cells != NOTHING)
    tokens, order = _squeezed(writing, cells)
    right = np.take_along_axis(wanted, order, axis=1)
    return Batch(tokens, right, (task.name,) * len(tokens), weights=even(right))


def _shared(writing: Writing, task: Task, drawn: Drawn, queries: Ints, right: Ints) -> Batch:
    """Return rows with several questions, each of which sees the context and itself."""
    cells = np.concatenate(_opening(writing, drawn), axis=1)
    opening, _ = _squeezed(writing, cells)
    real = (cells != NOTHING).sum(axis=1)
    rows, asked = right.shape
    there = right != NOTHING
    colon = np.broadcast_to(np.array(writing.colon, np.int64), (rows, asked, len(writing.colon)))
    symbols = [
        np.where(there, writing.ids[np.clip(x, 0, None)], writing.end)[:, :, None]
        for x in (queries, right)
    ]
    block = np.concatenate([symbols[0], colon, symbols[1]], axis=2)
    wide = block.shape[2]
    tokens = np.concatenate([opening, block.reshape(rows, -1)], axis=1)
    learned = np.zeros(tokens.shape, dtype=np.bool_)
    learned[:, opening.shape[1] + wide - 1 :: wide] = there
    positions = np.broadcast_to(np.arange(tokens.shape[1]), tokens.shape).copy()
    positions[:, opening.shape[1] :] = np.tile(real[:, None] + np.arange(wide), asked)
    # The function counts a mark in front of the context and one behind it.
    seen = seen_by_questions(real - 2, opening.shape[1], asked, wide)
    return Batch(
        tokens,
        learned,
        (task.name,) * rows,
        positions=positions,
        seen=seen,
        weights=even(learned),
        questions=int(there.sum()),
    )
