"""Answers of one model to questions in words: from the store, or else from the model."""

from __future__ import annotations

import json
from functools import cached_property
from hashlib import sha256
from typing import Final, final

from claimkit.auditing.filling import filled
from claimkit.auditing.limits import Limits
from claimkit.auditing.natural.asking import Asker
from claimkit.auditing.natural.asks import TextAsk
from claimkit.auditing.natural.material import Material, material_of
from claimkit.auditing.subject import Progress, Subject
from claimkit.errors import NotApplicable, StoreError, Unsupported
from claimkit.evidence.answers import Answers
from claimkit.evidence.keys import EvidenceKey
from claimkit.models.chats import ends_by_settings, has_chat_template
from claimkit.prompts.chat import Chat, ChatMode
from claimkit.prompts.text_frames import WITH_CHAT
from claimkit.tasks import Setting, Strings
from claimkit.tasks.sampling import stream_seed

WRITING_VERSION: Final = 1
"""Raised whenever the same model would be asked, or its answer be read, otherwise."""


@final
class Writer:
    """Lets one model write.

    Attributes:
        subject: The model, and the store of what it wrote.
        chat: Whether questions are put in conversations.
        thinking: Tokens that it may think before it answers.
        limits: Until when it may be asked.
        progress: Called with (what is measured, texts done, texts wanted).
    """

    def __init__(
        self, subject: Subject, chat: ChatMode, thinking: int, limits: Limits, progress: Progress
    ) -> None:
        self.subject, self.chat, self.thinking = subject, chat, thinking
        self.limits, self.progress = limits, progress

    @cached_property
    def chats(self) -> bool:
        """Whether this model's questions are put in conversations; loads nothing."""
        if self.chat == "auto":
            return has_chat_template(self.subject.checkpoint)
        return self.chat == "on"

    def setting(self, ask: TextAsk) -> Setting:
        """Return the setting at which this model is asked.

        Raises:
            NotApplicable: If the task has no such template or texts, or is one about symbols and
                the model holds no conversations.
        """
        return self._material(ask).setting

    def identity(self, ask: TextAsk) -> str:
        """Return what a key calls the task of an ask.

        Raises:
            NotApplicable: As for :meth:`setting`.
        """
        return self._material(ask).identity

    def strings(self, ask: TextAsk, stop: int, purpose: str) -> Strings | None:
        """Return the first strings of a stream, where an ask is about symbols.

        Raises:
            NotApplicable: As for :meth:`setting`.
        """
        return self._material(ask).strings(stop, purpose)

    def _material(self, ask: TextAsk) -> Material:
        return material_of(ask, self.subject, self.chat, chats=self.chats)

    def answers(self, ask: TextAsk, stop: int, purpose: str) -> Answers:
        """Return what the model answers to texts 0 … stop − 1 of a stream, measuring what lacks.

        Args:
            ask: Task and setting.
            stop: One past the last text.
            purpose: ``claim`` is what verdicts read.

        Raises:
            NotApplicable: If the model cannot be asked so, or a text does not fit its window.
            CheckTripped: If a logit is NaN or infinite.
            BudgetUsedUp: If more has to be measured than the limits allow.
            StoreError: If what is stored is of other texts, or new answers cannot be stored.
        """
        if self.subject.known_runtime is None:
            # Nothing is stored, and even to ask would load the weights.
            self.limits.require(stop)
        material, store = self._material(ask), self.subject.store
        found = filled(
            store.answers,
            self.key(ask, purpose),
            stop,
            lambda first, last: self._measured(material, first, last, purpose),
            label=material.label,
            limits=self.limits,
            progress=self.progress,
        )
        if found.digests.tolist() != material.digests(stop, purpose).tolist():
            raise StoreError(
                f"the store {store.root} holds answers of {ask.task.name} to other texts than this "
                "version of claimkit draws; give another --evidence folder"
            )
        return found

    def key(self, ask: TextAsk, purpose: str) -> EvidenceKey:
        """Return the key of a stream of answers.

        Raises:
            NotApplicable: If the model cannot be asked so.
        """
        material, runtime = self._material(ask), self.subject.runtime
        return EvidenceKey(
            fingerprint=self.subject.fingerprint,
            task=material.identity,
            setting=material.setting.canonical(),
            seed=stream_seed(ask.task.group, material.setting, purpose),
            sampler_version=material.sampler_version,
            bos_policy=self._manners(material.setting),
            dtype=runtime.dtype,
            attention=runtime.attention,
            prompt=self._prompt_digest(material),
        )

    def question(self, ask: TextAsk, index: int, purpose: str) -> str:
        """Return one question of a stream with its right answer, without its demonstrations.

        Raises:
            NotApplicable: If the model cannot be asked so.
        """
        return self._material(ask).question(index, purpose)

    def describe(self) -> dict[str, str]:
        """Name the model for the summary, and how it is asked once it was; loads nothing."""
        how = "in conversations" if self.chats else "as text to go on with"
        return self.subject.describe(questions=how)

    def _manners(self, setting: Setting) -> str:
        """Return what else decides where an answer begins and ends."""
        ends = ends_by_settings(self.subject.checkpoint)
        said = f"as the tokenizer has it; ends {json.dumps(ends)}"
        chats = setting.template.endswith(WITH_CHAT)
        return f"{said}; {self.thinking} tokens of thoughts" if chats else said

    def _prompt_digest(self, material: Material) -> str:
        """Return a digest of all words that a question is put in.

        Which tokens they are follows from the fingerprint, which covers the tokenizer's files.
        """
        told: list[object] = [WRITING_VERSION, material.wording]
        if material.setting.template.endswith(WITH_CHAT):
            told.append(self._conversation.as_dict())
        return sha256(json.dumps(told).encode()).hexdigest()[:16]

    @cached_property
    def _conversation(self) -> Chat:
        """What the chat template writes around questions, as it did the first time.

        Templates may write the day's date; so the first rendering is remembered.

        Raises:
            NotApplicable: If there is no template, or it is of no use.
        """
        subject = self.subject
        name = f"chat {WRITING_VERSION} {subject.fingerprint} {subject.loaded_by}"
        known = subject.store.facts(name)
        if known is None:
            try:
                known = Chat.of(subject.tokenizer).as_dict()
            except Unsupported as error:
                raise NotApplicable(str(error)) from error
            subject.store.remember(name, known)
        return Chat(**known)

    def _measured(self, material: Material, start: int, stop: int, purpose: str) -> Answers:
        """Ask the model some questions, whatever the store holds."""
        subject = self.subject
        chats = material.setting.template.endswith(WITH_CHAT)
        chat = self._conversation if chats else None
        try:
            # What the tokenizer cannot do is told before the weights are loaded.
            questions = material.questions(stop, purpose, start)
            subject.require_runtime()
            asker = Asker(
                subject.language_model, subject.tokenizer, material.stop, chat, self.thinking
            )
            return Answers.of(asker.answers(questions), material.digests(stop, purpose, start))
        except Unsupported as error:
            raise NotApplicable(str(error)) from error
