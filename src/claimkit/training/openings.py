"""Openings: the sentence of a template in front of a quarter of the documents."""

from __future__ import annotations

import numpy as np

from claimkit.prompts.wording import opening, worked_example
from claimkit.tasks import Copying, Group, Retrieval
from claimkit.tasks.sampling import Uniforms, draw_non_unique_retrieval, draw_unique_retrieval
from claimkit.training import vocabulary
from claimkit.training.rows import NOTHING, Bools, Rows, token_ids


def add_openings(
    rows: Rows,
    uniforms: Uniforms,
    tasks: list[Retrieval] | list[Copying],
    templates: tuple[str, ...],
    begin: Bools | None = None,
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
        texts.append([token_ids()[word] for word in [*lead, *text, *(["\n"] if text else [])]])
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
