"""The summary at the end of a run: a table of verdicts, and what they add up to.

Everything here is a pure function of the rows; nothing is printed. Text fits the width it is given
by folding, never by cutting, since a reason that is cut off reads like another reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from claimkit.evidence.verdicts import EACH, Judgement, Verdict
from claimkit.reporting.console import as_text
from claimkit.reporting.notes import EXPECTED, note_of
from claimkit.reporting.records import (
    BASE,
    ERROR,
    MODEL,
    NOT_REPORTED,
    SKIPPED,
    ClaimRecord,
    model_in_words,
)
from claimkit.tasks.setting import plural

__all__ = [
    "ERROR",
    "NOT_REPORTED",
    "SKIPPED",
    "Row",
    "Summary",
    "error_rate",
    "footer",
    "render",
    "rows_of",
    "rows_of_all",
]

STYLES: Final[Mapping[str, str]] = {
    Verdict.HOLDS: "green",
    Verdict.FAILS: "bold red",
    Verdict.UNDECIDED: "yellow",
    Verdict.NOT_APPLICABLE: "cyan",
    ERROR: "bold red",
    SKIPPED: "cyan",
    NOT_REPORTED: "bold red",
}


@final
@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        claim: The claim's number; empty if the test has none.
        status: A verdict, or :data:`ERROR`, :data:`SKIPPED`, :data:`NOT_REPORTED`.
        text: What was measured, or why nothing was.
        judgement: What was judged, if anything was.
        note: How the verdict differs from the one that a snapshot has recorded, or ``expected``.
        tests: How many tests it stands for.
    """

    claim: str
    status: str
    text: str
    judgement: Judgement | None = None
    note: str = ""
    tests: int = 1

    @classmethod
    def of(cls, claim: str, judgement: Judgement, note: str = "") -> Row:
        """The row of a judgement."""
        return cls(claim, judgement.verdict.value, _effect(judgement), judgement, note)


def rows_of_all(records: Iterable[ClaimRecord]) -> Iterator[Row]:
    """The rows of all tests; those not about the model that were only listed get one a claim."""
    for (claim, listed), group in groupby(records, lambda r: (r.claim, _listed(r))):
        tests = list(group)
        if listed and len(tests) > 1:
            text = f"{len(tests)} tests: {listed}"
            yield Row(claim, tests[0].status, text, tests=len(tests))
        else:
            yield from (row for record in tests for row in rows_of(record))


def _listed(record: ClaimRecord) -> str:
    """Return why a test that is not about the model was only listed; empty if it was run."""
    about = record.subject != MODEL and record.status == Verdict.NOT_APPLICABLE
    return record.judgements[0].reason if about and len(record.judgements) == 1 else ""


def rows_of(record: ClaimRecord) -> Iterator[Row]:
    """The rows of a test: one for each judgement, and one if none of them explains its end."""
    for judgement in record.judgements:
        last = judgement is record.judgements[-1]
        yield Row.of(record.claim, judgement, note_of(record) if last else "")
    if record.status == NOT_REPORTED:
        yield Row(record.claim, NOT_REPORTED, record.test)
    elif record.status in (ERROR, SKIPPED):
        test = record.test.rpartition("::")[2]
        yield Row(record.claim, record.status, f"{test}: {record.reason}")


@final
@dataclass(frozen=True)
class Summary:
    """All that is said at the end of a run.

    Attributes:
        rows: In the order of the claims.
        alpha: Error rate of one verdict.
        subject: Model, fingerprint, dtype, device and BOS policy, and whose descendants were judged
            beside it; empty if none was needed.
        evidence: The folder that keeps the evidence.
        unreached: Claims that an interrupted run did not come to.
    """

    rows: Sequence[Row]
    alpha: float
    subject: Mapping[str, str] = field(default_factory=dict)
    evidence: str = ""
    unreached: int = 0


def render(summary: Summary, *, width: int, color: bool) -> str:
    """The summary as text of at most ``width`` columns, with ANSI colours if ``color``."""
    return as_text(_layout(summary), width=width, color=color)


def _layout(summary: Summary) -> RenderableType:
    return Group(_table(summary.rows), Text(), *(Text(line) for line in footer(summary)))


