"""Sections: what a report holds, each in a file of its own.

A section turns a :class:`~claimkit.reporting.records.RunRecord` into JSON-safe data, which
report.json holds as it is; two templates beside :mod:`claimkit.reporting.rendering`,
``templates/NAME.html.j2`` and ``templates/NAME.md.j2``, show the same data to people. A section of
one's own is such a file with its two templates, and its line in :data:`SECTIONS`.
"""

from __future__ import annotations

from typing import Final

from claimkit.reporting.sections.circuits import CircuitsSection
from claimkit.reporting.sections.comparison import ComparisonSection
from claimkit.reporting.sections.curves import CurvesSection
from claimkit.reporting.sections.glitches import GlitchesSection
from claimkit.reporting.sections.learning import LearningSection
from claimkit.reporting.sections.provenance import ProvenanceSection
from claimkit.reporting.sections.risks import RisksSection
from claimkit.reporting.sections.section import Data, Section
from claimkit.reporting.sections.summary import SummarySection
from claimkit.reporting.sections.verdicts import VerdictsSection

__all__ = ["SECTIONS", "Data", "Section"]

SECTIONS: Final[tuple[Section, ...]] = (
    SummarySection(),
    RisksSection(),
    ComparisonSection(),
    CurvesSection(),
    CircuitsSection(),
    GlitchesSection(),
    LearningSection(),
    VerdictsSection(),
    ProvenanceSection(),
)
"""In the order of the report: what to act on first, what to look up last."""
