"""Verdicts in JUnit files."""

import xml.etree.ElementTree as ET

CLAIM = """
    import pytest
    from claimkit.errors import NotApplicable

    @pytest.mark.claim("A10")
    def test_undecided(judge):
        judge((-0.01, 0.05), above=0.0)

    @pytest.mark.claim("A11")
    def test_not_applicable(judge):
        raise NotApplicable("the window is too short")

    @pytest.mark.claim("A12")
    def test_holds(judge):
        judge((0.96, 0.99), at_least=0.95)
"""


def read(path):
    """Each testcase's properties, and whether it counts as skipped."""
    cases = ET.parse(path).iter("testcase")
    return {
        case.get("name"): (
            {p.get("name"): p.get("value") for p in case.iter("property")},
            case.find("skipped") is not None,
        )
        for case in cases
    }


def test_junit_files_carry_the_verdicts(pytester, run_args):
    """A JUnit file knows each verdict with its numbers, and counts none that is open as passed."""
    pytester.makepyfile(CLAIM)

    pytester.runpytest(*run_args, "--junitxml=junit.xml")

    cases = read(pytester.path / "junit.xml")
    undecided, skipped = cases["test_undecided[A10]"]
    assert skipped
    assert undecided["claim"] == "A10"
    assert undecided["verdict"] == "undecided"
    assert (float(undecided["low"]), float(undecided["high"])) == (-0.01, 0.05)
    assert undecided["needs"] == "> 0"
    not_applicable, skipped = cases["test_not_applicable[A11]"]
    assert skipped
    assert not_applicable["verdict"] == "not applicable"
    assert not_applicable["reason"] == "the window is too short"
    assert "effect" not in not_applicable
    holds, skipped = cases["test_holds[A12]"]
    assert not skipped
    assert holds["verdict"] == "holds"
