"""Counterexamples kept between runs, in a Hypothesis example database that one can commit.

An entry holds the symbols themselves and not their numbers, so that a model with another alphabet
can be asked the same question; the key says which task was asked, and how. Length and alphabet are
not in it: a question that failed at one length is worth a try in every hunt of its kind. Examples
that no longer fail stay, since another model may fail on them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from claimkit.auditing.hunting.questions import Question
from claimkit.errors import StoreError
from claimkit.tasks import Setting

if TYPE_CHECKING:
    from hypothesis.database import DirectoryBasedExampleDatabase

FORMAT = "claimkit.example/1"


@final
class Examples:
    """The counterexamples to one task, asked in one way."""

    def __init__(self, folder: Path, task: str, setting: Setting) -> None:
        """Open a folder, which need not exist before the first :meth:`add`.

        Args:
            folder: Of Hypothesis's ``DirectoryBasedExampleDatabase``.
            task: The task's identity, see :func:`claimkit.tasks.checking.identity`.
            setting: Its length and alphabet do not matter.
        """
        self._folder = folder
        asked = {**setting.canonical(), "task": task, "format": FORMAT}
        del asked["length"], asked["symbols"]
        self._key = json.dumps(asked, sort_keys=True).encode()

    def questions(self, alphabet: Sequence[str]) -> tuple[tuple[Question, ...], int]:
        """Return the examples that an alphabet can write, and how many entries are damaged.

        Args:
            alphabet: The model's symbols, in the order of their numbers.

        Returns:
            The examples, the simplest first, and the number of entries that hold no example.
        """
        numbers = {symbol: number for number, symbol in enumerate(alphabet)}
        found: set[Question] = set()
        damaged = 0
        for value in self._database().fetch(self._key):
            written = _read(value)
            if written is None:
                damaged += 1
                continue
            context, query = written
            if {*context, *query} <= numbers.keys():
                asked = numbers[query[0]] if query else None
                found.add(Question(tuple(numbers[symbol] for symbol in context), asked))
        return tuple(sorted(found, key=lambda question: question.simplicity)), damaged

    def add(self, question: Question, alphabet: Sequence[str]) -> None:
        """Keep an example; a second time changes nothing.

        Raises:
            StoreError: If the folder cannot be written, about which Hypothesis says nothing.
        """
        written = {
            "context": [alphabet[symbol] for symbol in question.context],
            "query": None if question.query is None else alphabet[question.query],
        }
        value = json.dumps(written, ensure_ascii=False).encode()
        database = self._database()
        database.save(self._key, value)
        if value not in database.fetch(self._key):
            raise StoreError(
                f"the counterexample {value.decode()} cannot be kept in {self._folder}; make that "
                "folder writable, or give another one"
            )

    def _database(self) -> DirectoryBasedExampleDatabase:
        # Imported here: a run without a failing risk needs no Hypothesis.
        from hypothesis.database import DirectoryBasedExampleDatabase

        return DirectoryBasedExampleDatabase(self._folder)


def _read(value: bytes) -> tuple[list[str], list[str]] | None:
    """Return context and query, the latter empty for copying; None for what is no example."""
    try:
        written: Any = json.loads(value)
        context, query = written["context"], written["query"]
    except (ValueError, TypeError, KeyError):
        return None
    asked = [] if query is None else [query]
    if not isinstance(context, list) or not context:
        return None
    if not all(isinstance(symbol, str) and symbol for symbol in [*context, *asked]):
        return None
    return context, asked
