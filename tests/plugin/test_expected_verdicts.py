"""``--expect`` succeeds exactly when the verdicts are the recorded ones."""

import json

import pytest

from claimkit.plugin.ledger import NOTHING_DECIDED

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
    line = "*unexpected: test_*.py::test_one* is expected as holds and came out as undecided*"
    result.stdout.fnmatch_lines([line])


def test_a_claim_that_was_not_run_fails_the_run(pytester, run_args, recorded):
    """A deselected claim is absent, not as expected."""
    result = pytester.runpytest(*run_args, "--expect", recorded, "-k", "test_one")

    assert result.ret == 1
    result.stdout.fnmatch_lines(["*.py::test_two* is expected as fails and came out as absent*"])


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


@pytest.mark.parametrize(
    "first, second, expected",
    [
        ("test_a.py", "test_b.py", ["test_a.py::test_one[A1]", "test_b.py::test_one[A1]"]),
        ("a/test_a.py", "b/test_b.py", ["test_a.py::test_one[A1]", "test_b.py::test_one[A1]"]),
        ("a/test_x.py", "b/test_x.py", ["a/test_x.py::test_one[A1]", "b/test_x.py::test_one[A1]"]),
    ],
    ids=["two files", "two folders", "files of one name"],
)
def test_claims_of_one_name_are_told_apart(pytester, plugin_args, first, second, expected):
    """Verdicts go by file and test, without folders unless only folders tell them apart."""
    for name in (first, second):
        path = pytester.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(CLAIMS.format(low=0.1))

    pytester.runpytest(
        *plugin_args, "--import-mode=importlib", "-k", "test_one", "--record", "new/folder/out.json"
    )

    recorded = json.loads((pytester.path / "new" / "folder" / "out.json").read_text())
    assert list(recorded["claims"]) == expected


def test_a_run_that_decides_nothing_as_expected_succeeds(pytester, run_args):
    """Undecided as expected is a success, and nothing is said of another exit status."""
    pytester.makepyfile(CLAIMS.format(low=-0.1))
    selected = (*run_args, "-k", "test_one")
    alone = pytester.runpytest(*selected, "--record", "verdicts.json")

    result = pytester.runpytest(*selected, "--expect", "verdicts.json")

    assert (alone.ret, result.ret) == (NOTHING_DECIDED, 0)
    result.stdout.fnmatch_lines(["*all 1 verdicts are the expected ones*"])
    result.stdout.no_fnmatch_line("*no claim was decided*")


def test_verdicts_that_cannot_be_written_fail_the_run(pytester, run_args, recorded):
    """What becomes of the file during the run is said at its end, without a traceback."""
    pytester.makepyfile(test_last="import os\ndef test_last(): os.makedirs('late.json')")

    result = pytester.runpytest(*run_args, "--expect", recorded, "--record", "late.json")

    assert result.ret == 1
    line = "claimkit: cannot write the verdicts to *late.json: Is a directory"
    result.stdout.fnmatch_lines([line])
    result.stdout.no_fnmatch_line("*wrote the verdicts*")


def test_an_interrupted_run_records_nothing(pytester, plugin_args):
    """A file of some of the verdicts would pass for all of them."""
    pytester.makepyfile(CLAIMS.format(low=0.1) + "\ndef test_stop(): raise KeyboardInterrupt\n")

    result = pytester.runpytest_subprocess(*plugin_args, "--record", "verdicts.json")

    assert not (pytester.path / "verdicts.json").exists()
    result.stdout.no_fnmatch_line("*wrote the verdicts*")
