"""Retrieval documents: solved lines of one task, or lines with their rule named behind them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from claimkit.prompts.wording import RETRIEVAL_TEMPLATES
from claimkit.tasks import Group, Retrieval, Strings
from claimkit.tasks.sampling import Uniforms, draw_non_unique_retrieval, draw_unique_retrieval
from claimkit.training import vocabulary
from claimkit.training.openings import add_openings
from claimkit.training.rows import (
    NOTHING,
    Batch,
    Bools,
    Ints,
    Rows,
    line_lengths,
    symbols,
    token_ids,
)

QUERIES = 6
"""Most queries behind one context."""


def pick_queries(contexts: Ints, unique: Bools, keys: npt.NDArray[np.float64]) -> Ints:
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


def _retrieval_contexts(
    uniforms: Uniforms, unique: Bools, length: int, crowds: bool = True
) -> Strings:
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
    crowd = ~unique & (uniforms.floats(n) < 0.5) & crowds
    return Strings(np.where(crowd[:, None], crowded, contexts), np.where(crowd, NOTHING, queries))


def retrieval_documents(
    uniforms: Uniforms, tasks: list[Retrieval], window: int, colonless: float = 0.0
) -> Batch:
    """Return one document per task in the list; in some no colon stands before the answers."""
    n, table = len(tasks), token_ids()
    unique = np.array([t.group is Group.UNIQUE_RETRIEVAL for t in tasks])
    rows = Rows(n)
    rows.add(table["<bos>"])
    add_openings(rows, uniforms, tasks, RETRIEVAL_TEMPLATES)
    marks = np.array([table["|"], table["||"], table[">"], NOTHING])
    separator = marks[np.searchsorted([0.75, 0.8, 0.85], uniforms.floats(n))][:, None]
    bare = uniforms.floats(n) < colonless if colonless else np.zeros(n, np.bool_)
    many = float(uniforms.floats(1)[0]) < 0.7
    for length in line_lengths(uniforms, 6, 6, window, 9 if many else 6):
        strings = _retrieval_contexts(uniforms, unique, length)
        assert strings.queries is not None
        picked = pick_queries(strings.contexts, unique, uniforms.floats(n, length))
        first = np.where(strings.queries == NOTHING, picked[:, 0], strings.queries)
        again = picked == first[:, None]
        queries = np.concatenate([first[:, None], np.where(again, NOTHING, picked)], axis=1)
        rows.add(symbols(strings.contexts))
        rows.add(separator)
        for number in range(min(QUERIES, 1 + length // 3) if many else 1):
            query = queries[:, number]
            absent = query == NOTHING
            answers = retrieval_answers(tasks, strings.contexts, query)
            if number:
                rows.add(np.where(absent, NOTHING, table[","])[:, None])
            rows.add(symbols(query)[:, None])
            rows.add(np.where(absent | bare, NOTHING, table[":"])[:, None])
            rows.add(symbols(answers)[:, None], learned=True)
        rows.add(table["\n"], learned=not many)
    return rows.join(window)


def taught_documents(
    uniforms: Uniforms, pool: list[Retrieval], rows_wanted: int, window: int
) -> Batch:
    """Return documents that name the rule behind the lines: ``a b c | b: c``, then ``right``.

    A rule holds for one to three lines and is then named; the next lines follow another one. To
    name it a reader has to compare an answer with the query's neighbours, which is what inferring a
    hidden rule takes; without such documents a small model takes very long to find that out.

    Args:
        uniforms: Where random numbers come from.
        pool: The tasks whose rules are named, each as often as it stands here.
        rows_wanted: Number of documents.
        window: Tokens per document.
    """
    n, table = rows_wanted, token_ids()
    rows = Rows(n)
    total = 0
    while total < window:
        rows.add(table["<bos>"])
        chosen = [pool[i] for i in uniforms.below(len(pool), n)]
        unique = np.array([t.group is Group.UNIQUE_RETRIEVAL for t in chosen])
        lines, size = uniforms.floats(2)
        length = 6 + int(10 * size**2)
        for line in range(1 + int(3 * lines)):
            strings = _retrieval_contexts(uniforms, unique, length, crowds=False)
            assert strings.queries is not None
            answers = retrieval_answers(chosen, strings.contexts, strings.queries)
            rows.add(symbols(strings.contexts))
            rows.add(table["|"])
            rows.add(symbols(strings.queries)[:, None])
            rows.add(table[":"])
            rows.add(symbols(answers)[:, None], learned=line > 0)
            rows.add(table["\n"])
            total += length + 5
        rows.add(np.array([_rule_words(t) for t in chosen]), learned=True)
        rows.add(table["\n"])
        total += 4
    return rows.join(window)


def _rule_words(task: Retrieval) -> list[int]:
    """Return the tokens that name a rule: the direction, and which occurrence if not the only."""
    which = NOTHING if task.occurrence == "only" else token_ids()[task.occurrence]
    return [token_ids()[task.direction], which]
