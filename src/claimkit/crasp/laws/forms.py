"""Questions as programs meet them: which string, read at which positions, and what should hold.

The expected values come from the rules of :mod:`claimkit.tasks`, never from a program. A question
is a tuple of symbols: for retrieval the context with the query behind it, for copying the source,
for the algorithmic tasks the input, for a language a word.

============  ====================  =====================================  =====================
kind          string                read at                                expected
============  ====================  =====================================  =====================
retrieval     x1 … xN ``|`` q       q                                      NEXT of the answer
copying       ``$`` x ``|`` y       the separator and every y              then none
algorithmic   ``$`` x ``|`` y       the separator and every y              then NEXT of ``#``
language      ``$`` s1 … sn         every position, from ``$`` on          ACCEPT, MAY
============  ====================  =====================================  =====================

Addition has no separator: its inputs end in ``=``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, Literal, final

from claimkit.crasp.symbols import BOS, SEP
from claimkit.errors import InvalidQuestion, UnknownTask
from claimkit.tasks import (
    ALGORITHMIC,
    ALL_TASKS,
    LANGUAGES,
    Algorithmic,
    Copying,
    Language,
    Retrieval,
)
from claimkit.tasks.base import Group
from claimkit.tasks.naming import did_you_mean
from claimkit.tasks.places import last_place

Word = tuple[str, ...]
Stop = Literal["unread", "none", "eos"]


class Form(ABC):
    """How the questions of one task become strings.

    Attributes:
        stop: What is read after the answer's last symbol: nothing is read there, none may hold, or
            exactly NEXT of ``#``.
    """

    stop: ClassVar[Stop]

    @property
    @abstractmethod
    def name(self) -> str:
        """The task's name."""

    @property
    def alphabet(self) -> Word | None:
        """The task's symbols, or None where any will do."""
        return None

    @abstractmethod
    def prompt(self, question: Word) -> Word:
        """Return the string up to the position at which the answer's first symbol is read."""

    @abstractmethod
    def answer(self, question: Word, symbols: Word) -> Word:
        """Return the one right answer.

        Args:
            question: A tuple of symbols.
            symbols: The alphabet, in order.

        Raises:
            InvalidQuestion: If the question is not well-formed for the task.
        """


@final
@dataclass(frozen=True)
class RetrievalForm(Form):
    """A context with its query behind it."""

    task: Retrieval
    stop: ClassVar[Stop] = "unread"

    @property
    def name(self) -> str:
        """The task's name."""
        return self.task.name

    def prompt(self, question: Word) -> Word:
        """Return the context, the separator and the query."""
        return (*question[:-1], SEP, question[-1])

    def answer(self, question: Word, symbols: Word) -> Word:
        """Return the one symbol; far retrieval has no query in the context's second half."""
        *context, query = question
        last = last_place(self.task.group, len(context))
        if self.task.group is Group.FAR_RETRIEVAL and query in context[last + 1 :]:
            raise InvalidQuestion(
                f"{self.name} needs the query {query!r} up to place {last} of {''.join(context)!r}"
            )
        return (self.task.answer(context, query),)


@final
@dataclass(frozen=True)
class CopyingForm(Form):
    """A source."""

    task: Copying
    stop: ClassVar[Stop] = "none"

    @property
    def name(self) -> str:
        """The task's name."""
        return self.task.name

    def prompt(self, question: Word) -> Word:
        """Return the source between the beginning and the separator."""
        return (BOS, *question, SEP)

    def answer(self, question: Word, symbols: Word) -> Word:
        """Return the copy."""
        return tuple(self.task.answer(question))


@final
@dataclass(frozen=True)
class AlgorithmicForm(Form):
    """An input."""

    task: Algorithmic
    stop: ClassVar[Stop] = "eos"

    @property
    def name(self) -> str:
        """The task's name."""
        return self.task.name

    @property
    def alphabet(self) -> Word | None:
        """The task's symbols, or None where any will do."""
        return self.task.alphabet

    def prompt(self, question: Word) -> Word:
        """Return the input between the beginning and the separator, if the task has one."""
        return (BOS, *question) if self.name == "Addition" else (BOS, *question, SEP)

    def answer(self, question: Word, symbols: Word) -> Word:
        """Return the answer, without ``#``."""
        return self.task.answer(question, symbols)


def _forms() -> Iterator[Form]:
    for task in ALL_TASKS.values():
        if isinstance(task, Retrieval):
            yield RetrievalForm(task)
        if isinstance(task, Copying):
            yield CopyingForm(task)
    yield from map(AlgorithmicForm, ALGORITHMIC.values())


_FORMS: Final[dict[str, Form | Language]] = {**{form.name: form for form in _forms()}, **LANGUAGES}
_KEYS: Final = {
    **{task.key: name for name, task in ALGORITHMIC.items()},
    **{language.key: name for name, language in LANGUAGES.items()},
}
NAMES: Final = tuple(_FORMS)
"""Every task of both papers that a program can be held against, by name."""


def form_of(task: str) -> Form | Language:
    """Return the form of a task, or the language itself.

    Args:
        task: A name, such as ``UR``, ``Copy Unique`` or ``D_2``, or a key such as ``copy-unique``.

    Raises:
        UnknownTask: If there is none; the message offers the nearest name.
    """
    name = _KEYS.get(task, task)
    if name in _FORMS:
        return _FORMS[name]
    hint = did_you_mean(task, {call: call for call in (*_KEYS, *NAMES)})
    raise UnknownTask(f"no task or language {task!r}{hint} There are: {', '.join(NAMES)}")
