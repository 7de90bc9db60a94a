"""Documents that controls of natural tasks learn from: prompts as they are asked, with answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

import numpy as np

from claimkit.prompts.text_frames import WITH_CHAT, templates_of_text, text_frame
from claimkit.prompts.texts import SHOWN_LENGTHS, cut
from claimkit.tasks.natural import (
    LOREM_COPY,
    NATURAL_TASKS,
    NaturalTask,
    draw_passage,
)
from claimkit.tasks.sampling import Uniforms
from claimkit.training.conversations import CHAT, reply
from claimkit.training.natural.recipe import TOKENS, NaturalRecipe, Stage
from claimkit.training.rows import Batch
from claimkit.training.text.tokenizer import BEGIN, PAD, SPECIAL

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

Pieces = list[tuple[list[int], bool]]
"""Tokens of a document, piece by piece, and whether they are learned."""

Asked = str | list[int]
"""What is asked: a text, or tokens that are none."""

FEWEST_TOKENS: Final = 8
MOST_TOKENS: Final = 2000
"""So many different tokens a sequence of tokens is made of."""

SHORTEST: Final = 0.4
"""A text has at least this share of the tokens, or lines, that it may have at most."""

EXAMPLES: Final = 3
"""So many solved examples are shown, or none."""


@final
@dataclass(frozen=True)
class Kind:
    """What a document asks.

    Attributes:
        name: As a recipe calls it.
        task: Whose prompts it has.
    """

    name: str
    task: NaturalTask


@final
@dataclass(frozen=True)
class Documents:
    """What a control reads.

    Attributes:
        recipe: Says what, and how long.
        tokenizer: Of the control.
    """

    recipe: NaturalRecipe
    tokenizer: PreTrainedTokenizerFast

    def batch(self, step: int) -> Batch:
        """Return the documents of a step, all about equally long.

        Only answers are learned, with the stop string behind them.
        """
        uniforms = Uniforms(self.recipe.seed, step)
        stage, share = self._stage(step)
        kind = self._kind(stage, uniforms)
        size = SHORTEST + (1 - SHORTEST) * float(uniforms.floats(1)[0])
        first_template = _template(kind.task, stage.conversations, uniforms)
        shown = EXAMPLES * int(float(uniforms.floats(1)[0]) >= 1 - stage.solved)

        def document(kind: Kind, template: str) -> Pieces:
            length = max(1, round(stage.longest_at(kind.name, share) * size))
            short = min(length, SHOWN_LENGTHS[kind.task.group])
            asked = [self._asked(kind, n, uniforms) for n in [*[short] * shown, length]]
            return self._pieces(kind.task, template, asked)

        def more() -> tuple[str, Pieces]:
            if not self.recipe.mixed:
                return kind.name, document(kind, first_template)
            other = self._kind(stage, uniforms)
            template = _template(other.task, stage.conversations, uniforms)
            return other.name, document(other, template)

        first = document(kind, first_template)
        rows = max(1, self.recipe.tokens // sum(len(ids) for ids, _ in first))
        found = [(kind.name, first), *(more() for _ in range(rows - 1))]
        return _joined([pieces for _, pieces in found], [n for n, _ in found], self.recipe.window)

    def _stage(self, step: int) -> tuple[Stage, float]:
        """Return the stage of a step, and which share of it is over."""
        for stage in self.recipe.stages:
            if step < stage.steps:
                return stage, step / stage.steps
            step -= stage.steps
        return self.recipe.stages[-1], 1.0

    def _kind(self, stage: Stage, uniforms: Uniforms) -> Kind:
        name = _chosen(stage.shares, uniforms)
        return Kind(name, LOREM_COPY if name == TOKENS else NATURAL_TASKS[name])

    def _pieces(self, task: NaturalTask, template: str, asked: Sequence[Asked]) -> Pieces:
        """Return a document in pieces, of which prompts are not learned and answers are."""
        frame = text_frame(task, template)
        if template.endswith(WITH_CHAT):
            *examples, last = (task.passage(self._text(one)) for one in asked)
            words = CHAT.prompt(frame.words(examples, last.shown))
            answer = self._ids(reply(last.answer))
            return [([BEGIN, *self._ids(words)], False), (answer, True)]
        pieces: Pieces = [([BEGIN, *self._ids(frame.opening)], False)]
        for number, one in enumerate(asked):
            join = frame.join if number else ""
            if isinstance(one, list):
                front, behind = self._ids(f"{join}{frame.front}"), self._ids(frame.middle)
                pieces.append(([*front, *one, *behind], False))
                pieces.append(([*one, *self._ids(frame.stop)], True))
                continue
            passage = task.passage(one)
            shown = f"{join}{frame.front}{passage.shown}{frame.middle}"
            pieces.append((self._ids(shown), False))
            pieces.append((self._ids(passage.answer + frame.stop), True))
        return pieces

    def _asked(self, kind: Kind, length: int, uniforms: Uniforms) -> Asked:
        if kind.name == TOKENS:
            return _tokens(length, self.recipe.vocabulary, uniforms)
        text = draw_passage(kind.task.group, uniforms, length)
        return cut(text, self.tokenizer, length) if kind.task.group.is_cut else text

    def _text(self, asked: Asked) -> str:
        return asked if isinstance(asked, str) else str(self.tokenizer.decode(asked))

    def _ids(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(text, add_special_tokens=False, verbose=False))


def _chosen(shares: Mapping[str, float], uniforms: Uniforms) -> str:
    """Return one of the tasks, each as often as its share says."""
    names = sorted(shares)
    bounds = np.cumsum([shares[name] for name in names])
    place = int(np.searchsorted(bounds, uniforms.floats(1)[0], side="right"))
    return names[min(place, len(names) - 1)]


def _tokens(length: int, vocabulary: int, uniforms: Uniforms) -> list[int]:
    """Return so many tokens, each one of a few that this sequence is made of."""
    share = float(uniforms.floats(1)[0])
    kinds = round(FEWEST_TOKENS * (MOST_TOKENS / FEWEST_TOKENS) ** share)
    pool = uniforms.below(vocabulary - len(SPECIAL), kinds) + len(SPECIAL)
    tokens: list[int] = pool[uniforms.below(kinds, length)].tolist()
    return tokens


def _template(task: NaturalTask, conversations: float, uniforms: Uniforms) -> str:
    """Return one of a task's templates, a conversation with this probability."""
    chats = float(uniforms.floats(1)[0]) < conversations
    names = [n for n in templates_of_text(task) if n.endswith(WITH_CHAT) == chats]
    return names[int(uniforms.below(len(names), 1)[0])]


def _joined(documents: Sequence[Pieces], names: Sequence[str], window: int) -> Batch:
    """Return documents as rows, padded on the right; longer ones than the window are cut."""
    widest = min(window, max(sum(len(ids) for ids, _ in pieces) for pieces in documents))
    tokens = np.full((len(documents), widest), PAD, dtype=np.int64)
    learned = np.zeros(tokens.shape, dtype=np.bool_)
    for row, pieces in enumerate(documents):
        at = 0
        for ids, is_answer in pieces:
            kept = ids[: widest - at]
            tokens[row, at : at + len(kept)] = kept
            learned[row, at : at + len(kept)] = is_answer
            at += len(kept)
    return Batch(tokens, learned, tuple(names))
