"""What pytest sees of claimkit: options, markers, ``evidence`` and ``judge``, and verdicts.

Loaded by the root ``conftest.py``, or by ``pytest -p claimkit.plugin``; never by an entry point,
since an installed package must not add ``--device`` to other people's pytest. Hooks only translate:
options are read once into ``Settings``, and what is computed is computed below this package.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from claimkit.errors import ClaimkitError
from claimkit.plugin.baselines import Baselines
from claimkit.plugin.budget import Budgeter
from claimkit.plugin.claims import MARKERS, Parametrizer
from claimkit.plugin.fixtures import (
    JUDGE,
    SESSION,
    descendants,
    evidence,
    judge,
    reliability,
    runs,
    texts,
)
from claimkit.plugin.gating import Gate, check_baselines
from claimkit.plugin.journaling import JUNIT, Journalist, check_report
from claimkit.plugin.judging import Judge
from claimkit.plugin.ledger import Ledger
from claimkit.plugin.options import pytest_addoption
from claimkit.plugin.planning import Planner
from claimkit.plugin.progress import in_terminal
from claimkit.plugin.recording import Recorder
from claimkit.plugin.session import ClaimSession, Prepared, find, prepare
from claimkit.plugin.settings import Settings, settings_of
from claimkit.plugin.snapshotting import Snapshots, keep_unused
from claimkit.plugin.targets import about_models, subjects
from claimkit.plugin.templates import TemplateCheck, refuse
from claimkit.plugin.workers import (
    Controller,
    Worker,
    keep_memory,
    pytest_cmdline_main,
    pytest_xdist_auto_num_workers,
    starts_workers,
    take_share,
)
from claimkit.reporting.records import MODEL, SUBJECTS

if TYPE_CHECKING:
    from claimkit.plugin.progress import Progress

__all__ = [
    "descendants",
    "evidence",
    "judge",
    "pytest_addoption",
    "pytest_cmdline_main",
    "pytest_configure",
    "pytest_xdist_auto_num_workers",
    "reliability",
    "runs",
    "texts",
]


# First, since a report has a JUnit file, which pytest's own plugin opens when it is configured.
@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Read the options, look at the model once, and register what watches the run."""
    begun = time.time()
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    workerinput: dict[str, Any] | None = getattr(config, "workerinput", None)
    try:
        settings = settings_of(config)
        if workerinput is None and runs_tests(config):
            _check_places(config, settings)
        prepared = workerinput["claimkit_prepared"] if workerinput else _prepared(config, settings)
    except ClaimkitError as error:
        raise pytest.UsageError(str(error)) from None
    if workerinput is not None:
        _configure_worker(config, settings, workerinput, begun)
        return
    ledger = Ledger(settings)
    # Who is registered last speaks first: the table, then what changed, then where the report is.
    journalist = Journalist(settings, ledger, prepared, begun)
    config.pluginmanager.register(journalist, "claimkit-journalist")
    config.pluginmanager.register(Gate(settings, ledger), "claimkit-gate")
    config.pluginmanager.register(ledger, "claimkit-ledger")
    if starts_workers(config):
        keep_memory(os.environ)
    controller = Controller(config, settings, prepared, ledger.expect)
    config.pluginmanager.register(controller, "claimkit-controller")
    config.pluginmanager.register(TemplateCheck(settings, refuse), "claimkit-templates")
    _register(config, settings, prepared, in_terminal(config), begun)


def _check_places(config: pytest.Config, settings: Settings) -> None:
    """Refuse, before anything runs, what would only be found out at the end.

    Raises:
        ClaimkitError: If there is no baseline to compare with, or no place for the report.
    """
    if not settings.update:
        check_baselines(settings, subjects(config))
    if settings.report is not None:
        check_report(settings.report)
        config.option.xmlpath = config.option.xmlpath or str(settings.report / JUNIT)


def _configure_worker(
    config: pytest.Config, settings: Settings, workerinput: dict[str, Any], begun: float
) -> None:
    take_share(os.environ, workerinput["claimkit_share"])
    worker = Worker(workerinput)
    config.pluginmanager.register(worker, "claimkit-worker")
    check = TemplateCheck(settings, worker.complain)
    config.pluginmanager.register(check, "claimkit-templates")
    _register(config, settings, workerinput["claimkit_prepared"], worker.progress(), begun)


def _register(
    config: pytest.Config,
    settings: Settings,
    prepared: Prepared | None,
    progress: Progress,
    begun: float,
) -> None:
    session = ClaimSession(settings, prepared, progress, progress.training)
    others = {s: settings.recorded_in(s) for s in SUBJECTS if s != MODEL}
    snapshots = Snapshots(settings.snapshots, settings.update, others)
    config.pluginmanager.register(snapshots, "claimkit-snapshots")
    if settings.lengths is not None or settings.templates is not None:
        keep_unused(config)
    recorder = Recorder(session, Baselines(session, snapshots))
    config.stash[SESSION] = session
    config.stash[JUDGE] = Judge(session, recorder)
    config.pluginmanager.register(Parametrizer(settings), "claimkit-parametrizer")
    config.pluginmanager.register(recorder, "claimkit-recorder")
    if settings.plan:
        config.pluginmanager.register(Planner(settings, session), "claimkit-planner")
    if settings.budget_seconds is not None:
        budgeter = Budgeter(settings, session, getattr(config, "workerinput", None), begun)
        config.pluginmanager.register(budgeter, "claimkit-budgeter")


def runs_tests(config: pytest.Config) -> bool:
    """Whether tests are about to run, not only listed."""
    option = config.option
    return not (option.help or option.version or option.collectonly or option.claimkit_plan)


def _prepared(config: pytest.Config, settings: Settings) -> Prepared | None:
    if config.option.help or config.option.version:
        return None
    if settings.model is None:
        return prepare(settings) if _shares_bundled_model(config, settings) else None
    find(settings)
    unasked = subjects(config) is not None
    return None if config.option.collectonly or unasked else prepare(settings)


def _shares_bundled_model(config: pytest.Config, settings: Settings) -> bool:
    """Whether claims on the bundled model should find it looked at before they run.

    Workers would each look at it, and a device that is not there should end the run before it
    starts. Elsewhere the first claim that needs it looks at it: most tests need none.
    """
    worth = starts_workers(config) or settings.device not in ("auto", "cpu")
    claims = worth and not config.option.collectonly and about_models(config, settings)
    return claims and Path(settings.checkpoint).is_dir()
