"""The exit status of a run that decided nothing."""

from claimkit.plugin.ledger import NOTHING_DECIDED

CLAIM = """
    import pytest

    @pytest.mark.claim("A10")
    def test_bias(judge):
        judge((-0.01, 0.05), above=0.0)
"""
PLAIN = """
    def test_plain():
        pass
"""


def test_a_run_that_decided_nothing_does_not_succeed(pytester, run_args):
    """If no claim holds or fails, the exit status says so, whatever else passed."""
    pytester.makepyfile(test_claims=CLAIM, test_plain=PLAIN)

    result = pytester.runpytest(*run_args)

    assert result.ret == NOTHING_DECIDED
    result.stdout.fnmatch_lines([f"claimkit: no claim was decided*{NOTHING_DECIDED}"])


def test_runs_without_claims_are_left_alone(pytester, plugin_args):
    """A run of plain tests has pytest's own exit status and no table."""
    pytester.makepyfile(PLAIN)

    result = pytester.runpytest(*plugin_args)

    assert result.ret == 0
    result.stdout.no_fnmatch_line("*= claims =*")
