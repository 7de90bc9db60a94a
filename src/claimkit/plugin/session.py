"""The seam between pytest and the audit: what a run prepares once, and what each process opens.

The controller (or the only process) prepares the model, before any worker starts; what it learned
is a small JSON-safe value that travels to the workers. A process opens its audit when the first
claim asks for evidence, so tests that judge numbers of their own need no model at all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, cast, final

from claimkit.errors import BudgetUsedUp, CheckTripped, NotApplicable
from claimkit.evidence.verdicts import Judgement, Verdict
from claimkit.plugin.opening import open_descendants, open_runs, open_texts, refusal

if TYPE_CHECKING:
    from pathlib import Path

    from claimkit.auditing.audit import Audit
    from claimkit.auditing.descendants.audit import Descendants
    from claimkit.auditing.natural.audit import TextAudit
    from claimkit.auditing.requests import Accuracy
    from claimkit.auditing.runs.audit import RunsAudit
    from claimkit.evidence.counterexamples import Counterexample
    from claimkit.evidence.requirement import Requirement
    from claimkit.evidence.samples import Sample
    from claimkit.models.checkpoint import Checkpoint
    from claimkit.plugin.settings import Settings

Prepared = Mapping[str, Any]
Progress = Callable[[str, int, int], None]


class Request(Protocol):
    """What can be decided, and how it is called in a summary."""

    @property
    def label(self) -> str:
        """Such as ``UR − UL at length 30``."""
        ...


class Decider(Protocol):
    """What decides requests."""

    def decide(
        self,
        request: object,
        *,
        above: float | None = None,
        at_least: float | None = None,
        at_most: float | None = None,
        within: float | None = None,
    ) -> Judgement:
        """Measure until the request is decided or the budget is used up.

        Raises:
            NotApplicable: If the model cannot be asked.
        """
        ...


class Sampler(Protocol):
    """What samples streams anew."""

    def resample(
        self, request: object, streams: Sequence[Sample], size: int | None = None
    ) -> tuple[Sample, ...]:
        """Return this model's samples of streams that were sampled before.

        Raises:
            InvalidInput: If they are of another sampler, alphabet or task.
            NotApplicable: If this model cannot be asked so.
            BudgetUsedUp: If there is no time to measure what is missing.
        """
        ...

    def question(self, request: object, sample: Sample, index: int) -> str:
        """Return one question of a stream with its right answer."""
        ...


class Auditor(Decider, Sampler, Protocol):
    """What the fixtures need of an audit."""

    def hunt(self, request: Accuracy, examples: Path | None) -> Counterexample | None:
        """Return a minimal question that the model gets wrong, or None if none was found."""
        ...

    def describe(self) -> Mapping[str, str]:
        """Name the model for the summary, once something was measured."""
        ...


@final
@dataclass
class ClaimSession:
    """One process's view of a run.

    Attributes:
        settings: What the command line asks for.
        prepared: What the controller learned of the model, or None if it did not look.
        progress: Called with (what is measured, strings done, strings planned).
        training: Called with (what is trained, steps done, the most steps).
        deadline: Nothing is measured from then on; seconds as of ``time.time()``.
        subject: Names the model for the summary; empty while no verdict rests on it.
        base: Names the model whose descendants were judged; empty while none were.
        distrust: Why nothing that was measured here can be believed; empty while it can.
    """

    settings: Settings
    prepared: Prepared | None
    progress: Progress
    training: Progress
    deadline: float = field(default=math.inf, init=False)
    subject: dict[str, str] = field(default_factory=dict, init=False)
    base: dict[str, str] = field(default_factory=dict, init=False)
    distrust: str = field(default="", init=False)

    @cached_property
    def audit(self) -> Auditor:
        """The audit of the model under test, opened when it is first asked for."""
        return open_audit(self.settings, self.prepared, self.progress)

    @cached_property
    def runs(self) -> RunsAudit:
        """The audit of the models trained from scratch, opened when it is first asked for."""
        return open_runs(self.settings, self.deadline, self.progress, self.training)

    @cached_property
    def descendants(self) -> Descendants:
        """The audit of what fine-tuning makes of a model, opened when it is first asked for."""
        return open_descendants(self.settings, self.deadline, self.progress, self.training)

    @cached_property
    def texts(self) -> TextAudit:
        """The audit of what the model under test writes, opened when it is first asked for."""
        audit = cast("Audit", self.audit)
        return open_texts(self.settings, audit, self.deadline, self.progress)

    def refusal(self, subject: str) -> str:
        """Return why claims about a subject are not run here; empty if they are."""
        return refusal(self.settings, subject)

    def _decider(self, request: object) -> Decider:
        from claimkit.auditing.descendants.requests import DescendantRequest
        from claimkit.auditing.natural.requests import TextRequest
        from claimkit.auditing.runs.requests import RunsRequest

        if isinstance(request, RunsRequest):
            return self.runs
        if isinstance(request, TextRequest):
            return self.texts
        return self.descendants if isinstance(request, DescendantRequest) else self.audit

    def decide(self, request: Request, requirement: Requirement) -> Judgement:
        """Decide a request; what cannot be asked of this model is not applicable.

        Raises:
            CheckTripped: If measuring was found wrong, now or earlier in this process.
        """
        try:
            with self._trusted():
                threshold = {requirement.relation: requirement.threshold}
                decider = self._decider(request)
                judgement = decider.decide(request, **threshold)
        except NotApplicable as reason:
            return Judgement(
                verdict=Verdict.NOT_APPLICABLE,
                label=request.label,
                needs=requirement.needs,
                reason=str(reason),
                alpha=self.settings.alpha,
            )
        # Only now: what the model runs on is not known before it has run, here or earlier. Runs
        # are many models.
        if decider is self.__dict__.get("audit"):
            self.subject |= self.audit.describe()
        elif decider is self.__dict__.get("texts"):
            self.subject |= self.texts.describe()
        elif decider is self.__dict__.get("descendants"):
            self.base = self.descendants.describe()
        return judgement

    def resample(
        self, request: object, streams: Sequence[Sample], size: int | None = None
    ) -> tuple[Sample, ...]:
        """Return this model's samples of streams that were sampled before; see the audit's.

        Raises:
            CheckTripped: If measuring was found wrong, now or earlier in this process.
        """
        with self._trusted():
            return self._auditor(request).resample(request, streams, size)

    def question(self, request: object, sample: Sample, index: int) -> str:
        """Return one question of a stream with its right answer."""
        return self._auditor(request).question(request, sample, index)

    def _auditor(self, request: object) -> Sampler:
        from claimkit.auditing.natural.requests import TextRequest

        return self.texts if isinstance(request, TextRequest) else self.audit

    def hunt(self, request: object) -> Counterexample | str:
        """Return a minimal question that the model gets wrong, or why there is none.

        Raises:
            CheckTripped: If measuring was found wrong, now or earlier in this process.
        """
        from claimkit.auditing.natural.requests import TextAccuracy
        from claimkit.auditing.requests import Accuracy

        if not isinstance(request, (Accuracy, TextAccuracy)):
            return "no counterexample was searched for: only accuracies at one setting have one"
        try:
            with self._trusted():
                if isinstance(request, TextAccuracy):
                    found = self.texts.hunt(request)
                else:
                    found = self.audit.hunt(request, self.settings.examples)
        except NotApplicable as reason:
            return f"no counterexample was searched for: {reason}"
        except BudgetUsedUp as reason:
            return f"no counterexample was found in the time there was: {reason}"
        return found or "no counterexample was found within the search"

    @contextmanager
    def _trusted(self) -> Iterator[None]:
        """Measure only while measuring can be believed, and remember when it cannot."""
        if self.distrust:
            raise CheckTripped(self.distrust)
        try:
            yield
        except CheckTripped as reason:
            self.distrust = str(reason)
            raise


def find(settings: Settings, *, tuned: bool = False) -> Checkpoint:
    """Find the model under test, or the one whose descendants are judged, without loading it.

    Raises:
        ClaimkitError: If there is no such model, or none that claimkit can load.
    """
    from claimkit.models.checkpoint import Checkpoint

    return Checkpoint.find(settings.finetuned_spec if tuned else settings.spec)


def weight_bytes(settings: Settings, *, on_cpu: bool, tuned: bool = False) -> int:
    """Return the bytes of one copy of the weights, as a worker will hold them.

    Args:
        settings: Which model, and in which numbers.
        on_cpu: Whether there is no GPU for it.
        tuned: Whether it is the one whose descendants are judged.

    Raises:
        ClaimkitError: If there is no such model, or its files are broken.
    """
    from claimkit.models import size

    # Left to itself, a CPU computes in float32 and a GPU in the numbers that are stored.
    dtype = "float32" if on_cpu and settings.dtype == "auto" else settings.dtype
    return size.weight_bytes(find(settings, tuned=tuned), dtype)


def prepare(settings: Settings) -> Prepared:
    """Hash a model, once per run, and check that its weights are finite.

    Returns:
        JSON-safe facts for :func:`open_audit`, in this process and in the workers.

    Raises:
        ClaimkitError: If the model is missing, broken or of no use here.
    """
    from claimkit.auditing.subject import Subject

    return Subject.prepare(settings.spec, settings.evidence)


def open_audit(settings: Settings, prepared: Prepared | None, progress: Progress) -> Auditor:
    """Open the audit of the model under test."""
    from claimkit.auditing.audit import Audit

    return Audit.open(
        prepare(settings) if prepared is None else prepared,
        evidence=settings.evidence,
        alpha=settings.alpha,
        margin=settings.margin,
        max_samples=settings.max_samples,
        draws=settings.draws,
        progress=progress,
    )
