"""Audits of trained runs, opened from the options of a run; and why claims are not run at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from claimkit.plugin.run_settings import SMALL
from claimkit.reporting.records import FINETUNED, RUNS, THEORY

if TYPE_CHECKING:
    from claimkit.auditing.audit import Audit
    from claimkit.auditing.descendants.audit import Descendants
    from claimkit.auditing.natural.audit import TextAudit
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

        return not_run(settings.spec, finetuned_preset(settings))
    return ""


def finetuned_preset(settings: Settings) -> str:
    """Return the preset of descendants; one that only runs from scratch have is not theirs."""
    from claimkit.training.finetuning.presets import PRESETS

    return settings.runs.preset if settings.runs.preset in PRESETS else SMALL


def open_runs(
    settings: Settings, deadline: float, progress: Progress, training: Progress
) -> RunsAudit:
    """Open the audit of the models trained from scratch."""
    from claimkit.auditing.limits import Limits
    from claimkit.auditing.runs.audit import RunsAudit
    from claimkit.plugin.training import Training

    train = Training(settings.device, training, Limits(deadline=deadline))
    return RunsAudit.open(
        root=settings.runs.root,
        preset=settings.runs.preset,
        evidence=settings.evidence,
        alpha=settings.alpha,
        margin=settings.margin,
        train=train if settings.runs.train else None,
        device=settings.device,
        dtype=settings.dtype,
        deadline=deadline,
        progress=progress,
    )


def open_texts(settings: Settings, audit: Audit, deadline: float, progress: Progress) -> TextAudit:
    """Open the audit of what the model under test writes; it shares weights and store."""
    from claimkit.auditing.natural.audit import TextAudit

    return TextAudit.open(
        audit.observer.subject,
        alpha=settings.alpha,
        margin=settings.margin,
        max_samples=settings.max_samples,
        draws=settings.draws,
        chat=settings.chat,
        thinking=settings.thinking,
        deadline=deadline,
        progress=progress,
    )


def open_descendants(
    settings: Settings, deadline: float, progress: Progress, training: Progress
) -> Descendants:
    """Open the audit of what fine-tuning makes of the model, or made of the bundled one."""
    from claimkit.auditing.descendants.audit import Descendants
    from claimkit.plugin.training import draw

    return Descendants.open(
        spec=settings.finetuned_spec,
        root=settings.runs.root,
        evidence=settings.evidence,
        alpha=settings.alpha,
        margin=settings.margin,
        preset=finetuned_preset(settings),
        finetune=settings.runs.finetune or None,
        deadline=deadline,
        progress=progress,
        training=training,
        trained=draw,
    )
