"""Copying documents: solved lines of one task."""

from __future__ import annotations

import numpy as np

from claimkit.prompts.wording import COPYING_TEMPLATES
from claimkit.tasks import Copying
from claimkit.tasks.sampling import Uniforms, draw_non_unique_copying, draw_unique_copying
from claimkit.training import vocabulary
from claimkit.training.openings import add_openings
from claimkit.training.rows import NOTHING, Batch, Rows, line_lengths, symbols, token_ids


def copying_documents(uniforms: Uniforms, tasks: list[Copying], window: int) -> Batch:
    """Return one document per task in the list."""
    n, table, size = len(tasks), token_ids(), len(vocabulary.SYMBOLS)
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
    add_openings(rows, uniforms, tasks, COPYING_TEMPLATES, begin=look[:, 0] == NOTHING)
    for length in line_lengths(uniforms, 5, 5, window // 2, 2):
        once = draw_unique_copying(uniforms, n, length, size).contexts
        often = draw_non_unique_copying(uniforms, n, length, size).contexts
        contexts = np.where(unique, once, often)
        rows.add(look[:, [0]])
        rows.add(symbols(contexts))
        rows.add(look[:, [1]])
        rows.add(symbols(np.where(backward, contexts[:, ::-1], contexts)), learned=True)
        rows.add(look[:, [2]], learned=True)
        rows.add(look[:, [3]])
    return rows.join(window)
