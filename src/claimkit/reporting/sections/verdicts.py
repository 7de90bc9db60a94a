"""Verdicts: every test of a claim, what was measured, and what that licenses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, final

from claimkit.evidence.verdicts import EACH, Judgement
from claimkit.reporting.notes import note_of
from claimkit.reporting.records import ClaimRecord, RunRecord
from claimkit.reporting.sections.section import Data, Section
from claimkit.reporting.summary import STYLES


@final
class VerdictsSection(Section):
    """One row per judgement, and one for each test that judged nothing or ended otherwise."""

    name: ClassVar[str] = "verdicts"
    title: ClassVar[str] = "All verdicts"

    def data(self, run: RunRecord) -> Data | None:
        """Return the rows, and the values that a reader can filter them by."""
        rows = [row for record in run.claims for row in verdict_rows(record)]
        if not rows:
            return None
        found = {row["verdict"] for row in rows}
        return {
            "rows": rows,
            # Numbers that only a plugin has heard of come last, and none is lost.
            "verdicts": [*(s for s in STYLES if s in found), *sorted(found - STYLES.keys())],
            "claims": list(dict.fromkeys(row["claim"] for row in rows if row["claim"])),
            "kinds": list(dict.fromkeys(row["kind"] for row in rows)),
            "notes": sorted({row["note"].partition(":")[0] for row in rows if row["note"]}),
        }


def verdict_rows(record: ClaimRecord) -> Iterator[Data]:
    """Yield the rows of one test; its last one carries what the test ended with."""
    judgements = record.judgements
    explained = bool(judgements) and record.status == judgements[-1].verdict
    for judgement in judgements:
        last = explained and judgement is judgements[-1]
        yield _row(record, judgement.verdict.value, judgement, last=last)
    if not explained:
        yield _row(record, record.status, None, last=True)


def _row(record: ClaimRecord, verdict: str, judgement: Judgement | None, *, last: bool) -> Data:
    return {
        "test": record.test,
        "claim": record.claim,
        "says": record.says,
        "source": record.source,
        "kind": kind_of(record),
        "subject": record.subject,
        "verdict": verdict,
        "label": record.test.rpartition("::")[2] if judgement is None else judgement.label,
        "effect": None if judgement is None else effect_of(judgement),
        "needs": "" if judgement is None else judgement.needs,
        "reason": record.reason if judgement is None else judgement.reason,
        "before": record.before if last else "",
        "note": note_of(record) if last else "",
        "failed": record.failed and last,
    }


def kind_of(record: ClaimRecord) -> str:
    """Return ``risk`` or ``finding``."""
    return "risk" if record.risk else "finding"


def effect_of(judgement: Judgement) -> Data | None:
    """Return what was measured, as numbers and as text; None if nothing was observed."""
    estimate = judgement.estimate
    if estimate is None:
        return None
    return {
        "value": float(estimate.value),
        "low": float(estimate.interval.low),
        "high": float(estimate.interval.high),
        "signed": estimate.signed,
        "thresholds": [float(threshold) for threshold in judgement.thresholds],
        "text": estimate.phrase(judgement.thresholds).partition(" from ")[0],
        "strings": int(estimate.samples),
        "unit": estimate.unit,
        "sample": _sample(estimate.samples, estimate.unit),
    }


def _sample(strings: int, unit: str) -> str:
    """Such as ``2048 pairs``; 64 strings of each of two tasks are ``2 × 64 strings``."""
    if not strings:
        return ""
    return f"2 × {strings} strings" if unit == EACH else f"{strings} {unit}"
