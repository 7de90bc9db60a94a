"""How the plugin is loaded, and what that costs."""

import subprocess
import sys

CLAIM = """
    import pytest

    @pytest.mark.claim("A10")
    @pytest.mark.lengths(5, 10)
    def test_bias(evidence, judge, length):
        judge(evidence.gap(length), above=0.0)
"""


def test_it_may_be_asked_for_twice(pytester, plugin_args):
    """A conftest.py that loads the plugin and -p together load it once."""
    pytester.makeconftest("pytest_plugins = ['claimkit.plugin']")
    pytester.makepyfile("def test_bias(judge): judge((0.01, 0.05), above=0.0)")

    result = pytester.runpytest(*plugin_args)

    assert result.parseoutcomes() == {"passed": 1}


def test_workers_load_it_through_conftest(pytester, plugin_args):
    """A root conftest.py is enough, in the controller and in the workers."""
    pytester.makeconftest("pytest_plugins = ['claimkit.plugin']")
    pytester.makepyfile("def test_bias(judge): judge((-0.01, 0.05), above=0.0)")

    result = pytester.runpytest(*plugin_args[2:], "-n2", "--lengths", "5")

    assert result.parseoutcomes() == {"undecided": 1}


def test_collection_imports_no_heavy_library(pytester, plugin_args):
    """Collecting claims imports neither torch nor transformers nor scipy."""
    pytester.makepyfile(CLAIM)
    pytester.makeconftest(
        """
        import sys

        def pytest_unconfigure():
            heavy = {"torch", "transformers", "scipy", "matplotlib", "rich"} & set(sys.modules)
            print("heavy:", sorted(heavy))
        """
    )
    command = [sys.executable, "-m", "pytest", *plugin_args, "--collect-only", "-q"]
    run = subprocess.run(command, cwd=pytester.path, capture_output=True, text=True, check=True)

    assert "heavy: []" in run.stdout
    assert "test_bias[A10-length=10]" in run.stdout
