"""What a snapshot has recorded decides what a verdict means for the run."""

import pytest

CLAIM = """
    import pytest

    {risk}
    @pytest.mark.claim("A1", source="paper", says="One.")
    def test_one(judge):
        judge({interval}, {needs})
"""
HOLDS, FAILS, OPEN = (0.1, 0.5), (-0.5, -0.1), (-0.1, 0.5)
RISK = "@pytest.mark.risk"


@pytest.fixture
def claims(pytester):
    """A function that writes a claim with the interval that was measured."""

    def write(interval, needs="above=0.0", risk=""):
        pytester.makepyfile(CLAIM.format(interval=interval, needs=needs, risk=risk))

    return write


@pytest.mark.parametrize(
    "recorded, now, risk, outcomes, status, words",
    [
        (FAILS, FAILS, "", {"xfailed": 1}, 0, "1 fails (1 expected); *"),
        (FAILS, FAILS, RISK, {"xfailed": 1}, 0, "1 fails (1 expected); *"),
        (HOLDS, FAILS, "", {"changed": 1}, 0, "1 fails (1 changed); *"),
        (OPEN, FAILS, "", {"changed": 1}, 0, "A1 * fails now; changed: was undecided before"),
        (HOLDS, FAILS, RISK, {"failed": 1}, 1, "A1 * fails now; changed: held before"),
        (OPEN, FAILS, RISK, {"failed": 1}, 1, "A1 * fails now; changed: was undecided before"),
        (FAILS, HOLDS, "", {"passed": 1}, 0, "A1 * holds now; improved: failed before"),
        (FAILS, HOLDS, RISK, {"passed": 1}, 0, "1 holds (1 improved); *"),
        (FAILS, OPEN, "", {"undecided": 1}, 10, "A1 * is undecided now; changed: failed before"),
        (HOLDS, HOLDS, RISK, {"passed": 1}, 0, "1 holds; *"),
    ],
)
def test_a_verdict_beside_the_one_before(
    pytester, snapshot_args, claims, recorded, now, risk, outcomes, status, words
):
    """Failures that were known are expected, findings may change, risks may not."""
    claims(recorded, risk=risk)
    pytester.runpytest(*snapshot_args, "--snapshot-update")
    claims(now, risk=risk)

    result = pytester.runpytest(*snapshot_args, "--gate")

    assert result.parseoutcomes() == outcomes
    assert result.ret == status
    result.stdout.fnmatch_lines([words])


def test_a_failure_of_something_else_is_not_expected(pytester, snapshot_args, claims):
    """What was recorded of another threshold says nothing about this one."""
    claims(FAILS, "above=0.0")
    pytester.runpytest(*snapshot_args, "--snapshot-update")
    claims(FAILS, "at_least=0.9")

    result = pytester.runpytest(*snapshot_args)

    assert result.parseoutcomes() == {"failed": 1}


def test_recording_a_failure_makes_it_expected(pytester, snapshot_run_args, claims):
    """The run that records what a model cannot do is a success, in one process and in several."""
    claims(FAILS, risk=RISK)

    result = pytester.runpytest(*snapshot_run_args, "--snapshot-update")

    assert result.parseoutcomes() == {"xfailed": 1}
    assert result.ret == 0
    result.stdout.fnmatch_lines(["recorded 1 test as forward-born in *", "1 snapshot generated.*"])


def test_without_snapshot_a_failure_fails_and_says_how_to_record_it(pytester, run_args, claims):
    """A run that has nothing to compare with says so in one sentence."""
    claims(FAILS)

    result = pytester.runpytest(*run_args)

    assert result.ret == 1
    assert "record one with --snapshot-update" in " ".join(result.outlines)


def test_a_claim_without_baseline_fails_the_gate(pytester, snapshot_run_args, claims):
    """A new claim is never passed silently, though it holds; without --gate it is only counted."""
    claims(HOLDS)
    pytester.runpytest(*snapshot_run_args, "--snapshot-update")
    pytester.makepyfile(test_new="def test_new(judge): judge((0.1, 0.5), above=0.0)")

    gated = pytester.runpytest(*snapshot_run_args, "--gate")
    shown = pytester.runpytest(*snapshot_run_args)

    assert (gated.ret, shown.ret) == (1, 0)
    gated.stdout.fnmatch_lines(["*no baseline of test_new.py::test_new in *"])
    shown.stdout.fnmatch_lines(["1 test without a snapshot; record one with --snapshot-update"])


def test_a_damaged_snapshot_fails_its_test(pytester, snapshot_args, claims):
    """The file is named; --snapshot-update alone replaces it."""
    claims(HOLDS)
    pytester.runpytest(*snapshot_args, "--snapshot-update")
    (path,) = pytester.path.glob("__snapshots__/forward-born/*/*.json")
    whole = path.read_text()
    path.write_text(whole[:50])

    result = pytester.runpytest(*snapshot_args)

    assert result.ret == 1
    assert f"the snapshot {path} is damaged" in result.stdout.str().replace("\n", " ")
    assert path.read_text() == whole[:50]
    pytester.runpytest(*snapshot_args, "--snapshot-update")
    assert path.read_text() == whole


def test_only_missing_snapshots_are_recorded_if_asked(pytester, snapshot_args, claims):
    """``--snapshot-update-new-only`` leaves what was recorded, and compares with it."""
    claims(HOLDS)
    pytester.runpytest(*snapshot_args, "--snapshot-update")
    claims(FAILS)
    pytester.makepyfile(test_new="def test_new(judge): judge((-0.5, -0.1), above=0.0)")

    result = pytester.runpytest(*snapshot_args, "--snapshot-update-new-only")

    assert result.parseoutcomes() == {"changed": 1, "xfailed": 1}
    assert len([*pytester.path.glob("__snapshots__/forward-born/*/*.json")]) == 2
