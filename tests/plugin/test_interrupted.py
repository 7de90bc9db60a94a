"""Ctrl-C."""

import os
import signal
import subprocess
import sys
import time

CLAIM = """
    import pathlib
    import time
    import pytest

    @pytest.mark.claim("A10")
    def test_first(judge):
        judge((0.01, 0.05), above=0.0)

    @pytest.mark.claim("A11")
    @pytest.mark.parametrize("name", ["a", "b"])
    def test_long(judge, name):
        pathlib.Path(name).touch()
        time.sleep(60)
"""


def test_the_table_so_far_survives_ctrl_c(pytester, run_args):
    """An interrupted run prints what was decided and how much was not reached."""
    pytester.makepyfile(CLAIM)
    command = [sys.executable, "-m", "pytest", *run_args]
    process = subprocess.Popen(
        command, cwd=pytester.path, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    names = ("a", "b") if "-n2" in run_args else ("a",)
    deadline = time.monotonic() + 60
    while not all((pytester.path / name).exists() for name in names):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    # The controller has to hear of the first claim, which ended before the file was written.
    time.sleep(2)
    # A terminal sends the signal to every process of the group.
    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=60)

    assert process.returncode == 2
    assert "A10   holds " in output
    assert "stopped early; claims not reached: 2" in output


def test_ctrl_c_before_the_first_verdict_is_an_interruption(pytester, plugin_args):
    """Nothing was decided yet: exit status 2 and a table without rows, no error of claimkit's."""
    pytester.makepyfile(CLAIM)
    command = [sys.executable, "-m", "pytest", *plugin_args, "-k", "long"]
    process = subprocess.Popen(
        command,
        cwd=pytester.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not (pytester.path / "a").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=60)

    assert process.returncode == 2
    assert "Traceback" not in output
    assert "stopped early; claims not reached: 2" in output
