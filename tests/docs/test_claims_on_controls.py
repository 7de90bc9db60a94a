"""The mutation check: every claim holds on one of the bundled controls and fails on another."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

import claimkit
from claimkit.evidence.snapshot_names import file_of
from claimkit.evidence.snapshots import ClaimSnapshot
from claimkit.evidence.verdicts import Estimate, Interval, Verdict

ROOT = Path(claimkit.__file__).parents[2]
PROGRAM = ROOT / "benchmarks" / "controls.py"
PAGE = ROOT / "docs" / "claims-on-controls.md"
HOLDS, FAILS, NOT_APPLICABLE = Verdict.HOLDS, Verdict.FAILS, Verdict.NOT_APPLICABLE


@pytest.fixture(scope="module")
def program():
    """The program that writes the page, as a module."""
    spec = importlib.util.spec_from_file_location("controls", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    # Its dataclasses look themselves up.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture
def rows(program, tmp_path):
    """Reads rows from snapshots of the three controls, given as (test, verdicts)."""

    def read(*tests):
        for test, verdicts in tests:
            for name, verdict in zip(program.CONTROLS, verdicts, strict=True):
                path = tmp_path / name / file_of(test)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(snapshot(test, verdict).to_text(), encoding="utf-8")
        return program.read_rows(tmp_path)

    return read


def snapshot(test, verdict):
    """A snapshot with an effect that fits its verdict."""
    value = {HOLDS: 0.9, FAILS: 0.1, NOT_APPLICABLE: 0.5}[verdict]
    return ClaimSnapshot(
        test=test,
        claim="A10",
        verdict=verdict,
        label=f"UR − UL at length {re.search(r'length=(.*)]', test)[1]}",
        needs="> 0.5",
        effect=Estimate(value, Interval(value - 0.1, value + 0.1), 64),
        reason="not elicited" if verdict is NOT_APPLICABLE else "",
    )


def test_the_page_says_what_the_snapshots_and_the_controls_say():
    """What the program prints now is the page, byte for byte."""
    done = subprocess.run(
        [sys.executable, str(PROGRAM)], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert done.stdout == PAGE.read_text(encoding="utf-8")


def test_every_claim_holds_on_a_control_and_fails_on_another(program):
    """At one of its settings, or at one within reach of the controls that the page names.

    A few do not, and the page names these, too, with the reason.
    """
    snapshots = ROOT / "claims" / "__snapshots__"
    reached = PAGE.read_text(encoding="utf-8").partition(program.REACH)[2].partition("\n## ")[0]
    shown = [line for line in reached.splitlines() if "holds (" in line and "fails (" in line]
    without = [
        (found[0].claim, found[0].label.partition(" at ")[0])
        for _, found in program.by_comparison(program.read_rows(snapshots))
        if all(row.missing for row in found)
    ]

    missing = {w for w in without if not any(f"| {w[0]} | {w[1]} at" in line for line in shown)}
    assert missing == set(program.ONE_SIDED)


def test_a_claim_with_controls_on_both_sides_is_not_listed(program, rows):
    """One control on which it holds and one on which it fails are enough."""
    found = rows(("test_a.py::test_x[A10-UR-UL-length=10]", (HOLDS, FAILS, NOT_APPLICABLE)))

    assert program.listed(found) == ""
    assert "| A10 | `test_x[UR-UL]` | 1 | 1 | 0 | 0 |" in program.overview(found)


@pytest.mark.parametrize(
    "verdicts, said",
    [
        ((FAILS, NOT_APPLICABLE, FAILS), "none holds; nearest is forward-born, fails (+0.10)"),
        ((HOLDS, HOLDS, NOT_APPLICABLE), "none fails; nearest is forward-born, holds (+0.90)"),
        ((NOT_APPLICABLE,) * 3, "none holds; not elicited"),
    ],
    ids=["none-holds", "none-fails", "not-applicable"],
)
def test_a_claim_that_cannot_come_out_both_ways_is_listed_with_the_reason(
    program, rows, verdicts, said
):
    """The reason is how near a control comes, or why none can be asked."""
    found = rows(("test_a.py::test_x[A10-UR-UL-length=10]", verdicts))

    assert program.listed(found) == f"- A10, UR − UL at length 10: {said}"


def test_settings_of_one_comparison_are_counted_together(program, rows):
    """Lengths in the order of their numbers, and drawn settings with the headline ones."""
    found = rows(
        ("test_a.py::test_x[A10-UR-UL-length=100]", (HOLDS, HOLDS, HOLDS)),
        ("test_a.py::test_x[A10-UR-UL-length=20]", (HOLDS, FAILS, FAILS)),
    )

    assert [row.label for row in found] == ["UR − UL at length 20", "UR − UL at length 100"]
    assert "| `test_x[UR-UL]` | 2 | 1 | 0 | 1 |" in program.overview(found)


def test_a_damaged_snapshot_ends_the_program(program, rows, tmp_path):
    """A page without it would look complete."""
    rows(("test_a.py::test_x[A10-UR-UL-length=10]", (HOLDS, FAILS, FAILS)))
    (path,) = (tmp_path / "even-born").glob("*/*.json")
    path.write_text("{", encoding="utf-8")

    with pytest.raises(SystemExit, match="damaged"):
        program.read_rows(tmp_path)
