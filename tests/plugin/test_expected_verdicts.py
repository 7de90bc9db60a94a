"""``--expect`` succeeds exactly when the verdicts are the recorded ones."""

import pytest

CLAIMS = """
import pytest

@pytest.mark.claim("A1", source="paper", says="One.")
def test_one(judge):
    judge(({low}, 0.5), above=0.0)

@pytest.mark.claim("A2", source="paper", says="Two.")
def test_two(judge):
    judge((-0.5, -0.1), above=0.0)
"""


@pytest.fixture
def recorded(pytester, run_args):
    """A run in which A1 holds and A2 fails, recorded."""
    pytester.makepyfile(CLAIMS.format(low=0.1))
    pytester.runpytest(*run_args, "--record", "verdicts.json")
    return "verdicts.json"


def test_a_failure_that_is_expected_does_not_fail_the_run(pytester, run_args, recorded):
    """The same verdicts again are a success, although one of them is a failure."""
    result = pytester.runpytest(*run_args, "--expect", recorded)

    assert result.ret == 0
    result.stdout.fnmatch_lines(["*all 2 verdicts are the expected ones*"])


def test_a_changed_verdict_fails_the_run(pytester, run_args, recorded):
    """A claim that held and is now undecided is named, and the run fails."""
    pytester.makepyfile(CLAIMS.format(low=-0.1))

    result = pytester.runpytest(*run_args, "--expect", recorded)

    assert result.ret == 1
    line = "*unexpected: test_one* is expected as holds and came out as undecided*"
    result.stdout.fnmatch_lines([line])


def test_a_claim_that_was_not_run_fails_the_run(pytester, run_args, recorded):
    """A deselected claim is absent, not as expected."""
    result = pytester.runpytest(*run_args, "--expect", recorded, "-k", "test_one")

    assert result.ret == 1
    result.stdout.fnmatch_lines(["*test_two* is expected as fails and came out as absent*"])


def test_other_failing_tests_still_fail_the_run(pytester, run_args, recorded):
    """Expected verdicts excuse claims, nothing else."""
    pytester.makepyfile(test_other="def test_other(): assert False")

    result = pytester.runpytest(*run_args, "--expect", recorded)

    assert result.ret == 1


@pytest.mark.parametrize(
    "content, message",
    [
        (None, "--expect cannot read *verdicts.json: No such file*"),
        ("[]", "*is no file of expected verdicts*write one with --record FILE"),
        ('{"format": 2, "claims": {}}', "*has format 2; this version reads 1"),
    ],
    ids=["missing", "something else", "newer"],
)
def test_a_file_that_holds_no_verdicts_is_a_usage_error(pytester, plugin_args, content, message):
    """The run does not start, and one sentence says why."""
    pytester.makepyfile(CLAIMS.format(low=0.1))
    if content is not None:
        pytester.path.joinpath("verdicts.json").write_text(content)

    result = pytester.runpytest(*plugin_args, "--expect", "verdicts.json")

    assert result.ret == 4
    result.stderr.fnmatch_lines([f"*{message}"])
