"""Texts of a natural task as what one model is asked.

Source: arXiv:2505.21785, §4.2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from claimkit.auditing.subject import Subject
from claimkit.prompts.text_frames import WITH_CHAT, TextFrame, text_frame
from claimkit.prompts.texts import Drawn, Written, check_texts, drawn_texts, written
from claimkit.tasks import Setting
from claimkit.tasks.natural import NATURAL_SAMPLER_VERSION, NaturalTask


@final
@dataclass(frozen=True)
class TextMaterial:
    """Texts of a natural task.

    Attributes:
        task: Whose answers are gold.
        setting: How the questions are put.
        subject: The model, whose tokenizer cuts texts.
    """

    task: NaturalTask
    setting: Setting
    subject: Subject

    @staticmethod
    def of(task: NaturalTask, setting: Setting, subject: Subject, *, chats: bool) -> TextMaterial:
        """Return a task's texts, once it is known that there are such.

        Raises:
            NotApplicable: If claimkit ships no prose of this length.
            Unsupported: If the task has no such template.
        """
        if chats:
            setting = replace(setting, template=f"{setting.template}{WITH_CHAT}")
        check_texts(task, setting)
        return TextMaterial(task, setting, subject)

    @property
    def identity(self) -> str:
        """The task's name."""
        return self.task.name

    @property
    def label(self) -> str:
        """Such as ``HashCopy of 64``."""
        return f"{self.task.name} of {self.setting.length}"

    @property
    def sampler_version(self) -> int:
        """That of texts."""
        return NATURAL_SAMPLER_VERSION

    @property
    def stop(self) -> str:
        """The stop string of its template."""
        return self._frame.stop

    @property
    def wording(self) -> dict[str, Any]:
        """What is written around texts."""
        return self._frame.as_dict()

    @property
    def _frame(self) -> TextFrame:
        return text_frame(self.task, self.setting.template)

    def digests(self, stop: int, purpose: str, start: int = 0) -> NDArray[np.uint64]:
        """Return a digest per text; its demonstrations count."""
        return drawn_texts(self.task.group, self.setting, stop, start, purpose).digests()

    def questions(self, stop: int, purpose: str, start: int = 0) -> list[Written]:
        """Return texts as questions.

        Raises:
            Unsupported: If a text is shorter than it should be in this model's tokens.
        """
        drawn = drawn_texts(self.task.group, self.setting, stop, start, purpose)
        return written(self.task, self.setting, drawn, self.subject.tokenizer)

    def question(self, index: int, purpose: str) -> str:
        """Return one text as a question, with its right answer."""
        drawn = drawn_texts(self.task.group, self.setting, index + 1, index, purpose)
        plain = replace(self.setting, demonstrations=0)
        (asked,) = written(self.task, plain, Drawn(drawn.shown, ()), self.subject.tokenizer)
        return f"{asked.words}{asked.gold}"

    def strings(self, stop: int, purpose: str) -> None:
        """Return nothing: texts are no strings of symbols."""
