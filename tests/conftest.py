"""Lets the tests of the plugin run pytest inside pytest, in one process and in several."""

import signal
from pathlib import Path

# A run of pytest inside pytest forgets what it imported, and numpy cannot be imported twice.
import numpy as np  # noqa: F401
import pytest
from hypothesis import HealthCheck, settings

import claimkit

pytest_plugins = ["pytester"]

# How long an example takes says nothing about a law; speed belongs in benchmarks.
settings.register_profile("laws", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("laws")

# What a shell starts in the background ignores Ctrl-C, and so would all that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(params=[(), ("-n2",)], ids=["one-process", "two-workers"])
def run_args(request, plugin_args):
    """The arguments of a run with claimkit's plugin, without and with workers."""
    return (*plugin_args, *request.param)


@pytest.fixture
def plugin_args(monkeypatch):
    """The arguments that load claimkit's plugin, here and in processes started from here."""
    monkeypatch.setenv("PYTHONPATH", str(Path(claimkit.__file__).parents[1]))
    monkeypatch.setenv("COLUMNS", "80")
    # Other plugins of the environment cost a second in every process.
    others = ("-p", "no:hypothesispytest", "-p", "no:syrupy", "-p", "no:anyio")
    return ("-p", "claimkit.plugin", *others)
