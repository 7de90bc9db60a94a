"""The gate, with a real model: the bundled control beside snapshots of itself and of others."""

import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace

# Runs of pytest inside pytest forget what they import, which scipy cannot bear.
import hypothesis  # noqa: F401
import pytest
import scipy.stats  # noqa: F401

from claimkit.evidence.snapshots import read_snapshot

CLAIMS = """
    import pytest
    from claimkit.tasks import UL, UR

    @pytest.mark.claim("A10", source="paper", says="Right is easier.")
    @pytest.mark.parametrize("length", [5, 6])
    def test_gap(evidence, judge, length):
        judge(evidence.paired_gap(UR, UL, length=length), above=0.0)

    @pytest.mark.claim("A11", source="paper", says="Left is possible.")
    def test_left(evidence, judge):
        judge(evidence.accuracy(UL, length=5), at_least=0.9)
"""
UNPAIRED = "not paired string by string"


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    """A project whose claims were measured and recorded, by a process of its own."""
    folder = tmp_path_factory.mktemp("audited")
    body = "\n".join(line.removeprefix("    ") for line in CLAIMS.splitlines())
    folder.joinpath("test_bias.py").write_text(body)
    command = [sys.executable, "-m", "pytest", "-p", "claimkit.plugin", "--snapshot-update"]
    done = subprocess.run(
        [*command, "--rootdir=."], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    return folder


@pytest.fixture
def project(pytester, audited):
    """A copy of it: what is in the store is compared without loading the model."""
    shutil.copytree(audited, pytester.path, dirs_exist_ok=True)
    return pytester


def edit(project, change, test="*"):
    """Change the streams of some snapshots."""
    for path in project.path.glob(f"__snapshots__/forward-born/test_bias/{test}.json"):
        snapshot = read_snapshot(path)
        streams = tuple(map(change, snapshot.streams))
        path.write_text(replace(snapshot, streams=streams).to_text(), encoding="utf-8")


def all_right(sample):
    """What a model would have that is always right."""
    return replace(sample, right=(True,) * sample.size)


def test_a_model_is_no_worse_than_itself(project, snapshot_run_args):
    """On the same strings nothing differs; a stream of two claims, and a task's sum, count once."""
    result = project.runpytest(*snapshot_run_args, "--gate")

    assert result.parseoutcomes() == {"passed": 2, "xfailed": 1}
    assert result.ret == 0
    line = "compared with snapshot forward-born: 6 same within noise (a drop of *"
    result.stdout.fnmatch_lines([line])


def test_what_is_worse_fails_the_run(project, snapshot_run_args):
    """Each is a failed test with both figures, the strings both ways, and one of them."""
    edit(project, all_right)

    result = project.runpytest(*snapshot_run_args, "--gate")

    assert result.ret == 1
    assert result.parseoutcomes() == {"passed": 2, "xfailed": 1, "failed": 3}
    result.stdout.fnmatch_lines(
        [
            "UL over 2 settings: 1.00 → 0.* of 128 strings (−0.*); * right before and wrong now, *",
            "right before and wrong now, for example: * | *: *",
            "UL at length 5: 1.00 → 0.* of 64 strings (−0.*; worse (p = *, one of 6 comparisons)",
            "compared with snapshot forward-born: 3 same within noise (*), 3 worse",
            "FAILED gate::UL over 2 settings - *",
            "FAILED gate::UL at length 6 - *",
        ]
    )


def test_what_is_better_is_shown(project, snapshot_args):
    """A model that was never right before is better now, which fails nothing."""
    edit(project, lambda sample: replace(sample, right=(False,) * sample.size))

    result = project.runpytest(*snapshot_args, "--gate")

    assert result.ret == 0
    result.stdout.fnmatch_lines(["UR at length 5: 0.00 → 0.9* of 64 *; better (p = *"])


def test_junit_files_know_what_is_worse(project, snapshot_run_args):
    """The gate's failures are testcases like any other."""
    edit(project, all_right)

    project.runpytest(*snapshot_run_args, "--junitxml=junit.xml")

    suite = next(ET.parse(project.path / "junit.xml").iter("testsuite"))
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    failure = cases["UL at length 5"].find("failure")
    assert "right before and wrong now, for example: " in failure.text
    assert (suite.get("failures"), suite.get("tests")) == ("3", "6")
    left = {p.get("name"): p.get("value") for p in cases["test_left[A11]"].iter("property")}
    assert left["before"] == "fails"


@pytest.mark.parametrize("option", ["-x", "--maxfail=2"])
def test_all_that_is_worse_is_told_however_few_failures_are_wanted(project, snapshot_args, option):
    """When the run is over there is nothing left to stop."""
    edit(project, all_right)

    result = project.runpytest(*snapshot_args, option)

    assert result.parseoutcomes()["failed"] == 3
    result.stdout.no_fnmatch_line("*stopping after*")
    result.stdout.no_fnmatch_line("*not reached*")


def test_the_gate_decides_on_what_a_stopped_run_came_to(project, snapshot_args):
    """A run that -x stopped at another failure compares what it has."""
    edit(project, all_right)
    project.makepyfile(test_after="def test_that_fails(): assert False")
    project.makepyfile(test_later="def test_later(judge): judge((0, 1), at_least=0)")

    result = project.runpytest(
        *snapshot_args, "-x", "test_bias.py", "test_after.py", "test_later.py"
    )

    assert result.parseoutcomes() == {"passed": 2, "xfailed": 1, "failed": 4}
    result.stdout.fnmatch_lines(["*stopping after 1 failures*"])


def test_failures_of_the_gate_are_not_kept_for_the_last_failed(project, snapshot_args):
    """``--last-failed`` could never find them again."""
    edit(project, all_right)

    project.runpytest(*snapshot_args)

    kept = project.path / ".pytest_cache" / "v" / "cache" / "lastfailed"
    assert not kept.exists() or json.loads(kept.read_text()) == {}


def test_another_alphabet_is_refused(project, snapshot_args):
    """Strings of other symbols are other strings, and the test says so."""
    edit(project, lambda sample: replace(sample, prompt="0123"), "test_left*")

    result = project.runpytest(*snapshot_args)

    assert result.ret == 1
    result.stdout.fnmatch_lines(
        ["*outcomes of UL at length 5 are of another alphabet (prompts 0123) *; record them anew*"]
    )
    result.stdout.fnmatch_lines(["A11 *error *test_left*"])


def test_a_snapshot_keeps_its_own_size(project, snapshot_args):
    """As many strings are compared as it holds, whatever the verdict read."""
    result = project.runpytest(*snapshot_args, "--snapshot-update", "--snapshot-samples", "16")

    assert result.ret == 0
    result = project.runpytest(*snapshot_args, "--gate")
    sizes = {s.size for p in project.path.glob("**/*.json") for s in _streams(p)}
    assert sizes == {16}
    result.stdout.fnmatch_lines(["*of 16 strings would have shown*"])


def _streams(path):
    return read_snapshot(path).streams if "__snapshots__" in path.parts else ()


def test_what_there_is_no_time_for_is_counted(project, snapshot_args):
    """Under a budget that is used up nothing is measured for the gate, and nothing hidden."""
    shutil.rmtree(project.path / ".claimkit" / "evidence" / "streams")
    project.makepyfile(test_slow="import time\ntime.sleep(1.2)")

    result = project.runpytest(*snapshot_args, "--gate", "--budget", "1s")

    assert result.parseoutcomes() == {"undecided": 3}
    result.stdout.fnmatch_lines(["3 tests not compared: the time budget was used up *"])


def test_a_model_that_cannot_be_asked_any_more_fails_the_gate(project, snapshot_args):
    """What was measured before and is not now is no silent pass; without --gate it is shown."""
    source = project.path / "test_bias.py"
    raising = "from claimkit.errors import NotApplicable\n    raise NotApplicable('no room')\n    "
    text = source.read_text().replace(
        "judge(evidence.accuracy", f"{raising}judge(evidence.accuracy"
    )
    source.write_text(text)

    gated = project.runpytest(*snapshot_args, "--gate")
    shown = project.runpytest(*snapshot_args)

    assert (gated.ret, shown.ret) == (1, 0)
    gated.stdout.fnmatch_lines(["*the baseline of test_left* cannot be compared with: no room"])
    shown.stdout.fnmatch_lines(["1 test not compared: no room"])
