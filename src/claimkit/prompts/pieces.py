"""Pieces: what a prompt is put together from, as cells of token ids for many strings at once.

A cell is a token id or ``ABSENT``, where a string is shorter than others of its stream.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from claimkit.errors import InvalidInput
from claimkit.prompts.frames import Example, Frame
from claimkit.prompts.tokens import ExampleTokens, FrameTokens
from claimkit.tasks import Strings, Task
from claimkit.tasks.checking import checked_answers
from claimkit.tasks.questions import ABSENT, Questions

Ints = npt.NDArray[np.int64]
Piece = Ints | tuple[int, ...]


def prompt_cells(
    frame: Frame, tokens: FrameTokens, task: Task, questions: Questions
) -> tuple[Ints, Ints]:
    """Return prompts with their answers, from the first symbol on, and the answers alone.

    Args:
        frame: How the prompts are written.
        tokens: The frame in token ids.
        task: One of the group that the questions were drawn for.
        questions: Symbols as numbers into the alphabet.

    Returns:
        Cells ``(string, cell)`` that end with the answers, and ids ``(string, width)``.

    Raises:
        InvalidQuestion: If the task has no answer to one of the strings.
    """
    shown = list(questions.demonstrations)
    pieces: list[Piece] = []
    if frame.example is not None and tokens.example is not None:
        pieces += _told(frame.example, tokens.example, tokens, task, shown.pop(0))
    for strings in shown:
        pieces += [*_solved(tokens, task, strings), tokens.join]
    *asked, answers = [*_solved(tokens, task, questions.strings)]
    cells = [_cells(piece, len(questions.strings)) for piece in (*pieces, *asked, answers)]
    return np.concatenate(cells, axis=1), cells[-1]


def _solved(tokens: FrameTokens, task: Task, strings: Strings) -> list[Piece]:
    """Return the pieces of a solved line; the last one is its answer."""
    pieces: list[Piece] = [_spaced(tokens, strings.contexts), tokens.middle]
    if strings.queries is not None:
        pieces += [_spaced(tokens, strings.queries[:, None]), tokens.colon]
    return [*pieces, _spaced(tokens, _answers(tokens, task, strings))]


def _told(
    example: Example, words: ExampleTokens, tokens: FrameTokens, task: Task, strings: Strings
) -> list[Piece]:
    """Return the pieces of a worked example."""
    if strings.queries is None:
        raise InvalidInput(f"{task.name} has no query that a worked example could tell of")
    width = max(map(len, words.places))
    table = [(*place, *[ABSENT] * (width - len(place))) for place in words.places]
    places = _places(strings.contexts == strings.queries[:, None], example.last)
    return [
        _spaced(tokens, strings.contexts),
        words.query,
        _spaced(tokens, strings.queries[:, None]),
        np.array(table, dtype=np.int64)[places],
        _spaced(tokens, _answers(tokens, task, strings)),
        words.behind,
    ]


def _answers(tokens: FrameTokens, task: Task, strings: Strings) -> Ints:
    """Return a task's answers; one of one's own may go wrong at any string."""
    return checked_answers(task, strings, len(tokens.symbols))


def _places(hits: npt.NDArray[np.bool_], last: bool) -> Ints:
    """Return the first or last place of each row that is hit, counted from 0."""
    found: Ints = np.argmax(hits[:, ::-1] if last else hits, axis=1)
    return hits.shape[1] - 1 - found if last else found


def _spaced(tokens: FrameTokens, symbols: Ints) -> Ints:
    """Return symbols' ids, absent ones last, with the tokens that stand between neighbours."""
    ids = np.array([*tokens.symbol_ids, ABSENT], dtype=np.int64)
    cells = np.tile(np.array([*tokens.between, ABSENT], dtype=np.int64), (*symbols.shape, 1))
    cells[..., -1] = ids[symbols]
    cells[symbols == ABSENT] = ABSENT
    return cells.reshape(len(symbols), -1)[:, len(tokens.between) :]


def _cells(piece: Piece, rows: int) -> Ints:
    """Return a piece as ``(string, cell)``."""
    if isinstance(piece, tuple):
        return np.broadcast_to(np.array(piece, dtype=np.int64), (rows, len(piece)))
    return piece
