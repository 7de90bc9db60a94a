"""Material: what one ask puts to one model, be it texts or symbols.

A natural task is put as a text to go on with or in a conversation. A task of symbols is put in
conversations only: of a model that goes on with a text, its answers are scored instead
(:mod:`claimkit.auditing.audit`).

Source: arXiv:2505.21785, §4.1 and §4.2.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from claimkit.auditing.natural.asks import TextAsk
from claimkit.auditing.natural.symbol_material import SymbolMaterial
from claimkit.auditing.natural.text_material import TextMaterial
from claimkit.auditing.subject import Subject
from claimkit.errors import NotApplicable, Unsupported
from claimkit.models.chats import has_chat_template
from claimkit.prompts.chat import ChatMode
from claimkit.prompts.texts import Written
from claimkit.tasks import Setting, Strings, Task
from claimkit.tasks.natural import NaturalTask


class Material(Protocol):
    """What one ask puts to one model."""

    @property
    def setting(self) -> Setting:
        """How this model is asked."""
        ...

    @property
    def identity(self) -> str:
        """What a key calls the task."""
        ...

    @property
    def label(self) -> str:
        """What the progress line calls it."""
        ...

    @property
    def sampler_version(self) -> int:
        """Version of what draws it."""
        ...

    @property
    def stop(self) -> str:
        """Ends an answer outside conversations."""
        ...

    @property
    def wording(self) -> dict[str, Any]:
        """All that words are put together from, as JSON; part of every key."""
        ...

    def digests(self, stop: int, purpose: str, start: int = 0) -> NDArray[np.uint64]:
        """Return a digest of all that each question shows, uint64 ``(string,)``."""
        ...

    def questions(self, stop: int, purpose: str, start: int = 0) -> list[Written]:
        """Return questions start … stop − 1 of a stream.

        Raises:
            Unsupported: If this model's tokenizer cannot be asked them.
        """
        ...

    def question(self, index: int, purpose: str) -> str:
        """Return one question with its right answer, without its demonstrations."""
        ...

    def strings(self, stop: int, purpose: str) -> Strings | None:
        """Return the first strings of a stream; None where there are texts."""
        ...


def material_of(ask: TextAsk, subject: Subject, chat: ChatMode, *, chats: bool) -> Material:
    """Return what an ask puts to a model.

    Args:
        ask: Task and setting.
        subject: The model.
        chat: What was asked for.
        chats: Whether that puts questions in conversations.

    Raises:
        NotApplicable: If the task has no such template, texts or strings, or the model holds no
            conversations and is asked about symbols.
    """
    try:
        if isinstance(ask.task, NaturalTask):
            return TextMaterial.of(ask.task, ask.setting, subject, chats=chats)
        require_conversations(ask.task, subject, chat)
        return SymbolMaterial.of(ask.of_symbols, subject)
    except Unsupported as error:
        raise NotApplicable(str(error)) from error


def require_conversations(task: Task, subject: Subject, chat: ChatMode) -> None:
    """Raise unless a model is asked in conversations.

    Raises:
        NotApplicable: With the reason.
    """
    if chat == "off":
        raise NotApplicable(
            f"texts are asked about {task.name} in conversations only, which --chat off leaves out"
        )
    if not has_chat_template(subject.checkpoint):
        raise NotApplicable(
            "this model holds no conversations: its tokenizer has no chat template; about a model "
            f"that goes on with a text {task.name} is asked with the evidence fixture"
        )
