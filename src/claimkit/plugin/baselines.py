"""Baselines: what a snapshot has to say of a judgement, in the process where the test runs.

A judgement that has a snapshot is compared with it stream by stream: this model is asked the very
strings that the snapshot holds, as many of them, whatever the verdict read. With
``--snapshot-update`` nothing is compared; the judgement becomes the snapshot. A claim about theory
is about no model, and has none; of one about trained runs the verdict is remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

from claimkit.auditing.limits import lacked_time
from claimkit.errors import BudgetUsedUp, NotApplicable, SnapshotError
from claimkit.evidence.verdicts import Verdict
from claimkit.plugin.claims import facts_of, short_name

if TYPE_CHECKING:
    import pytest

    from claimkit.evidence.comparison import Comparison
    from claimkit.evidence.samples import Sample
    from claimkit.evidence.snapshots import ClaimSnapshot
    from claimkit.evidence.verdicts import Judgement
    from claimkit.plugin.session import ClaimSession, Request
    from claimkit.plugin.snapshotting import Snapshots


@final
@dataclass(frozen=True)
class Settled:
    """What a snapshot says of a judgement.

    Attributes:
        before: The verdict that it has recorded of the same; empty without one.
        comparisons: Stream by stream.
        uncompared: Why its streams were not compared; empty if they were, or if there are none.
        missing: Whether there is no snapshot of this test.
    """

    before: str = ""
    comparisons: tuple[Comparison, ...] = ()
    uncompared: str = ""
    missing: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe primitives, for a test report."""
        return {
            "before": self.before,
            "comparisons": [comparison.to_dict() for comparison in self.comparisons],
            "uncompared": self.uncompared,
            "missing": self.missing,
        }


@final
class Baselines:
    """Compares judgements with snapshots, or records them as snapshots.

    Args:
        session: Measures what a snapshot's streams need, and has the run's options.
        snapshots: Reads and writes this model's folder.
    """

    def __init__(self, session: ClaimSession, snapshots: Snapshots) -> None:
        self._session = session
        self._settings = session.settings
        self._snapshots = snapshots

    def settle(self, item: pytest.Item, request: Request | None, judgement: Judgement) -> Settled:
        """Compare the last judgement of a test with its snapshot, or record it as one.

        Args:
            item: The running test.
            request: What was judged; None for an interval of the test's own.
            judgement: What came out.

        Raises:
            SnapshotError: If the snapshot is damaged, or ``--gate`` finds none.
            InvalidInput: If it is of another sampler or alphabet.
            NotApplicable: If ``--gate`` finds one that this model cannot be asked.
        """
        if not self._snapshots.records(item):
            return Settled()
        if self._settings.update:
            return self._record(item, request, judgement)
        baseline = self._snapshots.baseline(item) if self._snapshots.exists(item) else None
        if baseline is None and self._settings.update_new:
            return self._record(item, request, judgement)
        if baseline is None:
            return self._none(item)
        comparisons, uncompared = self._compared(request, judgement, baseline)
        return Settled(_before(baseline, judgement), comparisons, uncompared)

    def keep(self, item: pytest.Item) -> None:
        """Count a test's snapshot as used, whatever became of the test."""
        if self._snapshots.records(item):
            self._snapshots.touch(item)

    def _none(self, item: pytest.Item) -> Settled:
        if self._settings.gate:
            raise SnapshotError(
                f"no baseline of {short_name(item.nodeid)} in {self._snapshots.home(item)}; record "
                "one with --snapshot-update"
            )
        return Settled(missing=True)

    def _compared(
        self, request: Request | None, judgement: Judgement, baseline: ClaimSnapshot
    ) -> tuple[tuple[Comparison, ...], str]:
        """Return the comparisons with a snapshot's streams, or why there are none."""
        if not baseline.streams:
            return (), ""
        try:
            if request is None:
                raise NotApplicable(judgement.reason or "the test judges numbers of its own")
            now = self._session.resample(request, baseline.streams)
        except BudgetUsedUp as reason:
            return (), str(reason)
        except NotApplicable as reason:
            if self._settings.gate:
                raise NotApplicable(
                    f"the baseline of {judgement.label} cannot be compared with: {reason}"
                ) from reason
            return (), str(reason)
        pairs = zip(baseline.streams, now, strict=True)
        return tuple(self._compare(request, base, new) for base, new in pairs), ""

    def _compare(self, request: Request, base: Sample, new: Sample) -> Comparison:
        from claimkit.evidence.comparison import compare, first_lost

        lost = first_lost(base, new)
        example = "" if lost is None else self._session.question(request, new, lost)
        return compare(base, new, example)

    def _record(self, item: pytest.Item, request: Request | None, judgement: Judgement) -> Settled:
        from claimkit.evidence.snapshots import ClaimSnapshot

        streams: tuple[Sample, ...] = ()
        if _open_for_lack_of_time(judgement):
            return Settled(uncompared=judgement.reason)
        # Without a path it is another model: what that one can do is no accuracy to keep up.
        whole = [sample for sample in judgement.streams if not sample.lacks_path]
        if request is not None and whole:
            size = self._settings.snapshot_samples
            try:
                streams = self._session.resample(request, whole, size)
            except BudgetUsedUp as reason:
                return Settled(uncompared=str(reason))
        claim = facts_of(item)["claim"]
        snapshot = ClaimSnapshot.of(short_name(item.nodeid), claim, judgement, streams)
        self._snapshots.record(item, snapshot)
        return Settled(before=judgement.verdict.value)


def _open_for_lack_of_time(judgement: Judgement) -> bool:
    return judgement.verdict is Verdict.UNDECIDED and lacked_time(judgement.reason)


def _before(baseline: ClaimSnapshot, judgement: Judgement) -> str:
    """The recorded verdict, if it is of what was judged now, and that is a verdict; else empty."""
    if _open_for_lack_of_time(judgement):
        return ""
    same = baseline.label == judgement.label and baseline.needs == judgement.needs
    # What a test itself found not to apply says nothing about what is needed.
    return baseline.verdict.value if same or not judgement.needs or not baseline.needs else ""
