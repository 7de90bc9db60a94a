"""Documents of controls that hold conversations and know words.

A share of the documents are conversations: solved lines of one task as a user's words, the last of
which is to be completed between tags. Others are documents as all controls read them, whose symbols
are exchanged for words in some.

Source: arXiv:2505.21785, §4.1: instructed models, and the word vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from claimkit.prompts.chat import CLOSE, OPEN
from claimkit.prompts.told import told_words
from claimkit.prompts.wording import COPYING_TEMPLATES, RETRIEVAL_TEMPLATES, WITH_EXAMPLE
from claimkit.tasks import TASKS, Group, Retrieval, Setting, Task
from claimkit.tasks.questions import SHORT_LENGTHS
from claimkit.tasks.sampling import (
    Uniforms,
    draw_non_unique_copying,
    draw_non_unique_retrieval,
    draw_unique_copying,
    draw_unique_retrieval,
)
from claimkit.training import vocabulary
from claimkit.training.conversations import CHAT, TURN_END, reply
from claimkit.training.rows import Batch, Ints, symbol_ids, token_ids

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

SPOKEN: Final = 2 << 32
"""Added to the seed of documents for that of conversations and words, which are drawn apart."""

LONGEST: Final = 40
SHORTEST: Final = 6
FEWEST_EXAMPLES: Final = 2
MOST_EXAMPLES: Final = 5
ROOM: Final = 1 << 12
"""Tokens of the longest text that is read; a limit only for warnings."""

_DRAWN: Final = {
    Group.UNIQUE_RETRIEVAL: draw_unique_retrieval,
    Group.NON_UNIQUE_RETRIEVAL: draw_non_unique_retrieval,
    Group.UNIQUE_COPYING: draw_unique_copying,
    Group.NON_UNIQUE_COPYING: draw_non_unique_copying,
}
_ANSWERED: Final = re.compile(f"({re.escape(OPEN)}.*?{re.escape(CLOSE)})")


def in_words(batch: Batch, uniforms: Uniforms, share: float) -> Batch:
    """Return a batch in some of whose documents each symbol is exchanged for a word.

    An opening stays as it is, its worked example included: "a" is a word there, "3" a place.

    Args:
        batch: Documents of symbols.
        uniforms: Where random numbers come from.
        share: How many of the documents, from 0 to 1.
    """
    rows, table, symbols = len(batch.tokens), vocabulary.ids(wide=True), symbol_ids()
    words = np.array([table[word] for word in vocabulary.word_symbols()])
    # A vocabulary of its own for each document: no word stands for a certain symbol.
    order = np.argsort(uniforms.floats(rows, len(words)), axis=1)[:, : len(symbols)]
    meant = np.tile(np.arange(len(table)), (rows, 1))
    meant[:, symbols] = words[order]
    tokens = np.take_along_axis(meant, batch.tokens, axis=1)
    chosen = (uniforms.floats(rows) < share)[:, None] & _behind_words(batch.tokens)
    return Batch(np.where(chosen, tokens, batch.tokens), batch.learned, batch.tasks)


def _behind_words(tokens: Ints) -> NDArray[np.bool_]:
    """Return what stands behind the last line with a template's words, bool ``(row, time)``."""
    told = (tokens > symbol_ids().max()) & (tokens < len(vocabulary.ids()))
    later = np.cumsum(told[:, ::-1], axis=1)[:, ::-1] == 0
    breaks = later & (tokens == token_ids()["\n"])
    behind: NDArray[np.bool_] = later & (np.cumsum(breaks, axis=1) > 0)
    return np.where(told.any(axis=1, keepdims=True), behind, later)


