"""Provenance: what has to be known of a run to read its verdicts, as names and texts.

Nothing here differs between two runs of the same claims on the same model.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from claimkit.models.bundled import DEFAULT_MODEL, bundled_runs
from claimkit.plugin.run_settings import SMALL

if TYPE_CHECKING:
    from claimkit.plugin.session import Prepared
    from claimkit.plugin.settings import Settings

PACKAGES: Final = ("claimkit", "torch", "transformers", "hypothesis", "pytest")


def provenance(
    settings: Settings, prepared: Prepared | None, *, model: bool = True
) -> dict[str, str]:
    """Return what is known before anything is measured.

    Args:
        settings: The run's options.
        prepared: What was learned of the model, if it was looked at.
        model: Whether the run examines one; claims about theory do not.
    """
    known = {"fingerprint": str(prepared["fingerprint"])} if prepared else {}
    examined = {"model": settings.model or DEFAULT_MODEL, **known} if model else {}
    return {
        **examined,
        **_versions(),
        **{name: text for name, text in _options(settings).items() if text},
    }


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        # A source tree need not be installed.
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _options(settings: Settings) -> Mapping[str, str]:
    """The options that bear on verdicts; empty where they were left out."""
    budget = settings.budget_seconds
    return {
        "--revision": settings.revision or "",
        "--tokenizer": settings.tokenizer or "",
        "--adapter": settings.adapter or "",
        "--alpha": f"{settings.alpha:g}",
        "--margin": f"{settings.margin:g}",
        "--max-samples": str(settings.max_samples),
        "--draws": str(settings.draws),
        "--reliability": f"{settings.reliability:g}",
        "--gate-alpha": f"{settings.gate_alpha:g}",
        "--lengths": ",".join(map(str, settings.lengths or ())),
        "--templates": ",".join(settings.templates or ()),
        "--runs": "" if settings.runs.root == bundled_runs() else str(settings.runs.root),
        "--preset": settings.runs.preset if settings.runs.preset != SMALL else "",
        "--finetune": settings.runs.finetune,
        "--budget": "" if budget is None else f"{budget:g}s",
    }
