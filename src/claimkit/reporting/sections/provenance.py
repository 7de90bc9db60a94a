"""Provenance: which model, how it was run, with what; all that one needs to run it again."""

from __future__ import annotations

from typing import ClassVar, final

from claimkit.reporting.records import RunRecord
from claimkit.reporting.sections.section import Data, Section


@final
class ProvenanceSection(Section):
    """Names and texts; the only section that knows of times."""

    name: ClassVar[str] = "provenance"
    title: ClassVar[str] = "Provenance"

    def data(self, run: RunRecord) -> Data:
        """Return the facts in the order in which the run stated them."""
        rates = {"error rate of one verdict": f"{run.alpha:g}"}
        if run.baseline:
            rates |= {"snapshot": run.baseline, "error rate of the gate": f"{run.gate_alpha:g}"}
        facts = {**run.provenance, **rates}
        return {
            "facts": [{"name": name, "value": str(value)} for name, value in facts.items()],
            "started": run.started,
            "seconds": run.seconds,
            "complete": run.complete,
        }