def conversations(uniforms: Uniforms, tasks: Sequence[Task], window: int, words: float) -> Batch:
    """Return one conversation per task in the list.

    Answers are learned, those of solved lines included but for the first, and what ends a turn.

    Args:
        uniforms: Where random numbers come from.
        tasks: What is asked.
        window: Tokens per document; longer ones are left out, and shorter ones drawn.
        words: Share of the conversations whose symbols are words.
    """
    pad = vocabulary.ids()["<pad>"]
    tokens = np.full((len(tasks), window), pad, dtype=np.int64)
    learned = np.zeros(tokens.shape, dtype=np.bool_)
    for row, task in enumerate(tasks):
        alphabet: tuple[str, ...] = tuple(vocabulary.SYMBOLS)
        if float(uniforms.floats(1)[0]) < words:
            alphabet = vocabulary.word_symbols()
        longest = LONGEST
        pieces = _conversation(uniforms, task, alphabet, longest)
        while sum(len(ids) for ids, _ in pieces) > window:
            longest = longest * 3 // 4
            pieces = _conversation(uniforms, task, alphabet, longest)
        at = 0
        for ids, is_answer in pieces:
            tokens[row, at : at + len(ids)] = ids
            learned[row, at : at + len(ids)] = is_answer
            at += len(ids)
    return Batch(tokens, learned, tuple(f"{task.name}, told" for task in tasks))


def _conversation(
    uniforms: Uniforms, task: Task, alphabet: Sequence[str], longest: int
) -> list[tuple[list[int], bool]]:
    """Return a conversation in pieces, and whether each is learned."""
    templates = RETRIEVAL_TEMPLATES if isinstance(task, Retrieval) else COPYING_TEMPLATES
    named = [t for t in templates if not t.endswith(WITH_EXAMPLE)]
    template = named[int(uniforms.below(len(named), 1)[0])]
    examples = FEWEST_EXAMPLES + int(uniforms.below(MOST_EXAMPLES - FEWEST_EXAMPLES + 1, 1)[0])
    length = round(SHORTEST * (longest / SHORTEST) ** float(uniforms.floats(1)[0]))
    short = SHORT_LENGTHS[task.group]
    lengths = [short[int(i)] for i in uniforms.below(len(short), examples)]
    *solved, (context, query, answer) = (
        _solved(uniforms, task, alphabet, n) for n in [*lengths, length]
    )
    setting = Setting(length=length, symbols=len(alphabet), template=template)
    asked = CHAT.prompt(told_words(task, setting, solved, (context, query)))
    # Tags of the system prompt and of the first solved line are given.
    parts = _ANSWERED.split(asked)
    behind = list(range(1, len(parts), 2))[1 + int(OPEN in CHAT.front) :]
    pieces = [(_ids(part), n in behind) for n, part in enumerate(parts)]
    return [*pieces, (_ids(reply(f" {' '.join(answer)} ") + TURN_END), True)]


def _solved(
    uniforms: Uniforms, task: Task, alphabet: Sequence[str], length: int
) -> tuple[list[str], str | None, list[str]]:
    strings = _DRAWN[task.group](uniforms, 1, length, len(alphabet))
    context = [alphabet[i] for i in strings.contexts[0]]
    query = None if strings.queries is None else alphabet[strings.queries[0]]
    answer = task.answers(strings)[0]
    return context, query, [alphabet[i] for i in answer]


def _ids(text: str) -> list[int]:
    return list(_tokenizer().encode(text, add_special_tokens=False))


@cache
def _tokenizer() -> PreTrainedTokenizerFast:
    return vocabulary.tokenizer_of(ROOM, wide=True)


def joined(parts: Sequence[Batch]) -> Batch:
    """Return several batches of one window as one."""
    tokens: Ints = np.concatenate([part.tokens for part in parts])
    learned = np.concatenate([part.learned for part in parts])
    return Batch(tokens, learned, tuple(name for part in parts for name in part.tasks))


def tasks_of(shares: dict[str, float], uniforms: Uniforms, count: int) -> list[Task]:
    """Return so many tasks, each as often as its share says."""
    names = list(shares)
    edges = np.cumsum([shares[name] for name in names])
    points = uniforms.floats(count) * edges[-1]
    return [TASKS[names[i]] for i in np.searchsorted(edges, points, side="right")]