def _table(rows: Sequence[Row]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    table.add_column("claim", overflow="fold", width=5)
    table.add_column("verdict", overflow="fold", width=10)
    table.add_column("effect (and what the claim needs)", overflow="fold", ratio=1)
    table.add_column("strings", justify="right", width=7, no_wrap=True)
    table.add_column("time", justify="right", width=6, no_wrap=True)
    for row in rows:
        table.add_row(
            Text(row.claim),
            Text(row.status, style=_style(row)),
            Text(f"{row.text}; {row.note}" if row.note else row.text),
            _samples(row.judgement),
            _seconds(row.judgement),
        )
    return table


def footer(summary: Summary) -> Iterator[str]:
    """The lines below the table: counts, error rate, model, evidence."""
    parts = [part for status in STYLES for part in _count(summary.rows, status)]
    seconds = sum(row.judgement.seconds for row in summary.rows if row.judgement)
    yield f"{', '.join(parts) or 'no verdicts'}; {seconds:.1f} s of measuring"
    if summary.unreached:
        yield f"stopped early; claims not reached: {summary.unreached}"
    yield error_rate(summary.rows, summary.alpha)
    if summary.subject:
        yield from _subject(summary.subject)
    if summary.evidence:
        yield f"evidence: {summary.evidence}"


def _count(rows: Sequence[Row], status: str) -> Iterator[str]:
    """How many rows have a status, and how many of them a note, e.g. ``5 fails (4 expected)``."""
    found = [
        row.note.partition(":")[0] for row in rows for _ in range(row.tests) if row.status == status
    ]
    noted = [f"{count} {note}" for note, count in sorted(Counter(found).items()) if note]
    if found:
        yield f"{len(found)} {status}" + (f" ({', '.join(noted)})" if noted else "")


def _style(row: Row) -> str:
    return "dim" if row.note == EXPECTED else STYLES.get(row.status, "")


def error_rate(rows: Iterable[Row], alpha: float) -> str:
    """How often the run as a whole may be wrong.

    Every verdict that looked at data is wrong with probability alpha at most, one over several
    drawn settings too, since these share its alpha. So the expected number of wrong ones is at most
    the sum, and so is the chance of any (union bound; verdicts need not be independent). Verdicts
    about theory estimate nothing and have no part in it.
    """
    judged = [row.judgement for row in rows if row.judgement is not None]
    tested = sum(judgement.estimate is not None for judgement in judged)
    exact = sum(judgement.exact for judgement in judged)
    theory = f"{plural(exact, 'verdict')} about theory, where nothing is estimated"
    if exact and not tested:
        return f"error rate: none over {theory}"
    total = alpha * tested
    without = f"; not counted: {theory}" if exact else ""
    return (
        f"error rate: at most {alpha:g} per verdict; over {tested} verdicts at most {total:.3g} "
        f"wrong ones are expected, and the chance of any is at most {min(total, 1.0):.3g}{without}"
    )


def _subject(subject: Mapping[str, str]) -> Iterator[str]:
    model = {name: value for name, value in subject.items() if name != BASE}
    if model:
        yield f"model: {model_in_words(model)}"
    if BASE in subject:
        yield f"{BASE}: {subject[BASE]}"


def _effect(judgement: Judgement) -> str:
    if judgement.estimate is None:
        return judgement.sentence()
    measured = judgement.estimate.phrase(judgement.thresholds).partition(" from ")[0]
    text = f"{judgement.label}: {measured} ({judgement.needs})"
    return f"{text}; {judgement.reason}" if judgement.reason else text


def _samples(judgement: Judgement | None) -> Text:
    """The strings that were read; 64 strings of each of two tasks are ``2×64``."""
    if judgement is None or judgement.estimate is None or not judgement.estimate.samples:
        return Text("")
    each = "2×" if judgement.estimate.unit == EACH else ""
    return Text(f"{each}{judgement.estimate.samples}")


def _seconds(judgement: Judgement | None) -> Text:
    """The time that measuring took; what is decided without has none."""
    if judgement is None or judgement.exact:
        return Text("")
    return Text(f"{judgement.seconds:.1f}s")
