"""What a comparison of runs says, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from claimkit.evidence.comparison import Change, sentence
from claimkit.reporting.against import Against
from claimkit.reporting.records import NOT_REPORTED, RUNS, THEORY, ClaimRecord
from claimkit.reporting.sides import Beside, RunComparison, Side
from claimkit.tasks.setting import plural


def printed(found: RunComparison) -> str:
    """Return the lines that ``claimkit compare`` prints."""
    lines = [f"base: {_described(found.base)}"]
    for other in found.others:
        lines += ["", f"new: {_described(other.side)}", *differing(found.base, other.side)]
        lines.append(extent(found, other))
        lines += _told(found.base, other)
    return "\n".join(lines)


def _told(base: Side, other: Beside) -> Iterator[str]:
    """Say what the gate would, had the first run recorded a snapshot."""
    counts, *rest = Against(base.name, other.compared, noted(base, other.side)).lines()
    yield counts.replace("compared with snapshot", "compared with", 1)
    worse = [one for one in other.compared if one.change is Change.WORSE]
    examples = {sentence(one): one.comparison.example for one in worse}
    for line in rest:
        yield line
        if examples.get(line):
            yield f"  right before and wrong now: {examples[line]}"


def noted(base: Side, side: Side) -> tuple[ClaimRecord, ...]:
    """Return a run's records with the verdicts that the first run had, where they are of one need.

    With another ``--reliability``, say, the first run's verdict is about something else.
    """
    before = {record.test: record for record in base.run.claims}
    return tuple(
        replace(record, before=_status_before(before.get(record.test), record))
        for record in side.run.claims
    )


def _status_before(before: ClaimRecord | None, now: ClaimRecord) -> str:
    # What is about no model is no news of one.
    if before is None or now.subject in (THEORY, RUNS):
        return ""
    needs = [{j.needs for j in record.judgements if j.needs} for record in (before, now)]
    # What is not applicable may have no need that could contradict.
    return "" if all(needs) and needs[0] != needs[1] else before.status


def _described(side: Side) -> str:
    run, known = side.run, side.run.provenance
    heard = sum(record.status != NOT_REPORTED for record in run.claims)
    model = known.get("model", side.name)
    parts = [
        side.name if model == side.name else f"{side.name} ({model})",
        f"fingerprint {known['fingerprint'][:12]}" if "fingerprint" in known else "",
        plural(heard, "claim"),
        "" if run.complete else f"interrupted, {len(run.claims) - heard} not reported",
        f"run of {run.started}" if run.started else "",
    ]
    return ", ".join(part for part in parts if part)


def differing(base: Side, side: Side) -> Iterator[str]:
    """Say what else differs than the model."""
    names = dict.fromkeys([*base.run.provenance, *side.run.provenance])
    for name in names:
        before, now = (one.run.provenance.get(name, "nothing") for one in (base, side))
        if before != now and name not in ("model", "fingerprint"):
            yield f"  {name}: {before} → {now}"


def extent(found: RunComparison, other: Beside) -> str:
    """Say how much was compared, and how."""
    match = other.match
    least, most = match.sizes
    size = f"{most} strings" if least == most else f"{least} to {most} strings"
    parts = [f"{plural(len(match.pairs), 'stream')} of {size} each"]
    if match.paired:
        parts.append(f"{match.paired} paired string by string")
    if match.unpaired:
        parts.append(match.unpaired)
    for count, name in ((match.only_base, found.base.name), (match.only_new, other.side.name)):
        if count:
            parts.append(f"{count} more only in {name}")
    return "; ".join(parts)
