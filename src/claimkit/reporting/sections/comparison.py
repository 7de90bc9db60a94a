"""Comparison: the model beside its snapshot, task by task and setting by setting.

What is called worse or better is decided for the whole run at once, as the gate does.
"""

from __future__ import annotations

from typing import ClassVar, Final, final

from claimkit.evidence.comparison import Change, Compared, decide_all, sentence
from claimkit.evidence.verdicts import number
from claimkit.reporting.notes import CHANGED, IMPROVED, note_of
from claimkit.reporting.records import RunRecord
from claimkit.reporting.sections.section import Data, Section
from claimkit.reporting.sections.verdicts import kind_of

_ORDER: Final = (Change.WORSE, Change.BETTER, Change.SAME)


@final
class ComparisonSection(Section):
    """Accuracies that changed beyond noise, and verdicts that are not as they were recorded."""

    name: ClassVar[str] = "comparison"
    title: ClassVar[str] = "Compared with the snapshot"

    def data(self, run: RunRecord) -> Data | None:
        """Return rows, what is worse first; nothing where a run was compared with no snapshot."""
        found = [one for record in run.claims for one in record.comparisons]
        compared = sorted(
            decide_all(found, run.gate_alpha), key=lambda one: _ORDER.index(one.change)
        )
        # A run that records has verdicts before, its own, but nothing that it was compared with.
        judged = run.baseline and any(record.before for record in run.claims)
        if not (compared or judged):
            return None
        return {
            "baseline": run.baseline,
            "gate_alpha": run.gate_alpha,
            "counts": [
                {"change": change.value, "rows": sum(one.change is change for one in compared)}
                for change in _ORDER
            ],
            "rows": [row_of(one) for one in compared],
            "changed": _noted(run, CHANGED),
            "improved": _noted(run, IMPROVED),
        }


def row_of(compared: Compared) -> Data:
    """Return one comparison with what was decided of it; ``claimkit compare`` writes the same."""
    row = compared.comparison
    return {
        "label": row.label,
        "task": row.task,
        "change": compared.change.value,
        "base": {"right": row.base_right, "strings": row.base_strings},
        "new": {"right": row.new_right, "strings": row.new_strings},
        "difference": row.change,
        "text": number(row.change, signed=True),
        "lost": row.lost,
        "gained": row.gained,
        "p_worse": row.worse,
        "p_better": row.better,
        "detectable": compared.detectable,
        "sentence": sentence(compared),
        "example": row.example,
    }


def _noted(run: RunRecord, note: str) -> list[Data]:
    """Return the tests whose verdict is another than the one recorded, in a way of that name."""
    return [
        {
            "test": record.test,
            "claim": record.claim,
            "says": record.says,
            "kind": kind_of(record),
            "before": record.before,
            "verdict": record.status,
            "failed": record.failed,
        }
        for record in run.claims
        if note_of(record).startswith(note)
    ]
