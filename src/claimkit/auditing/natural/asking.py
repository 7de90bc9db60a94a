"""Asking a model in words: from questions to what it wrote, whether it is right, and its tokens."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

from claimkit.errors import NotApplicable
from claimkit.evidence.answers import Answer, Ended
from claimkit.prompts.bos import BosPolicy
from claimkit.prompts.chat import CLOSE, THOUGHT, Chat, Reply, read_reply
from claimkit.prompts.texts import Written

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from claimkit.models.language_model import LanguageModel

Prompts = Sequence[list[int]]

ROOM: Final = 4 / 3
"""So many times as long as the right answer may an answer be; a longer copy would be left out."""

SPARE: Final = 16
"""Tokens beyond that, for a short answer's stop string."""

MANNERS: Final = 64
"""Tokens that an instructed model may write around its answer, tags included."""


@final
@dataclass(frozen=True)
class Said:
    """What a model wrote behind a prompt.

    Attributes:
        text: All of it, the stop string included where one ended it.
        tokens: The same in tokens, those that end a conversation's turn included.
        ended: Why no more was written.
        margin: By how much the closest choice was won.
    """

    text: str
    tokens: tuple[int, ...]
    ended: Ended
    margin: float

    def then(self, more: Said) -> Said:
        """Return this with what was written behind it."""
        return Said(
            self.text + more.text,
            self.tokens + more.tokens,
            more.ended,
            min(self.margin, more.margin),
        )


