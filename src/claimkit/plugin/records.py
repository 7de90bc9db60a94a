"""From a test report to the record of a claim, which is what table, journal and reports read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from claimkit.evidence.comparison import Comparison
from claimkit.evidence.verdicts import Judgement, Verdict
from claimkit.reporting.records import ERROR, MODEL, NOT_REPORTED, SKIPPED, ClaimRecord

if TYPE_CHECKING:
    import pytest

NOTHING_KEPT: Final[Mapping[str, Any]] = {
    "before": "",
    "comparisons": [],
    "uncompared": "",
    "missing": True,
    "judgements": [],
    "complaint": "",
    "model": {},
    "base": {},
    "distrust": "",
}
NO_CLAIM: Final[Mapping[str, Any]] = {
    "claim": "",
    "says": "",
    "source": "",
    "subject": MODEL,
    "risk": False,
}


def kept(report: pytest.TestReport | pytest.CollectReport) -> Mapping[str, Any]:
    """What the recorder attached; nothing where pytest-xdist reports for a worker that died."""
    attached: Mapping[str, Any] = getattr(report, "claimkit", NOTHING_KEPT)
    return attached


def crashed(report: pytest.TestReport) -> bool:
    """Whether pytest-xdist made this report in the name of a worker that died."""
    return not hasattr(report, "claimkit")


def unreported(test: str, facts: Mapping[str, Any]) -> ClaimRecord:
    """The record of a test before anything is heard of it.

    Args:
        test: File name and test name.
        facts: What was announced of it, see :func:`claimkit.plugin.claims.facts_of`.
    """
    return ClaimRecord(test, **{name: facts[name] for name in NO_CLAIM}, status=NOT_REPORTED)


def record_of(test: str, facts: Mapping[str, Any], report: pytest.TestReport) -> ClaimRecord:
    """The record of a test that ended.

    Args:
        test: File name and test name.
        facts: What was announced of it; a report that has more to say overrides it.
        report: The one that says what became of the test.
    """
    attached = kept(report)
    judgements = tuple(map(Judgement.from_dict, attached["judgements"]))
    status, reason = _ended(report, judgements, attached["complaint"])
    return ClaimRecord(
        test,
        **{name: attached.get(name, facts[name]) for name in NO_CLAIM},
        status=status,
        reason=reason,
        before=attached["before"],
        failed=report.failed,
        judgements=judgements,
        comparisons=tuple(map(Comparison.from_dict, attached["comparisons"])),
    )


def _ended(
    report: pytest.TestReport, judgements: tuple[Judgement, ...], complaint: str
) -> tuple[str, str]:
    """The verdict that a test ended with, or that it has none and why."""
    last = judgements[-1].verdict if judgements else None
    explained = last not in (None, Verdict.HOLDS) and not complaint
    if last is not None and (report.passed or explained):
        return last.value, ""
    if report.passed:
        # A test that may judge and did not; a claim would have failed.
        return SKIPPED, "it judged nothing"
    return (SKIPPED if report.skipped else ERROR), complaint or _reason(report)


def _reason(report: pytest.TestReport) -> str:
    """Why a test did not pass, in one line."""
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    crash = getattr(report.longrepr, "reprcrash", None)
    text = str(report.longrepr) if crash is None else crash.message.removeprefix("Failed: ")
    return next((line for line in text.splitlines() if line.strip()), "no reason was given")
