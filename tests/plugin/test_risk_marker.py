"""A failing risk is shown by one small question."""

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET

# Runs of pytest inside pytest forget what they import, which scipy cannot bear.
import hypothesis  # noqa: F401
import pytest
import scipy.stats  # noqa: F401

from claimkit.reporting.journal import read_run

CLAIM = """
import pytest
from claimkit.tasks import UL, UR

@pytest.mark.risk
@pytest.mark.claim("R1", source="paper", says="Left is reliable.")
def test_left(evidence, judge, reliability):
    judge(evidence.accuracy(UL, length=5), at_least=reliability)

@pytest.mark.risk
@pytest.mark.claim("R2", source="paper", says="Left is as easy as right.")
def test_gap(evidence, judge):
    judge(evidence.paired_gap(UL, UR, length=5), above=0.0)

@pytest.mark.claim("A1", source="paper", says="Left is possible.")
def test_finding(evidence, judge):
    judge(evidence.accuracy(UL, length=5), at_least=0.9)
"""


@pytest.fixture(scope="module")
def hunted(tmp_path_factory):
    """A project whose claims failed in a process of its own, and what that printed."""
    folder = tmp_path_factory.mktemp("hunted")
    folder.joinpath("test_risks.py").write_text(CLAIM)
    command = [sys.executable, "-m", "pytest", "-p", "claimkit.plugin", "--rootdir=."]
    options = ["--junitxml=junit.xml", "--reliability", "0.9"]
    # With CI set, pytest prints each failure a second time, whole, in its short summary.
    terminal = {k: v for k, v in os.environ.items() if k not in ("CI", "BUILD_NUMBER")}
    done = subprocess.run(
        [*command, *options], cwd=folder, env=terminal, capture_output=True, text=True, check=False
    )
    return folder, done.stdout


def test_a_failing_risk_shows_a_counterexample(hunted):
    """Prompt, expected and actual answer, and the line that asks again; a finding shows none."""
    _, said = hunted

    assert said.count("counterexample of UL at ") == 1
    shown = r"counterexample of UL .*\n  prompt: (.*\n)+?  expected: .\n  actual:   .*\n  replay:  "
    assert re.search(shown + r" claimkit replay --model forward-born --task UL --context '.*", said)


def test_a_gap_has_no_counterexample(hunted):
    """A difference of rates is not right or wrong at one string, and that is said."""
    _, said = hunted

    assert "no counterexample was searched for: only accuracies at one setting have one" in said


def test_junit_files_have_the_counterexample(hunted):
    """What a failing risk shows is a property of its testcase."""
    folder, _ = hunted
    cases = {case.get("name"): case for case in ET.parse(folder / "junit.xml").iter("testcase")}
    properties = {p.get("name"): p.get("value") for p in cases["test_left[R1]"].iter("property")}

    assert re.fullmatch(r"(. )+\? .: . expected, .+ given", properties["counterexample"])
    assert properties["replay"].startswith("claimkit replay ")
    assert properties["needs"] == "≥ 0.9"


def test_what_was_found_is_remembered(pytester, hunted, run_args):
    """The next run has the same counterexample, from the store; workers bring it back whole."""
    folder, _ = hunted
    shutil.copytree(folder, pytester.path, dirs_exist_ok=True)
    evidence = pytester.path / ".claimkit" / "evidence"
    found = read_run(evidence).claims[0].judgements[0].counterexample

    result = pytester.runpytest(*run_args, "--reliability", "0.9", "-k", "left")

    assert result.parseoutcomes()["failed"] == 1
    assert read_run(evidence).claims[0].judgements[0].counterexample == found
    result.stdout.fnmatch_lines([f"  replay:   {found.replay.replace('[', '[[]')}"])


def test_examples_are_kept_for_the_next_hunt(hunted):
    """They lie beside the evidence, unless --examples names another folder."""
    folder, _ = hunted

    assert [*(folder / ".claimkit" / "examples").glob("*/*")]
