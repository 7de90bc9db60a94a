"""What a natural task is: a text that stands in a prompt, and the text that answers it.

The tasks of the paper's main part speak of symbols; these speak of text, as people meet it. A task
sees no tokenizer: where a length counts tokens, more text is drawn than so many tokens can hold,
and :mod:`claimkit.prompts` cuts it, whereupon the task answers what is left.

Source: Jobanputra et al. 2025, arXiv:2505.21785, §4.2.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, final

from claimkit.errors import InvalidQuestion

Unit = Literal["token", "commit", "digit", "base", "UUID"]


class NaturalGroup(StrEnum):
    """Tasks of one group are asked about the same passages, so comparisons in it are paired."""

    LOREM = "lorem"
    PROSE = "prose"
    COMMITS = "commits"
    HASHES = "hashes"
    DNA = "dna"
    UUIDS = "uuids"

    @property
    def unit(self) -> Unit:
        """What a length counts."""
        return _UNITS[self]

    @property
    def is_cut(self) -> bool:
        """Whether a length counts tokens, so that a prompt has to cut what was drawn."""
        return self.unit == "token"


_UNITS: dict[NaturalGroup, Unit] = {
    NaturalGroup.LOREM: "token",
    NaturalGroup.PROSE: "token",
    NaturalGroup.COMMITS: "commit",
    NaturalGroup.HASHES: "digit",
    NaturalGroup.DNA: "base",
    NaturalGroup.UUIDS: "UUID",
}


@dataclass(frozen=True)
class Passage:
    """A natural question.

    Attributes:
        shown: The text that stands in the prompt, between its marks.
        answer: The one right answer.
    """

    shown: str
    answer: str


class NaturalTask(ABC):
    """A question about a text, with one right answer.

    Attributes:
        name: Its name in claims and reports.
        group: Whose passages it is asked about.
    """

    name: str
    group: NaturalGroup

    @property
    def unit(self) -> Unit:
        """What a length counts."""
        return self.group.unit

    def answer(self, shown: str) -> str:
        """Return the one right answer.

        Raises:
            InvalidQuestion: If nothing is shown.
        """
        if not shown:
            raise InvalidQuestion(
                f"{self.name} needs a text, got {shown!r}; "
                "claimkit.tasks.natural.draw_passages draws well-formed ones"
            )
        return self._answer(shown)

    def passage(self, shown: str) -> Passage:
        """Return the question about a text.

        Raises:
            InvalidQuestion: If nothing is shown.
        """
        return Passage(shown, self.answer(shown))

    @abstractmethod
    def _answer(self, shown: str) -> str:
        """Return the answer to a text that is not empty."""

    def __repr__(self) -> str:
        return self.name


@final
@dataclass(frozen=True, repr=False)
class AsShown(NaturalTask):
    """The text again, to the letter.

    >>> AsShown("HashCopy", NaturalGroup.HASHES).answer("9f3c")
    '9f3c'
    """

    name: str
    group: NaturalGroup

    def _answer(self, shown: str) -> str:
        return shown


@final
@dataclass(frozen=True, repr=False)
class LinesReversed(NaturalTask):
    r"""The lines in reversed order, each as shown.

    >>> LinesReversed("CherryPickOrder", NaturalGroup.COMMITS).answer("new\nold\noldest")
    'oldest\nold\nnew'
    """

    name: str
    group: NaturalGroup

    def _answer(self, shown: str) -> str:
        # Not splitlines: reversing twice has to give the text back, whatever ends its lines.
        return "\n".join(reversed(shown.split("\n")))
