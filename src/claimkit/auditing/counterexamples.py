"""Counterexamples to a claim about one task: hunted once, then remembered.

How a hunt ended is kept beside the evidence, under everything that it depends on, so that a later
run neither searches again nor loads the weights. A hunt that found nothing is not repeated either,
unless the example database holds questions that it did not try.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, final

import numpy as np

from claimkit.auditing.hunting.database import Examples
from claimkit.auditing.hunting.on_model import Quarry
from claimkit.auditing.hunting.questions import Found, Hunt, Question
from claimkit.auditing.observing import Observer, questions_of
from claimkit.auditing.replaying import HUNT, command
from claimkit.auditing.requests import Accuracy
from claimkit.errors import NotApplicable, StoreError
from claimkit.evidence.counterexamples import Counterexample
from claimkit.tasks import Setting
from claimkit.tasks.checking import identity
from claimkit.tasks.setting import plural
from claimkit.tasks.without import Without

HUNT_VERSION: Final = 1
"""Raised when the same hunt would end otherwise; what was remembered is forgotten then."""

DATABASE: Final = "database"
SAMPLE: Final = "sample"


class HuntWarning(UserWarning):
    """Something about a hunt that its result does not show."""


def counterexample_to(
    observer: Observer,
    request: Accuracy,
    *,
    sampled: int,
    examples: Path | None,
) -> Counterexample | None:
    """Return the smallest question that a hunt finds answered wrongly, or None.

    Args:
        observer: Where outcomes come from.
        request: The claim's request; of its tasks only the one that it is about is asked.
        sampled: The hunt starts from what was wrong among so many of the claim's strings.
        examples: Folder of the example database, or None for none; one that cannot be written
            is a warning.

    Raises:
        NotApplicable: If the model cannot be asked so.
        CheckTripped: If a check on the measuring fails.
        BudgetUsedUp: If the time for measuring is over before the end.
    """
    if isinstance(request.task, Without):
        raise NotApplicable(
            f"a counterexample is confirmed by the whole model's own answer, and {request.task} is "
            "asked of one with a path removed"
        )
    quarry = Quarry.of(observer, request.asks[0])
    kept = _Kept.of(quarry, examples)
    store, name = observer.subject.store, _fact(quarry)
    known = store.facts(name)
    if known is None or (known["found"] is None and not kept.words <= {*known["tried"]}):
        ended = quarry.hunt([*kept.starts, *_wrong(quarry, sampled)])
        _say_refuted(quarry, ended)
        known = _record(quarry, ended, kept)
        store.remember(name, known)
    if known["found"] is None:
        return None
    found = Counterexample.from_dict(known["found"])
    kept.add(_question(found, quarry.prompter.tokens.symbols))
    return replace(
        found,
        # The same weights may lie elsewhere now, or be loaded otherwise.
        replay=_command(quarry, found.context, found.query),
        sampled=_sampled(quarry, sampled),
    )


@final
@dataclass(frozen=True)
class _Kept:
    """What the example database holds for one task and setting, where there is a database.

    Attributes:
        database: Where new ones go, or None.
        symbols: The model's alphabet.
        questions: The examples that this alphabet can write, simplest first.
    """

    database: Examples | None
    symbols: tuple[str, ...]
    questions: tuple[Question, ...]

    @staticmethod
    def of(quarry: Quarry, folder: Path | None) -> _Kept:
        """Read the examples; say how many are damaged."""
        symbols = quarry.prompter.tokens.symbols
        if folder is None:
            return _Kept(None, symbols, ())
        database = Examples(folder, identity(quarry.task, quarry.setting), quarry.setting)
        questions, damaged = database.questions(symbols)
        if damaged:
            _warn(
                f"{plural(damaged, 'example')} of {quarry.label} in {folder} cannot be read and "
                "was passed over; delete what is damaged, or restore it"
            )
        return _Kept(database, symbols, questions)

    @property
    def starts(self) -> list[tuple[Question, str]]:
        """The examples, as a hunt takes them."""
        return [(question, DATABASE) for question in self.questions]

    @property
    def words(self) -> set[str]:
        """The examples as text, query behind the context."""
        return {" | ".join(_words(question, self.symbols)) for question in self.questions}

    def add(self, question: Question) -> None:
        """Keep an example, unless there is no database; say if it cannot be kept."""
        if self.database is None or question in self.questions:
            return
        try:
            self.database.add(question, self.symbols)
        except StoreError as error:
            # The verdict and its counterexample do not need a database.
            _warn(str(error))


def _fact(quarry: Quarry) -> str:
    """Return the name under which a hunt's end is remembered."""
    key = quarry.observer.subject.key(quarry.task, quarry.setting, HUNT)
    return f"hunt {HUNT_VERSION} {key.digest}"