@final
@dataclass(frozen=True)
class Asker:
    """Asks one model.

    Attributes:
        model: The model.
        tokenizer: Its tokenizer.
        stop: The stop string of a model that goes on with a text.
        chat: The conversation that the questions are put in; None goes on with a text.
        thinking: Tokens that a model may think, where it does.
    """

    model: LanguageModel
    tokenizer: PreTrainedTokenizerBase
    stop: str
    chat: Chat | None
    thinking: int

    def answers(self, questions: Sequence[Written]) -> list[Answer]:
        """Return what the model answers.

        Raises:
            NotApplicable: If a question with its answer does not fit the model's window, or its
                tokenizer cannot write them.
            CheckTripped: If a logit is NaN or infinite.
            ModelError: If not even one question fits into memory.
        """
        prompts = self._prompts([question.words for question in questions])
        gold = [self._ids(question.gold) for question in questions]
        for question, ids in zip(questions, gold, strict=True):
            self._require_writable(question, ids)
        room = [math.ceil(ROOM * len(ids)) + SPARE for ids in gold]
        if self.chat is None:
            said = self._said(prompts, _needed(gold), room, self.stop)
            read = [Reply(one.text.removesuffix(self.stop).strip(), parsed=True) for one in said]
        else:
            said = self._replied(self.chat, prompts, gold, [MANNERS + most for most in room])
            read = [read_reply(one.text, opened=self.chat.opened) for one in said]
        return [
            Answer(
                right=reply.parsed and reply.answer == question.gold.strip(),
                text=reply.answer,
                parsed=reply.parsed,
                ended=one.ended,
                written=len(one.tokens),
                margin=one.margin,
                gold=tuple(ids),
                given=tuple(self._ids(reply.answer)),
            )
            for question, ids, one, reply in zip(questions, gold, said, read, strict=True)
        ]

    def _replied(
        self, chat: Chat, prompts: Prompts, gold: Prompts, room: Sequence[int]
    ) -> list[Said]:
        """Return what is said in conversations, thoughts first."""
        if not chat.thinks:
            return self._said(prompts, _needed(gold), room, CLOSE)
        # By themselves: a closing tag that is quoted in thoughts must not end them. Some models
        # answer at once, and get as much room as an answer needs.
        kept = [MANNERS + needed for needed in _needed(gold)]
        longest = [max(self.thinking, most) for most in room]
        thoughts = self._said(prompts, [1] * len(prompts), longest, THOUGHT, kept)
        done = [n for n, one in enumerate(thoughts) if one.ended == "stop"]
        more = self._said(
            [[*prompts[n], *thoughts[n].tokens] for n in done],
            _needed([gold[n] for n in done]),
            [room[n] for n in done],
            CLOSE,
        )
        found = dict(enumerate(thoughts))
        found |= {n: thoughts[n].then(one) for n, one in zip(done, more, strict=True)}
        return list(found.values())

    def _said(
        self,
        prompts: Prompts,
        needed: Sequence[int],
        room: Sequence[int],
        stop: str,
        kept: Sequence[int] | None = None,
    ) -> list[Said]:
        """Return what is written behind prompts, up to and including a stop string.

        Args:
            prompts: Token ids.
            needed: The fewest tokens for which there has to be room.
            room: The most tokens that may be written.
            stop: Ends an answer.
            kept: Tokens of the window that are kept for what comes after; None keeps none.
        """
        # Imports torch, as the model did.
        from claimkit.evaluation.generation.generating import generate

        lengths = [len(prompt) for prompt in prompts]
        kept = [0] * len(prompts) if kept is None else kept
        caps = [self._cap(*one) for one in zip(lengths, needed, room, kept, strict=True)]
        found = generate(self.model, prompts, caps, tokenizer=self.tokenizer, stop=(stop,))
        return [
            Said(one.text + stop * (one.ended == "stop"), one.tokens, one.ended, one.margin)
            for one in found
        ]

    def _cap(self, prompt: int, needed: int, most: int, kept: int) -> int:
        """Return how many tokens may be written, if the window has room for those that are needed.

        Raises:
            NotApplicable: With the number of tokens needed and the window.
        """
        window = self.model.window
        if window is None:
            return most
        # The last token that is written is never fed.
        left = window - prompt - kept + 1
        if left < needed:
            raise NotApplicable(
                f"window too short: a prompt of {prompt} tokens and an answer of {needed + kept} "
                f"with what ends it take {prompt + needed + kept - 1}, the window is {window}"
            )
        return min(most, left)

    def _require_writable(self, question: Written, gold: list[int]) -> None:
        """Raise if the tokenizer has no tokens for a question or its answer.

        Raises:
            NotApplicable: With what it makes of it.
        """
        unknown = self.tokenizer.unk_token_id
        # Some have one token for all that is special; their texts can hold no unknown one.
        shared = (self.tokenizer.bos_token_id, self.tokenizer.eos_token_id)
        asked = unknown is not None and unknown not in shared
        if asked and unknown in (*self._ids(question.words), *gold):
            raise NotApplicable(
                f"this tokenizer does not know a word of the question {question.words[-60:]!r} or "
                f"of its answer {question.gold[:60]!r}"
            )
        if found := set(self.tokenizer.all_special_ids) & set(gold):
            raise NotApplicable(
                f"the answer {question.gold[:60]!r} holds the special tokens {sorted(found)} of "
                "this tokenizer, at which writing would end"
            )
        back = str(self.tokenizer.decode(gold, clean_up_tokenization_spaces=False))
        if back.strip() != question.gold.strip():
            raise NotApplicable(
                f"this tokenizer cannot write the answer {question.gold[:60]!r}: it comes back "
                f"from its tokens as {back[:60]!r}"
            )

    def _prompts(self, asked: Sequence[str]) -> list[list[int]]:
        if self.chat is not None:
            # The template has written all special tokens already.
            return [self._ids(self.chat.prompt(words)) for words in asked]
        bos = BosPolicy.of(self.tokenizer, asked[0])
        return [bos.in_front_of(self._ids(words)) for words in asked]

    def _ids(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(text, add_special_tokens=False))


def _needed(gold: Prompts) -> list[int]:
    """Return how many tokens right answers take, with what ends them."""
    return [len(right) + SPARE for right in gold]
