"""Runs of pytest inside pytest that keep snapshots."""

import pytest


@pytest.fixture
def snapshot_args(plugin_args, monkeypatch):
    """The arguments that load claimkit's plugin, with syrupy's beside it; lines are not folded."""
    monkeypatch.setenv("COLUMNS", "300")
    # Syrupy says nothing in a worker, which a run inside one is not.
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    place = plugin_args.index("no:syrupy")
    return (*plugin_args[: place - 1], *plugin_args[place + 1 :])


@pytest.fixture(params=[(), ("-n2",)], ids=["one-process", "two-workers"])
def snapshot_run_args(request, snapshot_args):
    """The arguments of a run that may record snapshots, without and with workers."""
    return (*snapshot_args, *request.param)