def _wrong(quarry: Quarry, sampled: int) -> list[tuple[Question, str]]:
    """Return what was wrong among a claim's first strings, behind demonstrations of its own."""
    task, setting = quarry.task, quarry.setting
    outcomes = quarry.observer.outcomes(task, setting, sampled)
    strings = questions_of(task.group, setting, sampled).strings
    wrong = []
    for row in np.flatnonzero(~outcomes.right):
        query = None if strings.queries is None else int(strings.queries[row])
        wrong.append((Question(tuple(strings.contexts[row].tolist()), query), SAMPLE))
    return wrong


def _sampled(quarry: Quarry, sampled: int) -> str:
    """Return the first of a claim's strings that is wrong, with its right answer; "" if none is."""
    outcomes = quarry.observer.outcomes(quarry.task, quarry.setting, sampled)
    for row in np.flatnonzero(~outcomes.right)[:1]:
        questions = questions_of(quarry.task.group, quarry.setting, sampled)
        return quarry.prompter.question(quarry.task, questions, int(row))
    return ""


def _say_refuted(quarry: Quarry, ended: Hunt) -> None:
    if ended.refuted:
        first = " | ".join(filter(None, _words(ended.refuted[0], quarry.prompter.tokens.symbols)))
        _warn(
            f"{quarry.label}: greedy decoding answers {plural(len(ended.refuted), 'question')} "
            f"right, the first being {first!r}, whose scores are wrong; such near ties are within "
            "the noise of the arithmetic and are no counterexamples"
        )


def _warn(message: str) -> None:
    warnings.warn(message, HuntWarning, stacklevel=4)


def _words(question: Question, symbols: tuple[str, ...]) -> tuple[str, str]:
    """Return context and query as text."""
    query = "" if question.query is None else symbols[question.query]
    return " ".join(symbols[i] for i in question.context), query


def _question(found: Counterexample, symbols: tuple[str, ...]) -> Question:
    """Return the question of a counterexample; the reverse of :func:`_words`."""
    query = symbols.index(found.query) if found.query else None
    return Question(tuple(symbols.index(symbol) for symbol in found.context.split()), query)


def _record(quarry: Quarry, ended: Hunt, kept: _Kept) -> dict[str, Any]:
    """Return how a hunt ended as JSON-safe primitives."""
    found = None if ended.found is None else _counterexample(quarry, ended.found).to_dict()
    return {
        "found": found,
        "asked": ended.asked,
        "batches": ended.batches,
        "refuted": len(ended.refuted),
        "tried": sorted(kept.words),
    }


def _counterexample(quarry: Quarry, found: Found) -> Counterexample:
    context, query = _words(found.question, quarry.prompter.tokens.symbols)
    reply = quarry.reply(found.question)
    return Counterexample(
        task=quarry.task.name,
        setting=_place(quarry.setting, len(found.question.context)),
        prompt=reply.prompt,
        context=context,
        query=query,
        expected=reply.expected,
        actual=reply.actual,
        margin=found.margin,
        origin=found.origin,
        replay=_command(quarry, context, query),
    )


def _place(setting: Setting, length: int) -> str:
    """Return the setting in words, for a question of another length than the claim's."""
    if setting.demonstration_length == "short":
        return replace(setting, length=length).place
    place = replace(setting, length=length, demonstration_length="short").place
    return f"{place}, demonstrations of length {setting.length}"


def _command(quarry: Quarry, context: str, query: str) -> str:
    return command(quarry.observer.subject.spec, quarry.task, quarry.setting, context, query)
