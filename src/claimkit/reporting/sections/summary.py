"""Summary: what the model can be relied on for, what it shows, and how often the run may err."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Final, final

from claimkit.evidence.comparison import Change, decide_all
from claimkit.evidence.verdicts import Verdict
from claimkit.reporting.notes import CHANGED, EXPECTED, IMPROVED, note_of
from claimkit.reporting.records import (
    BASE,
    FINETUNED,
    MODEL,
    RUNS,
    THEORY,
    ClaimRecord,
    RunRecord,
)
from claimkit.reporting.sections.section import Data, Section
from claimkit.reporting.sections.verdicts import kind_of
from claimkit.reporting.summary import STYLES, error_rate, rows_of
from claimkit.tasks.setting import plural

HOLDS: Final = Verdict.HOLDS.value
FAILS: Final = Verdict.FAILS.value
OPEN: Final = "open"
"""Of a claim that neither holds in all its tests nor fails in one."""
DISTRUST: Final = "cannot be trusted"
"""The name under which a run's provenance says why nothing it measured can be believed."""


@final
class SummarySection(Section):
    """The verdict on the model in one sentence, and a line for every claim."""

    name: ClassVar[str] = "summary"
    title: ClassVar[str] = "Summary"

    def data(self, run: RunRecord) -> Data:
        """Return counts by verdict, claim by claim; a run without claims has a summary, too."""
        claims = [_claim(records) for records in _by_claim(run.claims)]
        compared = decide_all((c for r in run.claims for c in r.comparisons), run.gate_alpha)
        changes = Counter(one.change for one in compared)
        return {
            "headline": _headline(run, claims, changes),
            "caveats": _caveats(run),
            "tests": len(run.claims),
            "failed": sum(record.failed for record in run.claims),
            "counts": _counts(run.claims),
            "claims": claims,
            "worse": [c.comparison.label for c in compared if c.change is Change.WORSE],
            "error_rate": error_rate(
                [row for record in run.claims for row in rows_of(record)], run.alpha
            ),
        }


def _by_claim(records: Iterable[ClaimRecord]) -> list[list[ClaimRecord]]:
    """Group the tests of one statement: a claim's number may stand for several."""
    groups: dict[tuple[str, str, bool, str], list[ClaimRecord]] = {}
    for record in records:
        key = (record.claim, record.says, record.risk, record.subject)
        groups.setdefault(key, []).append(record)
    return [groups[key] for key in sorted(groups, key=_place)]


def _place(key: tuple[str, str, bool, str]) -> tuple[bool, list[tuple[int, str]], str]:
    """Risks first; claims by number, A2 before A10; then in words."""
    claim, says, risk, _ = key
    parts = re.split(r"(\d+)", claim)
    return not risk, [(int(part) if part.isdecimal() else 0, part) for part in parts], says


def _claim(records: Sequence[ClaimRecord]) -> Data:
    notes = Counter(note_of(record).partition(":")[0] for record in records)
    return {
        "claim": records[0].claim,
        "says": records[0].says,
        "source": records[0].source,
        "kind": kind_of(records[0]),
        "subject": records[0].subject,
        "verdict": _together([record.status for record in records]),
        "tests": len(records),
        "counts": _counts(records),
        "notes": [
            {"note": n, "tests": notes[n]} for n in (EXPECTED, CHANGED, IMPROVED) if notes[n]
        ],
    }


def _together(statuses: Sequence[str]) -> str:
    """A claim holds if every test of it does, and fails if any does; else it is open.

    Tests that are not applicable say nothing of the others; a claim of nothing else is not
    applicable.
    """
    applied = [status for status in statuses if status != Verdict.NOT_APPLICABLE]
    if not applied:
        return Verdict.NOT_APPLICABLE.value
    if FAILS in applied:
        return FAILS
    return HOLDS if set(applied) == {HOLDS} else OPEN


def _counts(records: Iterable[ClaimRecord]) -> list[Data]:
    counts = Counter(record.status for record in records)
    order = [*(s for s in STYLES if counts[s]), *sorted(counts.keys() - STYLES.keys())]
    return [{"verdict": status, "tests": counts[status]} for status in order]


