"""What every section is: a name, a title, and the data that it draws from a run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from claimkit.reporting.records import RunRecord

Data = dict[str, Any]
"""JSON-safe values by name; times of a run stand in the provenance alone."""

Filter = Callable[..., object]


class Section(ABC):
    """One part of a report; a concrete one is final and has no state.

    Attributes:
        name: Its key in report.json, its anchor in report.html, and what its templates are called.
        title: Its heading.
        filters: What its templates need beyond the filters that all have, by name: functions from
            data to markup, such as a chart.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    filters: ClassVar[Mapping[str, Filter]] = MappingProxyType({})

    @abstractmethod
    def data(self, run: RunRecord) -> Data | None:
        """Return what the section shows of a run, or None where it has nothing to show."""
