"""From questions to episodes: token ids and an answer span, for many strings at once.

Nothing is split as text: every prompt is put together from the ids that
:mod:`claimkit.prompts.alphabet` found, and the first prompts of every stream are compared with what
the tokenizer makes of their text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt

from claimkit.errors import NotApplicable, Unsupported
from claimkit.prompts.alphabet import LineTokens, Tokenizer, probe
from claimkit.prompts.episodes import Episodes
from claimkit.prompts.lines import Line, Solved
from claimkit.tasks import Setting, Strings, Task
from claimkit.tasks.questions import ABSENT, Questions, demonstration_lengths

Ints = npt.NDArray[np.int64]

CHECKED = 4
"""Prompts per stream whose ids are compared with the tokenizer's own."""


@dataclass(frozen=True)
class BosPolicy:
    """What stands in front of every prompt.

    Attributes:
        token: The BOS token that the tokenizer puts there by itself, or ``None``.
        name: For keys and reports.
    """

    token: int | None
    name: str

    @staticmethod
    def of(tokenizer: Tokenizer) -> BosPolicy:
        """Return what the tokenizer does when it is asked to add special tokens."""
        bos = tokenizer.bos_token_id
        marked = tokenizer.encode(" a", add_special_tokens=True)
        if bos is None:
            return BosPolicy(None, "none: the tokenizer has no BOS token")
        if marked[:1] == [bos]:
            return BosPolicy(bos, f"token {bos}, as the tokenizer adds it")
        return BosPolicy(None, f"none: the tokenizer does not add its BOS token {bos}")


@dataclass(frozen=True)
class Prompter:
    """Puts questions of one kind into the tokens of one model.

    Attributes:
        line: How a solved question is written.
        tokens: The line in token ids, with the alphabet.
        bos: What stands in front.
    """

    line: Line
    tokens: LineTokens
    bos: BosPolicy

    @staticmethod
    def of(tokenizer: Tokenizer, line: Line) -> Prompter:
        """Probe a tokenizer; see :func:`claimkit.prompts.alphabet.probe`."""
        return Prompter(line, probe(tokenizer, line), BosPolicy.of(tokenizer))

    @cached_property
    def digest(self) -> str:
        """A digest of all tokens that prompts are put together from; part of every key."""
        return sha256(json.dumps(self.as_dict()["tokens"]).encode()).hexdigest()[:16]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_dict` reads back for the same line."""
        return {"tokens": self.tokens.as_dict(), "bos": [self.bos.token, self.bos.name]}

    @staticmethod
    def from_dict(line: Line, raw: dict[str, Any]) -> Prompter:
        """Read what :meth:`as_dict` wrote."""
        return Prompter(line, LineTokens.from_dict(raw["tokens"]), BosPolicy(*raw["bos"]))

    @property
    def head(self) -> tuple[int, ...]:
        """Tokens in front of the first symbol: the BOS token, never twice, and the line's begin."""
        begin = self.tokens.begin
        if self.bos.token is None or begin[:1] == (self.bos.token,):
            return begin
        return (self.bos.token, *begin)

    def longest(self, task: Task, setting: Setting) -> int:
        """Return the most tokens that a prompt with its answer takes."""
        lengths = demonstration_lengths(task.group, setting)
        shown = setting.demonstrations * self._line_tokens(task, max(lengths))
        asked = self._line_tokens(task, setting.length) - len(self.tokens.join)
        return len(self.head) + shown + asked

    def _line_tokens(self, task: Task, length: int) -> int:
        marks = len(self.tokens.middle) + len(self.tokens.colon) + len(self.tokens.join)
        return marks + (length + 2 if task.group.is_retrieval else 2 * length)

    def check_window(self, task: Task, setting: Setting, window: int | None) -> None:
        """Raise if a prompt does not fit the model's window.

        Raises:
            NotApplicable: With the number of tokens needed and the window.
        """
        # The last answer token is compared and never fed.
        needed = self.longest(task, setting) - 1
        if window is not None and needed > window:
            raise NotApplicable(
                f"window too short: {task.name} at length {setting.length} with "
                f"{setting.demonstrations} demonstrations takes {needed} tokens, "
                f"the window is {window}"
            )

    def episodes(self, task: Task, questions: Questions) -> Episodes:
        """Return prompts with their gold answers.

        Args:
            task: One of the group that the questions were drawn for.
            questions: Symbols as numbers into the alphabet.
        """
        ids = np.array([*self.tokens.symbol_ids, ABSENT], dtype=np.int64)
        rows = len(questions.strings)
        pieces: list[Ints | tuple[int, ...]] = [self.head]
        for shown in questions.demonstrations:
            pieces += [*self._asked(ids, shown), ids[task.answers(shown)], self.tokens.join]
        answers = ids[task.answers(questions.strings)]
        pieces += [*self._asked(ids, questions.strings), answers]
        cells = np.concatenate([_cells(piece, rows) for piece in pieces], axis=1)
        order = np.argsort(cells == ABSENT, axis=1, kind="stable")
        tokens = np.take_along_axis(cells, order, axis=1)
        lengths = (tokens != ABSENT).sum(axis=1)
        return Episodes(
            tokens=np.where(tokens == ABSENT, 0, tokens)[:, : int(lengths.max())],
            lengths=lengths.astype(np.int64),
            answers=answers,
        )

    def _asked(self, ids: Ints, strings: Strings) -> list[Ints | tuple[int, ...]]:
        """Return the pieces of a line up to where its answer begins."""
        pieces: list[Ints | tuple[int, ...]] = [ids[strings.contexts], self.tokens.middle]
        if strings.queries is not None:
            pieces += [ids[strings.queries][:, None], self.tokens.colon]
        return pieces

    def text(self, task: Task, questions: Questions, row: int) -> str:
        """Return one prompt with its answer as text, for people and for checks."""
        parts = [*questions.demonstrations, questions.strings]
        return self.line.text([self._solved(task, part[row : row + 1]) for part in parts])

    def _solved(self, task: Task, one: Strings) -> Solved:
        context = [self.tokens.symbols[i] for i in one.contexts[0] if i != ABSENT]
        query = None if one.queries is None else self.tokens.symbols[one.queries[0]]
        return context, query, [self.tokens.symbols[i] for i in task.answers(one)[0]]

    def check_against(self, tokenizer: Tokenizer, task: Task, questions: Questions) -> None:
        """Compare the first prompts with what the tokenizer makes of their text.

        Raises:
            Unsupported: If they differ; scores on such prompts would mean something else.
        """
        questions = questions[:CHECKED]
        episodes = self.episodes(task, questions)
        for row in range(len(episodes)):
            text = self.text(task, questions, row)
            wanted = tokenizer.encode(text, add_special_tokens=False)
            if self.bos.token is not None and wanted[:1] != [self.bos.token]:
                wanted = [self.bos.token, *wanted]
            found = episodes.tokens[row, : episodes.lengths[row]].tolist()
            if wanted != found:
                raise Unsupported(
                    f"the prompt {text!r} was put together as {found}, but this tokenizer encodes "
                    f"it as {wanted}; its symbols are not independent tokens"
                )


def _cells(piece: Ints | tuple[int, ...], rows: int) -> Ints:
    """Return a piece as ``(string, width)``."""
    if isinstance(piece, tuple):
        return np.broadcast_to(np.array(piece, dtype=np.int64), (rows, len(piece)))
    return piece
