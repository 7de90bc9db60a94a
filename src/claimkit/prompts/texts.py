"""Questions in words: what is drawn, how it is put to one model, and what the right answer is.

What is drawn depends on no model; a model's tokenizer decides how much of a paragraph is shown, and
its chat template what stands around the words.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol, final

import numpy as np
import numpy.typing as npt

from claimkit.errors import Unsupported
from claimkit.prompts.text_frames import WITH_CHAT, text_frame
from claimkit.tasks import Setting
from claimkit.tasks.natural import (
    NaturalGroup,
    NaturalTask,
    check_passages,
    draw_passages,
    passage_digests,
)
from claimkit.tasks.sampling import stream_seed

SHOWN_LENGTHS: Final = {
    NaturalGroup.LOREM: 40,
    NaturalGroup.PROSE: 40,
    NaturalGroup.COMMITS: 6,
    NaturalGroup.HASHES: 16,
    NaturalGroup.DNA: 16,
    NaturalGroup.UUIDS: 1,
}
"""Lengths of demonstrations; of commits: arXiv:2505.21785, §4.2. The others are ours."""


class TextTokenizer(Protocol):
    """What is asked of a tokenizer that cuts texts."""

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        """Return the ids of a text."""
        ...


@final
@dataclass(frozen=True)
class Drawn:
    """Texts as they were drawn, before a tokenizer cuts them.

    Attributes:
        shown: One text per string.
        demonstrations: For each place in a prompt, one text per string.
    """

    shown: tuple[str, ...]
    demonstrations: tuple[tuple[str, ...], ...]

    def digests(self) -> npt.NDArray[np.uint64]:
        """Return a digest per string of all texts that it shows, uint64 ``(string,)``."""
        return passage_digests(
            ["\0".join(texts) for texts in zip(*self.demonstrations, self.shown, strict=True)]
        )

    def __len__(self) -> int:
        return len(self.shown)


@lru_cache(maxsize=16)
def drawn_texts(
    group: NaturalGroup, setting: Setting, stop: int, start: int = 0, purpose: str = "claim"
) -> Drawn:
    """Return texts start … stop − 1 of a stream; the tasks of a group share them.

    Args:
        group: Which kind of texts.
        setting: Every field counts: another template shows other texts.
        stop: One past the last text.
        start: The first text.
        purpose: ``claim`` for what verdicts read; another word gives fresh texts.

    Raises:
        InvalidInput: If the length or the range has no texts.
        NotApplicable: If claimkit ships no prose of this length.
    """
    seeds = [
        stream_seed(group, setting, f"{purpose}/{n}" if n else purpose)
        for n in range(setting.demonstrations + 1)
    ]
    shown = draw_passages(group, setting.length, seeds[0], stop, start)
    length = SHOWN_LENGTHS[group]
    examples = tuple(draw_passages(group, length, seed, stop, start) for seed in seeds[1:])
    return Drawn(shown, examples)


@final
@dataclass(frozen=True)
class Written:
    """A question in words.

    Attributes:
        words: The text of a prompt, up to where the answer begins; in a conversation the user's.
        gold: The right answer.
    """

    words: str
    gold: str


def written(
    task: NaturalTask, setting: Setting, drawn: Drawn, tokenizer: TextTokenizer
) -> list[Written]:
    """Return texts as questions, cut where a length counts tokens.

    Args:
        task: Whose answers are gold.
        setting: How the questions are put.
        drawn: The texts.
        tokenizer: Of the model that is asked.

    Raises:
        Unsupported: If the task has no such template, or a text is shorter than it should be.
    """
    frame, group = text_frame(task, setting.template), task.group
    chats = setting.template.endswith(WITH_CHAT)
    questions = []
    for row, shown in enumerate(drawn.shown):
        texts = [(place[row], SHOWN_LENGTHS[group]) for place in drawn.demonstrations]
        *examples, asked = (
            task.passage(cut(text, tokenizer, tokens) if group.is_cut else text)
            for text, tokens in [*texts, (shown, setting.length)]
        )
        put = frame.words if chats else frame.prompt
        questions.append(Written(put(examples, asked.shown), asked.answer))
    return questions


def cut(text: str, tokenizer: TextTokenizer, tokens: int) -> str:
    """Return as many whole words of a text as take at most so many tokens.

    Raises:
        Unsupported: If all of the text takes fewer: the tokenizer makes one token of several words.
    """
    words = text.split(" ")

    def taken(count: int) -> int:
        return len(tokenizer.encode(" ".join(words[:count]), add_special_tokens=False))

    if taken(len(words)) < tokens:
        raise Unsupported(
            f"this tokenizer makes fewer than {tokens} tokens of {len(words)} words that begin "
            f"with {text[:40]!r}; paragraphs are drawn for tokenizers that give each word a token"
        )
    # A text without a single word that fits would be no question.
    fitting = bisect_right(range(1, len(words) + 1), tokens, key=taken)
    return " ".join(words[: max(1, fitting)])


def check_texts(task: NaturalTask, setting: Setting) -> None:
    """Raise if a task has no such questions; nothing is drawn.

    Raises:
        InvalidInput: If the length is less than 1.
        NotApplicable: If claimkit ships no prose of this length.
        Unsupported: If the task has no such template.
    """
    check_passages(task.group, setting.length)
    text_frame(task, setting.template)
