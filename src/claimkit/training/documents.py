"""Documents that each follow one hidden rule, drawn without end.

A document is a list of solved lines of one task: ``a b c | b: c`` for retrieval (with several
queries behind some contexts), ``<bos> a b c : c b a <eos>`` for copying. Nothing names the rule
unless the document opens with a template's sentence; a reader has to infer it from the lines.
What varies between documents: task, template, separator, number and lengths of lines (5 to 40).

All documents of a batch share a layout (the lengths of their lines) per kind of task, so a batch is
built line by line for all rows at once. Batch number t depends on (seed, t) alone, so training can
stop and resume anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from claimkit.prompts.wording import COPYING_TEMPLATES, RETRIEVAL_TEMPLATES, opening, worked_example
from claimkit.tasks import TASKS, Copying, Group, Retrieval, Strings, Task
from claimkit.tasks.sampling import (
    Uniforms,
    draw_non_unique_copying,
    draw_non_unique_retrieval,
    draw_unique_copying,
    draw_unique_retrieval,
)
from claimkit.training import vocabulary

Ints = npt.NDArray[np.int64]

NOTHING = -1
"""Fills the cells of a piece that a row does not have; squeezed out when rows are joined."""

LONGEST = 40
QUERIES = 6


@dataclass(frozen=True)
class Batch:
    """Documents for one optimizer step.

    Attributes:
        tokens: Int ``(row, time)``, padded on the right.
        learned: Bool ``(row, time)``: tokens whose prediction is trained, the answers and the mark
            that ends them. Everything else is random or given.
        tasks: Name of each row's task.
    """

    tokens: Ints
    learned: npt.NDArray[np.bool_]
    tasks: tuple[str, ...] = ()


@cache
def _table() -> dict[str, int]:
    return vocabulary.ids()


@cache
def _symbol_ids() -> Ints:
    return np.array([_table()[s] for s in vocabulary.SYMBOLS], dtype=np.int64)


def text_ids(text: str) -> Ints:
    """Return the ids of a text whose words and marks are separated by spaces."""
    return np.array([_table()[word] for word in text.split(" ") if word], dtype=np.int64)


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
        return Batch(np.where(empty, _table()["<pad>"], tokens), learned & ~empty)


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


def pick_queries(
    contexts: Ints, unique: npt.NDArray[np.bool_], keys: npt.NDArray[np.float64]
) -> Ints:
    """Return up to ``QUERIES`` different queries that every task of a row's group can answer.

    Args:
        contexts: Int ``(row, place)``.
        unique: Bool ``(row,)``: whether a query must occur once, else at least twice.
        keys: Float ``(row, place)``, uniform.

    Returns:
        Int ``(row, QUERIES)``; ``NOTHING`` where a row has fewer.
    """
    length = contexts.shape[1]
    same = contexts[:, :, None] == contexts[:, None, :]
    first = np.argmax(same, axis=2)
    last = length - 1 - np.argmax(same[:, :, ::-1], axis=2)
    places = np.arange(length)
    inside = (first >= 1) & (last <= length - 2) & (first == places)
    repeated = same.sum(axis=2) >= 2
    allowed = inside & (repeated != unique[:, None])
    order = np.argsort(np.where(allowed, keys, 2.0), axis=1, kind="stable")[:, :QUERIES]
    found = np.take_along_axis(contexts, order, axis=1)
    return np.where(np.take_along_axis(allowed, order, axis=1), found, NOTHING)


def retrieval_answers(tasks: list[Retrieval], contexts: Ints, queries: Ints) -> Ints:
    """Return each row's answer by its own task, ``NOTHING`` where there is no query."""
    answers = np.full(len(tasks), NOTHING, dtype=np.int64)
    for task in set(tasks):
        rows = np.array([t == task for t in tasks]) & (queries != NOTHING)
        if rows.any():
            answers[rows] = task.answers(Strings(contexts[rows], queries[rows]))[:, 0]
    return answers


