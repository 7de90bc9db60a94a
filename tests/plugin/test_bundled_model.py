"""The bundled model is looked at once, before workers start, if they are to run claims."""

import shutil
import sys
from pathlib import Path

import pytest

import claimkit
from claimkit.models.bundled import bundled_models

CLAIM = """
    def test_bias(judge, pytestconfig):
        print("prepared:", bool(pytestconfig.workerinput["claimkit_prepared"]))
        judge((0.01, 0.05), above=0.0)
"""


@pytest.fixture
def bundled(pytester, plugin_args, monkeypatch):
    """The bundled model's folder, in a copy of claimkit that the next runs import."""
    site = pytester.mkdir("site")
    ignored = shutil.ignore_patterns("__pycache__", "fixtures")
    shutil.copytree(Path(claimkit.__file__).parent, site / "claimkit", ignore=ignored)
    monkeypatch.setenv("PYTHONPATH", str(site))
    folder = site / "claimkit" / "fixtures" / "models" / "forward-born"
    folder.mkdir(parents=True)
    return folder


def run(pytester, plugin_args, place, *more):
    """Run a claim in a folder, in a process that imports the copy."""
    path = pytester.path / place / "test_bias.py"
    path.parent.mkdir()
    pytester.makepyfile(CLAIM)
    shutil.move(next(pytester.path.glob("test_*.py")), path)
    return pytester.runpytest_subprocess(*plugin_args, "-rP", *more, place)


@pytest.mark.parametrize("place, prepared", [("claims", True), ("others", False)])
def test_workers_are_told_of_the_bundled_model(pytester, plugin_args, bundled, place, prepared):
    """Workers that run claims need not look at the model each; other tests need no model."""
    shutil.copytree(bundled_models() / "forward-born", bundled, dirs_exist_ok=True)

    result = run(pytester, plugin_args, place, "-n1")

    result.stdout.fnmatch_lines([f"prepared: {prepared}"])
    assert result.ret == 0


def test_a_broken_bundled_model_is_a_usage_error(pytester, plugin_args, bundled):
    """A bundled model that lacks a file ends the run before any worker starts."""
    result = run(pytester, plugin_args, "claims", "-n1")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *forward-born has no config.json; *"])
    result.stdout.no_fnmatch_line("*worker*")


@pytest.mark.parametrize("more", [("-n1", "--collect-only"), ()], ids=["collecting", "one process"])
def test_a_broken_bundled_model_harms_no_run_that_needs_none(pytester, plugin_args, bundled, more):
    """Where nothing is shared nothing is looked at before it is needed."""
    result = run(pytester, plugin_args, "claims", "-k", "nothing", *more)

    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_bundled_model_may_be_named(pytester, plugin_args):
    """``--model even-born`` is the bundled one; a folder of that name here would come first."""
    pytester.makepyfile(
        "import pytest\n@pytest.mark.claim('A10')\ndef test_x(judge): judge((1, 2), above=0)"
    )

    named = pytester.runpytest_subprocess(*plugin_args, "--model", "even-born")
    pytester.mkdir("even-born")
    empty = pytester.runpytest_subprocess(*plugin_args, "--model", "even-born")

    assert (named.ret, empty.ret) == (0, 4)
    empty.stderr.fnmatch_lines("*even-born has no config.json*")


def test_a_missing_device_ends_the_run_before_it_starts(pytester, plugin_args):
    """Also where the bundled model is meant: one sentence, not an error for each claim."""
    if sys.platform == "darwin":
        pytest.skip("this machine has the device that others lack")
    pytester.mkdir("claims").joinpath("test_x.py").write_text(
        "def test_x(evidence, judge): judge((1, 2), above=0)"
    )

    result = pytester.runpytest_subprocess(*plugin_args, "claims", "--device", "mps")

    assert result.ret == 4
    result.stderr.fnmatch_lines("*no device 'mps' here*")
