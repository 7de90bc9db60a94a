"""The journal: what became of each test, on the disk as soon as it is known.

A run keeps its journal in a folder of its own, ``<evidence>/runs/<time>-<process>/journal.jsonl``
(see :mod:`claimkit.reporting.lines`). One process writes it, line by line; so an interrupted run
can be reported as far as it came: what was collected and has no line is *not reported*.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, final

from claimkit.errors import InvalidInput
from claimkit.evidence.files import append_committed, replace_file, told
from claimkit.reporting.lines import CLAIM, END, FORMAT, PROVENANCE, RUN, decode, encode
from claimkit.reporting.records import MODEL, NOT_REPORTED, ClaimRecord, RunRecord, ordered
from claimkit.reporting.runs import JOURNAL, journal_of

Line = tuple[str, dict[str, Any]]
"""What a line is about, and what it says."""


class JournalWarning(UserWarning):
    """A line of a journal is damaged or was cut off; what it said is left out."""


@final
class Journal:
    """Writes the journal of one run; nobody else writes into its folder.

    Args:
        folder: The run's own folder, see :func:`claimkit.reporting.runs.new_run`; made by
            :meth:`begin`.
    """

    def __init__(self, folder: Path) -> None:
        self.path: Final = folder / JOURNAL
        self._known: dict[str, dict[str, Any]] = {}
        self._begun = time.monotonic()

    def begin(self, run: RunRecord) -> None:
        """Write the first line, before any test is reported.

        Args:
            run: Its ``claims`` are the tests that were collected, in order, as yet
                without a status of their own (:data:`claimkit.reporting.records.NOT_REPORTED`).

        Raises:
            StoreError: If the folder cannot be written.
        """
        self._known = _expected(run.claims)
        with told("keep the journal in", self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self.path, _header(run))

    def append(self, record: ClaimRecord) -> None:
        """Write what became of one test; the last line about a test is the one that counts.

        Raises:
            StoreError: If the disk is full or not writable; earlier lines stay as they are.
        """
        seconds = round(time.monotonic() - self._begun, 3)
        self._write(_claim(record, self._known.get(record.test), seconds))

    def note(self, provenance: Mapping[str, str]) -> None:
        """Write what became known of the run's provenance, beside or in place of earlier texts.

        How a model is run (dtype, device, attention, BOS) is not known before it runs.

        Raises:
            StoreError: As for :meth:`append`.
        """
        self._write(encode(PROVENANCE, dict(provenance)))

    def end(self, seconds: float) -> None:
        """Write that the run came to its end, and how long it took.

        Raises:
            StoreError: As for :meth:`append`.
        """
        self._write(encode(END, {"seconds": round(seconds, 3)}))

    def _write(self, line: bytes) -> None:
        with told("add to the journal", self.path):
            append_committed(self.path, line.removesuffix(b"\n"), b"\n")


def read_run(path: Path) -> RunRecord:
    """Read what one run found out, as far as it came; what is damaged is left out with a warning.

    Args:
        path: A journal, a folder that holds one (of a run or a report), or an evidence folder,
            of which the latest run is read.

    Raises:
        InvalidInput: If there is no journal, or one whose first line cannot be read.
        StoreError: If the file cannot be read.
    """
    journal = journal_of(path)
    with told("read", journal):
        content = journal.read_bytes()
    lines = content.splitlines(keepends=True)
    first = decode(lines[0]) if lines else None
    if first is None or first[0] != RUN:
        raise InvalidInput(
            f"{journal} does not begin like the journal of a run, or its first line was cut off; "
            "run the claims again (what was measured is in the evidence folder), or name another "
            "run with --run"
        )
    return _replay(journal, first[1], _intact(journal, lines[1:]))


def write_run(run: RunRecord, folder: Path) -> Path:
    """Write a run as a journal that :func:`read_run` reads back, beside a report for one.

    Equal runs make equal files.

    Raises:
        StoreError: If the folder cannot be written.
    """
    known = _expected(run.claims)
    said = [_claim(r, known[r.test], run.seconds) for r in run.claims if r != r.unreported]
    end = [encode(END, {"seconds": run.seconds})] if run.complete else []
    path = folder / JOURNAL
    with told("keep the journal in", path):
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(path, b"".join([_header(run), *said, *end]))
    return path


def _expected(claims: Iterable[ClaimRecord]) -> dict[str, dict[str, Any]]:
    """What is known of each test before it is reported, by its name."""
    return {record.test: record.unreported.to_dict() for record in claims}


def _header(run: RunRecord) -> bytes:
    tests = [_announced(record) for record in run.claims]
    return encode(RUN, {"format": FORMAT, **run.facts, "tests": tests})


def _announced(record: ClaimRecord) -> dict[str, Any]:
    """What the first line says of a test; the usual subject is left out, as it always was."""
    named = ("test", "claim", "says", "source", "risk")
    subject = {} if record.subject == MODEL else {"subject": record.subject}
    return {name: getattr(record, name) for name in named} | subject


def _claim(record: ClaimRecord, known: Mapping[str, Any] | None, seconds: float) -> bytes:
    """Return the line of a record, without what is known of its test anyway."""
    expected = known or {"subject": MODEL}
    news = {
        name: value
        for name, value in record.to_dict().items()
        if name not in expected or value != expected[name]
    }
    return encode(CLAIM, {"seconds": seconds, **news, "test": record.test})


def _intact(journal: Path, lines: Sequence[bytes]) -> list[Line]:
    """Return what the intact lines say, and warn of the others, once."""
    found = [decode(line) for line in lines]
    damaged = [number for number, said in enumerate(found, start=2) if said is None]
    if damaged:
        warnings.warn(
            f"{journal}: line {damaged[0]} was cut off or damaged"
            + (f", and {len(damaged) - 1} more" if damaged[1:] else "")
            + "; what it said is left out",
            JournalWarning,
            stacklevel=3,
        )
    return [said for said in found if said is not None]


def _replay(journal: Path, header: Mapping[str, Any], said: Iterable[Line]) -> RunRecord:
    """Return the run that a journal's lines add up to."""
    run = _begun(journal, header)
    known, found = _expected(run.claims), {record.test: record for record in run.claims}
    facts: dict[str, Any] = {"complete": False}
    provenance = {**run.provenance}
    for kind, value in said:
        facts |= {"seconds": value["seconds"]} if "seconds" in value else {}
        if kind == CLAIM:
            record = {name: told for name, told in value.items() if name != "seconds"}
            claim = ClaimRecord.from_dict({**known.get(record["test"], {}), **record})
            found[claim.test] = claim
        elif kind == PROVENANCE:
            provenance |= value
        elif kind == END:
            facts["complete"] = True
        else:
            raise InvalidInput(f"{journal} has a line about {kind!r}; upgrade claimkit to read it")
    # Workers report in any order; what was not announced comes last, in an order of its own.
    others = sorted(found.keys() - known.keys())
    claims = tuple(found[test] for test in (*known, *others))
    return replace(run, claims=claims, provenance=ordered(provenance), **facts)


def _begun(journal: Path, header: Mapping[str, Any]) -> RunRecord:
    """Return the run as its first line has it."""
    facts = {**header}
    if facts.pop("format", None) != FORMAT:
        raise InvalidInput(
            f"{journal} is of format {header.get('format')!r}, this claimkit reads {FORMAT!r}; "
            "upgrade claimkit, or run the claims again"
        )
    try:
        tests = tuple(ClaimRecord(**t, status=NOT_REPORTED) for t in facts.pop("tests"))
        return RunRecord(tests, **facts)
    except (KeyError, TypeError) as error:
        raise InvalidInput(f"{journal} is not the journal of a run: {error!r}") from error
