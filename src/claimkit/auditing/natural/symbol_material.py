"""Strings of a task of symbols as what one model is asked in conversations.

Symbols are those of the model's alphabet, as scored questions without a template's words have it:
so they are the same for all tasks of a group, and for all templates.

Source: arXiv:2505.21785, §4.1 and its appendix on prompts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from claimkit.auditing.asks import Ask
from claimkit.auditing.observing import questions_of
from claimkit.auditing.subject import Subject
from claimkit.prompts.text_frames import WITH_CHAT
from claimkit.prompts.texts import Written
from claimkit.prompts.told import check_told, told_questions, told_words
from claimkit.tasks import SAMPLER_VERSION, Setting, Strings, Task
from claimkit.tasks.checking import identity
from claimkit.tasks.questions import check_askable

_BARE: Final = "bare"


@final
@dataclass(frozen=True)
class SymbolMaterial:
    """Strings of a task of symbols, in conversations.

    Attributes:
        task: Whose answers are gold.
        setting: How the questions are put, over this model's alphabet.
        symbols: As many of that alphabet as the setting has.
    """

    task: Task
    setting: Setting
    symbols: tuple[str, ...]

    @staticmethod
    def of(ask: Ask, subject: Subject) -> SymbolMaterial:
        """Return a task's strings, once it is known that there are such.

        Raises:
            NotApplicable: If the alphabet or the length admits none.
            Unsupported: If the task has no such template in conversations, or the tokenizer too few
                symbols.
        """
        plain = ask.wording
        check_told(ask.task, plain.template)
        symbols = subject.prompter(ask.task, replace(plain, template=_BARE)).tokens.symbols
        setting = ask.setting(len(symbols))
        setting = replace(setting, template=f"{setting.template}{WITH_CHAT}")
        check_askable(ask.task.group, setting)
        return SymbolMaterial(ask.task, setting, symbols[: setting.symbols])

    @property
    def identity(self) -> str:
        """The task's name; of one of one's own also what it answers."""
        return identity(self.task, self.setting)

    @property
    def label(self) -> str:
        """Such as ``UR at length 30, told``."""
        return f"{self.task.name} at length {self.setting.length}, told"

    @property
    def sampler_version(self) -> int:
        """That of strings."""
        return SAMPLER_VERSION

    @property
    def stop(self) -> str:
        """The end of a line, behind which there is no other; conversations do not read it."""
        return "\n"

    @property
    def wording(self) -> dict[str, Any]:
        """The alphabet, and how a question is put about no symbols in particular."""
        query = "q" if self.task.group.is_retrieval else None
        words = told_words(self.task, self._plain, [("xy", query, "z")], ("vw", query))
        return {"told": words, "symbols": list(self.symbols)}

    @property
    def _plain(self) -> Setting:
        return replace(self.setting, template=self.setting.template.removesuffix(WITH_CHAT))

    def digests(self, stop: int, purpose: str, start: int = 0) -> NDArray[np.uint64]:
        """Return a digest per string; its demonstrations count."""
        found = questions_of(self.task.group, self.setting, stop, purpose)
        return found[start:].digests()

    def questions(self, stop: int, purpose: str, start: int = 0) -> list[Written]:
        """Return strings in a user's words."""
        found = questions_of(self.task.group, self.setting, stop, purpose)[start:]
        return told_questions(self.task, self._plain, found, self.symbols)

    def question(self, index: int, purpose: str) -> str:
        """Return one string in a line with its right answer, as of scored questions."""
        found = questions_of(self.task.group, self.setting, index + 1, purpose)[index:]
        (asked,) = told_questions(self.task, self._plain, found, self.symbols)
        line = asked.words.rpartition("\n")[2]
        return f"{line} {asked.gold}".strip()

    def strings(self, stop: int, purpose: str) -> Strings:
        """Return the first strings of a stream, without their demonstrations."""
        return questions_of(self.task.group, self.setting, stop, purpose).strings
