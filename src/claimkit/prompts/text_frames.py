"""What is written around a text that is to be copied or put into another order.

A prompt is an opening, solved examples and the text, up to where the answer begins; the answer ends
at a stop string. An instructed model is told the same as the user's words of a conversation, and
answers between tags (:mod:`claimkit.prompts.chat`): such a template's name ends in *+chat*.

Source: arXiv:2505.21785, §4.2 and its appendix on prompts: *echo tag* with demonstrations,
*verbatim until end tag* and *please repeat*. Differs: the paper does not print its prompts; the
words are ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Final, final

from claimkit.errors import Unsupported
from claimkit.prompts.chat import CLOSE, OPEN
from claimkit.tasks.natural import NaturalGroup, NaturalTask, Passage

WITH_CHAT: Final = "+chat"
"""Ends the name of a template whose words are those of the user of a conversation."""

PARAGRAPH_TEMPLATES: Final = ("echo", "verbatim", "repeat")
LOG: Final = "log"
COPY: Final = "copy"


@final
@dataclass(frozen=True)
class TextFrame:
    """What is written around texts and answers.

    Attributes:
        opening: In front of everything, for a model that goes on with a text.
        told: The same for a model that is told what to do.
        front: In front of a text.
        middle: Between a text and its answer.
        stop: Behind an answer; where it is written, the answer is over.
        join: Behind the stop string of a solved example.
    """

    opening: str
    told: str
    front: str
    middle: str
    stop: str
    join: str = "\n"

    def prompt(self, examples: Iterable[Passage], shown: str) -> str:
        """Return solved examples and a question, up to where the answer begins."""
        solved = "".join(self.solved(one) + self.join for one in examples)
        return f"{self.opening}{solved}{self.front}{shown}{self.middle}"

    def solved(self, passage: Passage) -> str:
        """Return a question with its answer and the stop string."""
        return f"{self.front}{passage.shown}{self.middle}{passage.answer}{self.stop}"

    def words(self, examples: Iterable[Passage], shown: str) -> str:
        """Return the user's words of a conversation."""
        solved = "".join(
            f"Example:\n{self._told(one.shown)}\nAnswer: {OPEN}{one.answer}{CLOSE}\n\n"
            for one in examples
        )
        return f"{self.told}\n\n{solved}{self._told(shown)}"

    def as_dict(self) -> dict[str, str]:
        """Return plain values; part of every key."""
        return asdict(self)

    def _told(self, shown: str) -> str:
        """Return a text without what would begin its answer."""
        return f"<text>\n{shown}\n</text>"


_COPIED: Final = "Write the text between <text> and </text> again, exactly, to the letter."
_ECHO: Final = TextFrame("", _COPIED, "<text>", "</text>\n<echo>", "</echo>")
_VERBATIM: Final = TextFrame(
    "The text is copied verbatim until the end tag.\n",
    "Copy the text between <text> and </text> verbatim.",
    "<begin>",
    "<end>\n<begin>",
    "<end>",
)
_REPEAT: Final = TextFrame(
    "",
    "Please repeat the text between <text> and </text>.",
    # No space at the end of what a model goes on from: with it most tokenizers begin another token.
    "Please repeat this text:\n",
    "\nThe text again:\n",
    "\n",
)
_EXACT: Final = TextFrame("", _COPIED, "Original:\n", "\nCopy:\n", "\n\n", join="")

_PARAGRAPHS: Final = dict(zip(PARAGRAPH_TEMPLATES, (_ECHO, _VERBATIM, _REPEAT), strict=True))
_LOG_SHOWN: Final = "The text between <text> and </text> is what `git log --oneline` shows. "
_COMMITS: Final[Mapping[str, TextFrame]] = {
    "RevertOrder": TextFrame(
        "",
        f"{_LOG_SHOWN}All of these commits are to be reverted with `git revert`, which takes the "
        "newest first. List them in that order, a line each, as they are written there.",
        "$ git log --oneline\n",
        "\n# for git revert, from the newest to the oldest:\n",
        "\n\n",
        join="",
    ),
    "CherryPickOrder": TextFrame(
        "",
        f"{_LOG_SHOWN}All of these commits are to be picked with `git cherry-pick`, which takes "
        "the oldest first. List them in that order, a line each, as they are written there.",
        "$ git log --oneline\n",
        "\n# for git cherry-pick, from the oldest to the newest:\n",
        "\n\n",
        join="",
    ),
}


def templates_of_text(task: NaturalTask) -> tuple[str, ...]:
    """Return the templates that a natural task has, the first of which is the usual one.

    >>> from claimkit.tasks.natural import LOREM_COPY
    >>> templates_of_text(LOREM_COPY)
    ('echo', 'verbatim', 'repeat', 'echo+chat', 'verbatim+chat', 'repeat+chat')
    """
    plain = tuple(_frames(task))
    return (*plain, *(f"{name}{WITH_CHAT}" for name in plain))


def text_frame(task: NaturalTask, template: str) -> TextFrame:
    """Return what is written around a task's texts.

    Raises:
        Unsupported: If the task has no such template, with those that it has.
    """
    frames = _frames(task)
    name = template.removesuffix(WITH_CHAT)
    if name not in frames:
        there = ", ".join(map(repr, templates_of_text(task)))
        raise Unsupported(f"{task.name} has no template {template!r}, it has {there}")
    return frames[name]


def _frames(task: NaturalTask) -> Mapping[str, TextFrame]:
    if task.group.is_cut:
        return MappingProxyType(_PARAGRAPHS)
    if task.group is NaturalGroup.COMMITS:
        return {LOG: _COMMITS[task.name]} if task.name in _COMMITS else {}
    return {COPY: _EXACT}
