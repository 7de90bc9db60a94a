"""Audits of trained runs, opened from the options of a run; and why claims are not run at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from claimkit.reporting.records import FINETUNED, RUNS, THEORY

if TYPE_CHECKING:
    from claimkit.auditing.descendants.audit import Descendants
    from claimkit.auditing.runs.audit import RunsAudit
    from claimkit.plugin.settings import Settings

Progress = Callable[[str, int, int], None]


def refusal(settings: Settings, subject: str) -> str:
    """Return why claims about a subject are not run with these options; empty if they are."""
    if settings.model is None:
        return ""
    if subject == THEORY:
        return "about tasks, not about a model; leave --model out to run it"
    if subject == RUNS:
        return "about models trained from scratch, not about this one; leave --model out to run it"
    if subject == FINETUNED and not settings.runs.finetune:
        from claimkit.auditing.descendants.cost import not_run

        return not_run(settings.spec, settings.runs.preset)
    return ""


def open_runs(
    settings: Settings, deadline: float, progress: Progress, training: Progress
) -> RunsAudit:
    """Open the audit of the models trained from scratch."""
    from claimkit.auditing.runs.audit import RunsAudit
    from claimkit.plugin.training import Training

    return RunsAudit.open(
        root=settings.runs.root,
        preset=settings.runs.preset,
        evidence=settings.evidence,
        alpha=settings.alpha,
        margin=settings.margin,
        train=Training(settings.device, training) if settings.runs.train else None,
        device=settings.device,
        dtype=settings.dtype,
        deadline=deadline,
        progress=progress,
    )


def open_descendants(
    settings: Settings, deadline: float, progress: Progress, training: Progress
) -> Descendants:
    """Open the audit of what fine-tuning makes of the model, or made of the bundled one."""
    from claimkit.auditing.descendants.audit import Descendants

    return Descendants.open(
        spec=settings.finetuned_spec,
        root=settings.runs.root,
        evidence=settings.evidence,
        alpha=settings.alpha,
        margin=settings.margin,
        preset=settings.runs.preset,
        finetune=settings.runs.finetune or None,
        deadline=deadline,
        progress=progress,
        training=training,
    )
