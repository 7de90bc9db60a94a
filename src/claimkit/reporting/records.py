"""Records: what a run found out, test by test, as plain values that a file can keep.

The journal of a run (see :mod:`claimkit.reporting.journal`) is made of records, and every report is
a function of them, so that the report of an interrupted run needs nothing but its journal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, final

from claimkit.errors import InvalidInput
from claimkit.evidence.comparison import Comparison
from claimkit.evidence.verdicts import Judgement

ERROR: Final = "error"
SKIPPED: Final = "skipped"
NOT_REPORTED: Final = "not reported"
"""The status of a test that was collected and of which nothing was heard."""

MODEL: Final = "model"
THEORY: Final = "theory"
RUNS: Final = "runs"
FINETUNED: Final = "finetuned"
SUBJECTS: Final = (MODEL, THEORY, RUNS, FINETUNED)
"""What a claim may be about: the model under test; tasks and programs, without any model; models
that were trained from scratch; or what fine-tuning makes of a model."""


BASE: Final = "descendants of"
"""The name under which it is said whose descendants were judged, where it is no model named."""
_MODEL: Final = ("model", "fingerprint", "dtype", "device", "attention", "BOS", BASE)


@final
@dataclass(frozen=True)
class ClaimRecord:
    """What became of one test of a claim.

    Attributes:
        test: File name and test name, the same in a source tree and for an installed package.
        claim: The claim's number; empty if the test has none.
        says: The claim in words.
        source: Paper and section.
        risk: Whether the claim is a reliability risk, else a finding.
        status: A verdict, or ``error``, ``skipped``, ``not reported``.
        reason: Why a test without judgement did not pass; empty otherwise.
        before: The verdict that a snapshot has recorded; empty without one.
        failed: Whether the test counts as failed, which an expected failure does not.
        judgements: What was judged, in order; the last gives the status.
        comparisons: With the snapshot, stream by stream.
        subject: What the claim is about, one of :data:`SUBJECTS`.
    """

    test: str
    claim: str
    says: str
    source: str
    risk: bool
    status: str
    reason: str = ""
    before: str = ""
    failed: bool = False
    judgements: tuple[Judgement, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    subject: str = MODEL

    @property
    def unreported(self) -> ClaimRecord:
        """The same test, before anything was heard of it."""
        told = {name: getattr(self, name) for name in ("claim", "says", "source", "risk")}
        return ClaimRecord(self.test, **told, status=NOT_REPORTED, subject=self.subject)

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe primitives that :meth:`from_dict` reads back."""
        plain = {name: getattr(self, name) for name in _PLAIN}
        return {
            **plain,
            "judgements": [judgement.to_dict() for judgement in self.judgements],
            "comparisons": [comparison.to_dict() for comparison in self.comparisons],
        }

    @staticmethod
    def from_dict(record: Mapping[str, Any]) -> ClaimRecord:
        """Read what :meth:`to_dict` wrote.

        Raises:
            InvalidInput: If fields are missing or unknown.
        """
        try:
            return ClaimRecord(
                **{
                    **record,
                    "judgements": tuple(map(Judgement.from_dict, record["judgements"])),
                    "comparisons": tuple(map(Comparison.from_dict, record["comparisons"])),
                }
            )
        except (TypeError, KeyError, ValueError) as error:
            raise InvalidInput(f"not the record of a claim: {error!r}") from error


_PLAIN = (
    *("test", "claim", "says", "source", "risk", "subject"),
    *("status", "reason", "before", "failed"),
)


@final
@dataclass(frozen=True)
class RunRecord:
    """What one run found out.

    Attributes:
        claims: One record per test that was collected, in the order of collection.
        provenance: Names and texts: model, fingerprint, dtype, device, attention, BOS, versions,
            options that bear on verdicts. Nothing that differs between two runs of the same claims.
        alpha: Error rate of one verdict.
        gate_alpha: Error rate of the gate, for the whole run.
        baseline: Name of the snapshot folder compared with; empty without one.
        started: When the run began, ISO 8601 in UTC.
        seconds: Wall time of the run so far.
        complete: Whether the run came to its end.
    """

    claims: tuple[ClaimRecord, ...]
    provenance: Mapping[str, str] = field(default_factory=dict)
    alpha: float = 0.001
    gate_alpha: float = 0.05
    baseline: str = ""
    started: str = ""
    seconds: float = 0.0
    complete: bool = True

    @property
    def about_theory(self) -> bool:
        """Whether all that was collected is about theory, so that no model was examined."""
        return bool(self.claims) and all(record.subject == THEORY for record in self.claims)

    @property
    def about_no_model(self) -> bool:
        """Whether no model was examined: all that was collected is about something else."""
        subjects = {record.subject for record in self.claims}
        return bool(subjects) and MODEL not in subjects and "model" not in self.provenance

    @property
    def facts(self) -> dict[str, Any]:
        """All but the claims and whether the run is complete, as JSON-safe primitives by name."""
        named = ("alpha", "gate_alpha", "baseline", "started", "seconds")
        return {
            **{name: getattr(self, name) for name in named},
            "provenance": ordered(self.provenance),
        }


def ordered(provenance: Mapping[str, str]) -> dict[str, str]:
    """Return a provenance with what says which model it was, and how it was run, in front.

    These become known at different times, in one process and in several, and the order of a report
    is not to depend on it.
    """
    return {name: provenance[name] for name in (*_MODEL, *provenance) if name in provenance}


def model_in_words(subject: Mapping[str, str]) -> str:
    """Return what names a model and how it runs, as one phrase.

    >>> model_in_words({"model": "gpt2", "dtype": "float32", "device": "cpu", "BOS": "added"})
    'gpt2, float32 on cpu, BOS added'
    """
    named = {**subject}
    model, fingerprint = named.pop("model", "unnamed"), named.pop("fingerprint", "")
    device, dtype = named.pop("device", ""), named.pop("dtype", "")
    how = " on ".join(word for word in (dtype, device) if word)
    rest = [f"{name} {value}" for name, value in named.items()]
    known = [f"fingerprint {fingerprint[:12]}" if fingerprint else "", how, *rest]
    return ", ".join([model, *(word for word in known if word)])
