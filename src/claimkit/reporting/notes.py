"""Notes: what a snapshot says of a verdict, in a few words beside it."""

from __future__ import annotations

from typing import Final

from claimkit.evidence.verdicts import Verdict
from claimkit.reporting.records import ClaimRecord

EXPECTED: Final = "expected"
CHANGED: Final = "changed"
IMPROVED: Final = "improved"

_BEFORE: Final = {
    Verdict.HOLDS.value: "held before",
    Verdict.FAILS.value: "failed before",
    Verdict.UNDECIDED.value: "was undecided before",
    Verdict.NOT_APPLICABLE.value: "was not applicable before",
}


def note_of(record: ClaimRecord) -> str:
    """Return ``expected``, ``changed: …``, ``improved: …``, or nothing.

    A failure that the snapshot has recorded is expected, and one that now holds an improvement. Any
    other difference is a change. Where nothing was judged, or nothing is recorded, there is none.
    """
    now, before = record.status, record.before
    if before not in _BEFORE or now not in _BEFORE:
        return ""
    if now == before:
        return EXPECTED if now == Verdict.FAILS else ""
    improved = now == Verdict.HOLDS and before == Verdict.FAILS
    return f"{IMPROVED if improved else CHANGED}: {_BEFORE[before]}"
