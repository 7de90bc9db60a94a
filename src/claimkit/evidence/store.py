"""The evidence store: all that was ever measured, on disk, shared by workers and runs.

A folder, made to be read, copied and deleted by hand::

    format.json                          the store's version
    streams/<2 hex>/<digest>/key.json    which strings, and which model was asked
    streams/<2 hex>/<digest>/records     the outcomes (see claimkit.evidence.records)
    head_scores/…                        the same of head scores, where circuits were measured
    answers/…                            the same of what models wrote, where they were let to write
    facts/<name>.json                    small things worth not computing again
    damaged/                             what was found damaged and set aside
    locks/                               empty files: one per stream, and one per piece in the works

How these are read, added and shared between workers stands in :mod:`claimkit.evidence.streams`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, final

from claimkit.evidence import facts as fact_files
from claimkit.evidence.answers import Answers
from claimkit.evidence.damage import StoreWarning, set_aside
from claimkit.evidence.files import readable, replace_file, told
from claimkit.evidence.folder import open_folder
from claimkit.evidence.head_scores import HeadScores
from claimkit.evidence.keys import EvidenceKey
from claimkit.evidence.locks import StoreBusy
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.rows import ANSWERS, HEAD_SCORES, OUTCOMES
from claimkit.evidence.streams import Streams

__all__ = ["EvidenceKey", "Store", "StoreBusy", "StoreWarning"]


@final
class HeadScoreStreams(Streams[HeadScores]):
    """The head scores in a store; a key has them apart from its outcomes."""

    kind = HEAD_SCORES
    folder = "head_scores"
    locked_as = ".head_scores"


@final
class AnswerStreams(Streams[Answers]):
    """The answers in a store; a key has them apart from its outcomes."""

    kind = ANSWERS
    folder = "answers"
    locked_as = ".answers"


@final
class Store(Streams[Outcomes]):
    """An evidence store in one folder, created where there is none: streams of outcomes, and more.

    Attributes:
        root: The store's folder.
        head_scores: The streams of head scores, which are read and added to in the same way.
        answers: Those of answers, too.

    Args:
        root: The store's folder.

    Raises:
        StoreError: If the folder cannot be written, or a newer claimkit wrote it.
    """

    kind = OUTCOMES
    folder = "streams"
    locked_as = ""

    def __init__(self, root: Path | str) -> None:
        # Absolute, so that whoever changes the working folder keeps the evidence.
        super().__init__(Path(root).absolute())
        with told("keep evidence in", self.root):
            open_folder(self.root)
        self.head_scores = HeadScoreStreams(self.root)
        self.answers = AnswerStreams(self.root)

    def facts(self, name: str) -> dict[str, Any] | None:
        """Return what was remembered under a name, or None; set damaged facts aside."""
        path = self.root / "facts" / fact_files.file_name(name)
        content = readable(path)
        found = fact_files.decode(content, name)
        # What was not there a moment ago may be there now, and whole: another worker wrote it.
        if found is None and content:
            set_aside(path, self.root / "damaged", content)
        return found

    def remember(self, name: str, facts: Mapping[str, Any]) -> None:
        """Keep small facts under a name, in place of those kept before.

        Raises:
            InvalidInput: If the facts would not come back from JSON as they are.
            StoreError: If the disk is full or not writable.
        """
        path = self.root / "facts" / fact_files.file_name(name)
        with told("remember facts in", path):
            replace_file(path, fact_files.encode(name, facts))
