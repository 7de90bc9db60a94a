"""Learning: what models trained on one task can do beyond the lengths they were trained on.

From scratch: a table for each architecture, tasks by bins, with the paper's figures beside ours,
and curves of the training. Fine-tuned: the same strings before and after. Figures are those that
the verdicts rest on, from evaluation; only the training curves are taken from logs.

Source: arXiv:2505.21785, §4.3 and Appendix B.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, final

from claimkit.evidence.learning import FINETUNED, FROM_SCRATCH
from claimkit.reporting import learning_charts
from claimkit.reporting.records import RunRecord
from claimkit.reporting.sections.cells import tables
from claimkit.reporting.sections.section import Data, Filter, Section


@final
class LearningSection(Section):
    """Length generalization of trained models, beside the published figures."""

    name: ClassVar[str] = "learning"
    title: ClassVar[str] = "Learning"
    filters: ClassVar[Mapping[str, Filter]] = {
        "bins_chart": learning_charts.bins_chart,
        "training_chart": learning_charts.training_chart,
    }

    def data(self, run: RunRecord) -> Data | None:
        """Return the tables of both kinds of runs; nothing where no run was judged."""
        scratch, finetuned = tables(run, FROM_SCRATCH), tables(run, FINETUNED)
        if not (scratch or finetuned):
            return None
        return {"scratch": scratch, "finetuned": finetuned}
