"""The seam between pytest and the audit: what a run prepares once, and what each process opens.

The controller (or the only process) prepares the model, before any worker starts; what it learned
is a small JSON-safe value that travels to the workers. A process opens its audit when the first
claim asks for evidence, so tests that judge numbers of their own need no model at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, final

from claimkit.errors import InvalidInput, NotApplicable
from claimkit.evidence.verdicts import Judgement, Verdict, needs_above, needs_at_least

if TYPE_CHECKING:
    from claimkit.plugin.settings import Settings

Prepared = Mapping[str, Any]
Progress = Callable[[str, int, int], None]


class Request(Protocol):
    """What can be decided, and how it is called in a summary."""

    @property
    def label(self) -> str:
        """Such as ``UR − UL at length 30``."""
        ...


class Auditor(Protocol):
    """What the fixtures need of an audit."""

    def decide(
        self, request: object, *, above: float | None = None, at_least: float | None = None
    ) -> Judgement:
        """Measure until the request is decided or the budget is used up.

        Raises:
            NotApplicable: If the model cannot be asked.
        """
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
        subject: Names the model for the summary; empty while no verdict rests on it.
    """

    settings: Settings
    prepared: Prepared | None
    progress: Progress
    subject: dict[str, str] = field(default_factory=dict, init=False)

    @cached_property
    def audit(self) -> Auditor:
        """The audit of the model under test, opened when it is first asked for."""
        return open_audit(self.settings, self.prepared, self.progress)

    def decide(self, request: Request, above: float | None, at_least: float | None) -> Judgement:
        """Decide a request; what cannot be asked of this model is not applicable."""
        try:
            judgement = self.audit.decide(request, above=above, at_least=at_least)
        except NotApplicable as reason:
            return Judgement(
                verdict=Verdict.NOT_APPLICABLE,
                label=request.label,
                needs=needs_of(above, at_least),
                reason=str(reason),
                alpha=self.settings.alpha,
            )
        # Only now: what the model runs on is not known before it has run, here or earlier.
        self.subject = dict(self.audit.describe())
        return judgement


def needs_of(above: float | None, at_least: float | None) -> str:
    """The words for what a claim needs.

    Raises:
        InvalidInput: If not exactly one of the two is given.
    """
    if above is not None and at_least is None:
        return needs_above(above)
    if at_least is not None and above is None:
        return needs_at_least(at_least)
    raise InvalidInput("judge() takes either above=… or at_least=…")


def check(settings: Settings) -> None:
    """Find a model that was named on the command line, without loading it.

    Raises:
        ClaimkitError: If there is no such model, or none that claimkit can load.
    """
    if settings.model is not None:
        from claimkit.models.checkpoint import Checkpoint

        Checkpoint.find(settings.model, settings.revision)


def prepare(settings: Settings) -> Prepared:
    """Hash a model, once per run, and check that its weights are finite.

    Returns:
        JSON-safe facts for :func:`open_audit`, in this process and in the workers.

    Raises:
        ClaimkitError: If the model is missing, broken or of no use here.
    """
    from claimkit.auditing.subject import Subject

    return Subject.prepare(
        model=settings.checkpoint,
        revision=settings.revision,
        device=settings.device,
        dtype=settings.dtype,
        trust_remote_code=settings.trust_remote_code,
        evidence=settings.evidence,
    )


def open_audit(settings: Settings, prepared: Prepared | None, progress: Progress) -> Auditor:
    """Open the audit of the model under test."""
    from claimkit.auditing.audit import Audit

    return Audit.open(
        prepare(settings) if prepared is None else prepared,
        evidence=settings.evidence,
        alpha=settings.alpha,
        margin=settings.margin,
        max_samples=settings.max_samples,
        progress=progress,
    )