def _symbols(numbers: Ints) -> Ints:
    """Return token ids of symbol numbers, keeping ``NOTHING``."""
    return np.where(numbers == NOTHING, NOTHING, _symbol_ids()[numbers])


def _retrieval_contexts(uniforms: Uniforms, unique: npt.NDArray[np.bool_], length: int) -> Strings:
    """Return a line's contexts: the claims' own strings, or ones in which many symbols repeat."""
    n, size = len(unique), len(vocabulary.SYMBOLS)
    once = draw_unique_retrieval(uniforms, n, length, size)
    often = draw_non_unique_retrieval(uniforms, n, length, size)
    contexts = np.where(unique[:, None], once.contexts, often.contexts)
    assert once.queries is not None  # retrieval samplers always draw queries
    assert often.queries is not None
    queries = np.where(unique, once.queries, often.queries)
    pool = np.argsort(uniforms.floats(n, size), axis=1)[:, : max(4, length // 2)]
    crowded = np.take_along_axis(pool, uniforms.below(pool.shape[1], n, length), axis=1)
    crowd = ~unique & (uniforms.floats(n) < 0.5)
    return Strings(np.where(crowd[:, None], crowded, contexts), np.where(crowd, NOTHING, queries))


def retrieval_documents(uniforms: Uniforms, tasks: list[Retrieval], window: int) -> Batch:
    """Return one document per task in the list."""
    n, table = len(tasks), _table()
    unique = np.array([t.group is Group.UNIQUE_RETRIEVAL for t in tasks])
    rows = Rows(n)
    rows.add(table["<bos>"])
    _add_openings(rows, uniforms, tasks, RETRIEVAL_TEMPLATES)
    marks = np.array([table["|"], table["||"], table[">"], NOTHING])
    separator = marks[np.searchsorted([0.75, 0.8, 0.85], uniforms.floats(n))][:, None]
    many = float(uniforms.floats(1)[0]) < 0.7
    for length in line_lengths(uniforms, 6, 6, window, 9 if many else 6):
        strings = _retrieval_contexts(uniforms, unique, length)
        assert strings.queries is not None
        picked = pick_queries(strings.contexts, unique, uniforms.floats(n, length))
        first = np.where(strings.queries == NOTHING, picked[:, 0], strings.queries)
        again = picked == first[:, None]
        queries = np.concatenate([first[:, None], np.where(again, NOTHING, picked)], axis=1)
        rows.add(_symbols(strings.contexts))
        rows.add(separator)
        for number in range(min(QUERIES, 1 + length // 3) if many else 1):
            query = queries[:, number]
            absent = query == NOTHING
            answers = retrieval_answers(tasks, strings.contexts, query)
            if number:
                rows.add(np.where(absent, NOTHING, table[","])[:, None])
            rows.add(_symbols(query)[:, None])
            rows.add(np.where(absent, NOTHING, table[":"])[:, None])
            rows.add(_symbols(answers)[:, None], learned=True)
        rows.add(table["\n"], learned=not many)
    return rows.join(window)


def copying_documents(uniforms: Uniforms, tasks: list[Copying], window: int) -> Batch:
    """Return one document per task in the list."""
    n, table, size = len(tasks), _table(), len(vocabulary.SYMBOLS)
    unique = np.array([t.unique for t in tasks])[:, None]
    backward = np.array([t.step < 0 for t in tasks])[:, None]
    # Published line, the circuits' line, the fine-tuning line: begin, middle, end and line break.
    looks = np.array(
        [
            [table["<bos>"], table[":"], table["<eos>"], table["\n"]],
            [NOTHING, table[","], table["."], NOTHING],
            [NOTHING, table[">"], table["\n"], NOTHING],
            [NOTHING, table[":"], table["\n"], NOTHING],
        ]
    )
    look = looks[np.searchsorted([0.65, 0.8, 0.9], uniforms.floats(n))]
    rows = Rows(n)
    _add_openings(rows, uniforms, tasks, COPYING_TEMPLATES, begin=look[:, 0] == NOTHING)
    for length in line_lengths(uniforms, 5, 5, window // 2, 2):
        once = draw_unique_copying(uniforms, n, length, size).contexts
        often = draw_non_unique_copying(uniforms, n, length, size).contexts
        contexts = np.where(unique, once, often)
        rows.add(look[:, [0]])
        rows.add(_symbols(contexts))
        rows.add(look[:, [1]])
        rows.add(_symbols(np.where(backward, contexts[:, ::-1], contexts)), learned=True)
        rows.add(look[:, [2]], learned=True)
        rows.add(look[:, [3]])
    return rows.join(window)


def _add_openings(
    rows: Rows,
    uniforms: Uniforms,
    tasks: list[Retrieval] | list[Copying],
    templates: tuple[str, ...],
    begin: npt.NDArray[np.bool_] | None = None,
) -> None:
    """Open a quarter of the documents with a template's sentence, the others with none.

    ``begin`` marks the rows that get a ``<bos>`` of their own although their opening is empty.
    """
    coins, choices = uniforms.floats(len(tasks)), uniforms.floats(len(tasks))
    texts = []
    for row, (task, coin, choice) in enumerate(zip(tasks, coins, choices, strict=True)):
        template = templates[1 + int(choice * (len(templates) - 1))] if coin < 0.25 else "bare"
        text = opening(task, template).split(" ") if template != "bare" else []
        if template.endswith("+example") and isinstance(task, Retrieval):
            text += ["\n", *_example(uniforms, task).split(" ")]
        lead = ["<bos>"] if begin is not None and (text or begin[row]) else []
        texts.append([_table()[word] for word in [*lead, *text, *(["\n"] if text else [])]])
    width = max(map(len, texts))
    if width:
        rows.add(np.array([t + [NOTHING] * (width - len(t)) for t in texts], dtype=np.int64))


def _example(uniforms: Uniforms, task: Retrieval) -> str:
    """Return a worked example of this task on a fresh string."""
    unique = np.array([task.group is Group.UNIQUE_RETRIEVAL])
    draw = draw_unique_retrieval if unique[0] else draw_non_unique_retrieval
    strings = draw(uniforms, 1, 6, len(vocabulary.SYMBOLS))
    assert strings.queries is not None
    context = [vocabulary.SYMBOLS[i] for i in strings.contexts[0]]
    query = vocabulary.SYMBOLS[strings.queries[0]]
    places = [i for i, symbol in enumerate(context) if symbol == query]
    place = places[-1 if task.occurrence == "last" else 0]
    return worked_example(task, context, query, place + 1, task.answer(context, query))


@dataclass(frozen=True)
class DocumentStream:
    """An endless stream of batches.

    Attributes:
        shares: Share of documents per task name; sums to 1.
        seed: Of the stream; batch t depends on (seed, t) alone.
    """

    shares: dict[str, float]
    seed: int

    def batch(self, number: int, rows: int, window: int) -> Batch:
        """Return batch ``number`` with ``rows`` documents of ``window`` tokens."""
        uniforms = Uniforms(self.seed, number)
        names = list(self.shares)
        edges = np.cumsum([self.shares[name] for name in names])
        # Stratified: each batch holds the tasks in nearly their shares, which steadies the loss.
        points = (np.arange(rows) + uniforms.floats(rows)) / rows * edges[-1]
        tasks: list[Task] = [TASKS[names[i]] for i in np.searchsorted(edges, points, side="right")]
        retrieval = [t for t in tasks if isinstance(t, Retrieval)]
        copying = [t for t in tasks if isinstance(t, Copying)]
        parts = []
        if retrieval:
            parts.append(retrieval_documents(uniforms, retrieval, window))
        if copying:
            parts.append(copying_documents(uniforms, copying, window))
        return Batch(
            np.concatenate([p.tokens for p in parts]),
            np.concatenate([p.learned for p in parts]),
            tuple(t.name for t in [*retrieval, *copying]),
        )
