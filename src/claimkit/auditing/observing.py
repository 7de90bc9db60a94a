"""Observing: outcomes of a stream's first strings, from the store or else from the model."""

from __future__ import annotations

from functools import lru_cache
from typing import final

import numpy as np

from claimkit.auditing.subject import CHUNK, Progress, Subject, no_progress
from claimkit.errors import StoreError
from claimkit.evidence.outcomes import Outcomes
from claimkit.tasks import Group, Setting, Task
from claimkit.tasks.questions import Questions, draw_questions


@lru_cache(maxsize=16)
def questions_of(group: Group, setting: Setting, stop: int) -> Questions:
    """Return the first questions of a stream; the tasks of a group share them."""
    return draw_questions(group, setting, stop)


@final
class Observer:
    """Fills the store as far as a decision needs.

    Attributes:
        subject: The model under test.
        progress: Called with (what is measured, strings done, strings wanted).
    """

    def __init__(self, subject: Subject, progress: Progress = no_progress) -> None:
        """Watch one subject."""
        self.subject, self.progress = subject, progress

    def outcomes(self, task: Task, setting: Setting, stop: int) -> Outcomes:
        """Return the outcomes of strings 0 … stop − 1, measuring what the store lacks.

        Only one worker measures a stream at a time; whoever waited finds it measured.

        Raises:
            NotApplicable: If such strings cannot be drawn or do not fit the model's window.
            StoreError: If stored outcomes belong to other strings than this version draws.
        """
        subject = self.subject
        questions = questions_of(task.group, setting, stop)
        subject.prompter(task, setting).check_window(task, setting, subject.checkpoint.window)
        key, store = subject.key(task, setting), subject.store
        found = store.read(key)
        if len(found) < stop:
            with store.lock(key):
                found = store.read(key)
                for start in range(len(found), stop, CHUNK):
                    rows = slice(start, min(start + CHUNK, stop))
                    self.progress(f"{task.name} at length {setting.length}", start, stop)
                    new = subject.measure(task, setting, questions[rows])
                    store.append(key, start, new)
                    found = Outcomes.concatenate([found, new])
                self.progress(f"{task.name} at length {setting.length}", stop, stop)
        return self._same_strings(found[:stop], questions, task)

    def _same_strings(self, found: Outcomes, questions: Questions, task: Task) -> Outcomes:
        if not np.array_equal(found.digests, questions.digests()):
            raise StoreError(
                f"the store {self.subject.store.root} holds outcomes of {task.name} for other "
                "strings than this version of claimkit draws; give another --evidence folder"
            )
        return found
