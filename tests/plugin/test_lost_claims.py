"""Claims that no worker lives to report."""

LOST = """
    import os
    import pytest

    @pytest.mark.claim("A10")
    def test_before(judge):
        judge((0.01, 0.05), above=0.0)

    @pytest.mark.claim("A11")
    def test_killer(judge):
        os._exit(9)

    @pytest.mark.claim("A12")
    def test_after(judge):
        judge((0.01, 0.05), above=0.0)
"""


def test_a_dead_worker_fails_the_run(pytester, plugin_args):
    """A claim whose worker dies is an error in the table, and the other claims are still run."""
    pytester.makepyfile(LOST)

    result = pytester.runpytest(*plugin_args, "-n1")

    assert result.ret == 1
    result.stdout.fnmatch_lines(["A11 *error *test_killer*A11*crashed*", "2 holds, 1 error; *"])


def test_claims_that_were_never_run_are_listed(pytester, plugin_args):
    """When no worker is left, the claims that nobody ran are listed by name."""
    pytester.makepyfile(LOST)

    result = pytester.runpytest(*plugin_args, "-n1", "--max-worker-restart=0")

    assert result.ret != 0
    result.stdout.fnmatch_lines(["A12   not *", "1 holds, 1 error, 1 not reported; *"])
