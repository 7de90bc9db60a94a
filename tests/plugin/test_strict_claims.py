"""``--strict-claims``."""

UNDECIDED = "def test_bias(judge): judge((-0.01, 0.05), above=0.0)"


def test_strict_runs_fail_what_is_undecided(pytester, run_args):
    """With --strict-claims an undecided claim is a failure that says it is undecided."""
    pytester.makepyfile(UNDECIDED)

    result = pytester.runpytest(*run_args, "--strict-claims")

    assert result.parseoutcomes() == {"failed": 1}
    assert result.ret == 1
    result.stdout.fnmatch_lines(["undecided: *the claim needs > 0"])


def test_strict_runs_still_count_it_as_undecided(pytester, plugin_args):
    """The table names the verdict, which strictness does not change."""
    pytester.makepyfile(UNDECIDED)

    result = pytester.runpytest(*plugin_args, "--strict-claims")

    result.stdout.fnmatch_lines(["1 undecided; *"])