def _headline(run: RunRecord, claims: Sequence[Data], changes: Mapping[Change, int]) -> str:
    """Return one sentence: what the model is good for, what it shows, whether it became worse.

    What theory and trained runs say comes behind it, in sentences of their own; alone where no
    model was examined.
    """
    theory = _of_theory([claim for claim in claims if claim["subject"] == THEORY])
    about_trained = [c for c in claims if c["subject"] in (RUNS, FINETUNED)]
    trained = _of_trained(about_trained, run.provenance.get(BASE, ""))
    beside = " ".join(filter(None, (theory, trained)))
    if run.about_no_model:
        return beside or "No claim applies."
    about = [claim for claim in claims if claim["subject"] == MODEL]
    risks = [claim for claim in about if claim["kind"] == "risk"]
    findings = [claim for claim in about if claim["kind"] == "finding"]
    parts = [*_of_risks(risks), _of_findings(findings), _of_changes(run, changes)]
    model = run.provenance.get("model", "") or "The model"
    return f"{model} {'; '.join(part for part in parts if part)}. {beside}".rstrip()


def _of_risks(risks: Sequence[Data]) -> list[str]:
    named = {verdict: _numbers(risks, verdict) for verdict in (HOLDS, FAILS, OPEN)}
    words = {
        HOLDS: "can be relied on for {}",
        FAILS: "cannot be relied on for {}",
        OPEN: "leaves {} open",
    }
    return [text.format(named[verdict]) for verdict, text in words.items() if named[verdict]]


def _of_findings(findings: Sequence[Data]) -> str:
    """Say in how many tests the findings hold, of those that apply to the model."""
    held, applied = _holding(findings)
    if not applied:
        return "was asked about no finding that applies to it" if findings else ""
    return f"shows the findings in {held} of {plural(applied, 'test')}"


def _of_theory(laws: Sequence[Data]) -> str:
    """Say in how many tests the claims about theory hold; nothing where none was run."""
    held, applied = _holding(laws)
    tests = plural(applied, "test")
    return f"What is claimed about theory holds in {held} of {tests}." if applied else ""


def _of_trained(claims: Sequence[Data], base: str) -> str:
    """Say in how many tests the claims about trained runs hold; nothing where none was run.

    Args:
        claims: About them.
        base: What those that were fine-tuned began with; empty where that is the model itself.
    """
    held, applied = _holding(claims)
    if not applied:
        return ""
    began = f"; those fine-tuned began as {base.partition(',')[0]}" if base else ""
    tests = plural(applied, "test")
    return f"What is claimed about trained models holds in {held} of {tests}{began}."


def _holding(claims: Sequence[Data]) -> tuple[int, int]:
    """Count the tests that hold, and those that are applicable."""
    counts = Counter[str]()
    for claim in claims:
        counts.update({one["verdict"]: one["tests"] for one in claim["counts"]})
    return counts[HOLDS], counts.total() - counts[Verdict.NOT_APPLICABLE.value]


def _of_changes(run: RunRecord, changes: Mapping[Change, int]) -> str:
    if not run.baseline:
        return "was compared with no snapshot"
    if not changes:
        return f"shares no strings with snapshot {run.baseline}"
    if not changes[Change.WORSE]:
        return f"is nowhere worse than snapshot {run.baseline} beyond noise"
    total = plural(sum(changes.values()), "comparison")
    return f"is worse than snapshot {run.baseline} in {changes[Change.WORSE]} of {total}"


def _numbers(claims: Sequence[Data], verdict: str) -> str:
    found = dict.fromkeys(c["claim"] or c["says"] for c in claims if c["verdict"] == verdict)
    *others, last = found or [""]
    return f"{', '.join(others)} and {last}" if others else last


def _caveats(run: RunRecord) -> list[str]:
    """Return what a reader has to know before believing anything else."""
    caveats = []
    if run.provenance.get(DISTRUST):
        caveats.append(f"This run cannot be trusted: {run.provenance[DISTRUST]}")
    if not run.complete:
        caveats.append("The run did not come to its end; this is what it had found out by then.")
    return caveats
