"""Replaying texts: one text put to a model again, and the command that does it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from claimkit.auditing.drawing import CLAIM
from claimkit.auditing.natural.asks import TextAsk
from claimkit.auditing.replaying import model_name, unusual, words_of
from claimkit.models.spec import ModelSpec
from claimkit.prompts.chat import Chat
from claimkit.prompts.text_frames import WITH_CHAT, text_frame
from claimkit.prompts.texts import TextTokenizer, Written, check_texts, cut, drawn_texts, written
from claimkit.tasks import Setting
from claimkit.tasks.natural import NaturalTask, Passage

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from claimkit.auditing.natural.writing import Writer
    from claimkit.evidence.answers import Answer
    from claimkit.models.language_model import LanguageModel

THINKING: Final = 2048
"""Tokens of thoughts that the command allows where it is not told how many."""


def command_for_text(writer: Writer, ask: TextAsk, index: int) -> str:
    """Return the command line that asks about one text again.

    Args:
        writer: Who asked.
        ask: Task and setting.
        index: Which text of the stream that claims read.
    """
    spec = writer.subject.spec
    told = ask.setting
    usual = TextAsk(ask.task, ask.length).setting
    thinks = writer.chats and writer.thinking != THINKING
    return words_of(
        {
            "model": model_name(spec),
            **unusual(spec, ModelSpec(spec.model)),
            "task": ask.task.name,
            **unusual(told, usual),
            "chat": False if writer.chat == "auto" else writer.chat,
            "thinking": writer.thinking if thinks else False,
            "length": ask.length,
            "text": index,
        }
    )


def passage_of(
    task: NaturalTask, setting: Setting, index: int, tokenizer: TextTokenizer
) -> Passage:
    """Return one text of the stream that claims read, with its right answer.

    Args:
        task: Whose answer it is.
        setting: How the model is asked.
        index: Which text, counted from 0.
        tokenizer: Of the model that is asked.

    Raises:
        Unsupported: If the text is shorter than it should be.
    """
    (shown,) = drawn_texts(task.group, setting, index + 1, index, CLAIM).shown
    cuts = task.group.is_cut
    return task.passage(cut(shown, tokenizer, setting.length) if cuts else shown)


def ask_again(
    model: LanguageModel,
    tokenizer: PreTrainedTokenizerBase,
    ask: TextAsk,
    index: int,
    *,
    chats: bool,
    thinking: int,
) -> tuple[Written, Answer]:
    """Put one text of the stream that claims read to a model; return question and answer.

    Args:
        model: The model to ask.
        tokenizer: Its tokenizer.
        ask: Task and setting.
        index: Which text, counted from 0.
        chats: Whether it is put in a conversation, as its chat template writes one now.
        thinking: Tokens that the model may think, where it does.

    Raises:
        NotApplicable: If a question with its answer does not fit the model's window.
        Unsupported: If the model cannot be asked so.
    """
    # Imports torch, as the model did.
    from claimkit.auditing.natural.asking import Asker

    setting, task = ask.setting, ask.natural
    if chats:
        setting = replace(setting, template=f"{setting.template}{WITH_CHAT}")
    check_texts(task, setting)
    drawn = drawn_texts(task.group, setting, index + 1, index, CLAIM)
    questions = written(task, setting, drawn, tokenizer)
    chat = Chat.of(tokenizer) if chats else None
    stop = text_frame(task, setting.template).stop
    (answer,) = Asker(model, tokenizer, stop, chat, thinking).answers(questions)
    return questions[0], answer
