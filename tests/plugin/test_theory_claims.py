"""Claims about theory: judged without any model, and beside one never taken for what it does."""

import json

# Runs of pytest inside pytest forget what they import, which scipy cannot bear.
import hypothesis  # noqa: F401
import pytest
import scipy.stats  # noqa: F401

from claimkit.plugin.ledger import NOTHING_DECIDED
from claimkit.reporting.journal import read_run
from claimkit.reporting.records import MODEL, THEORY

LAW = """
    import sys
    from dataclasses import dataclass
    from pathlib import Path
    import pytest

    @dataclass(frozen=True)
    class Checked:
        label: str
        how: str
        counterexample: str = ""

    @pytest.fixture
    def questions():
        Path("asked").touch()

    @pytest.mark.claim("A1", source="paper, §3", says="UR has a program.", subject="theory")
    def test_program(judge, questions, pytestconfig):
        prepared = getattr(pytestconfig, "workerinput", {}).get("claimkit_prepared")
        print("prepared:", prepared, "torch" in sys.modules)
        how = "all 9,840 questions up to length 7 over 3 symbols"
        judge.law(Checked("UR by its program", how, COUNTEREXAMPLE))
"""
FINDING = """
    import pytest

    @pytest.mark.claim("A10", source="paper, §4", says="Right is easier.")
    def test_gap(judge):
        judge(INTERVAL, above=0.0)
"""
BROKEN = '"b a | a": the program answers "a", the task "b"'
HOLDS, FAILS, OPEN = (0.1, 0.5), (-0.5, -0.1), (-0.1, 0.5)


@pytest.fixture
def laws(pytester):
    """Writes a file with a claim about theory, by default one that holds."""

    def write(counterexample="", place="."):
        pytester.path.joinpath(place).mkdir(exist_ok=True)
        text = LAW.replace("COUNTEREXAMPLE", repr(counterexample))
        pytester.makepyfile(test_laws=text).rename(pytester.path / place / "test_laws.py")

    return write


@pytest.fixture
def findings(pytester):
    """Writes a file with a claim about the model, of which an interval was measured."""
    return lambda interval: pytester.makepyfile(
        test_findings=FINDING.replace("INTERVAL", repr(interval))
    )


@pytest.fixture
def recorded(pytester):
    """The names of the snapshots that there are."""
    return lambda: sorted(p.name for p in pytester.path.glob("__snapshots__/*/*/*.json"))


def test_a_law_that_holds_passes(pytester, run_args, laws, monkeypatch):
    """The table says what was checked; there is no model, no estimate and no snapshot to speak of.

    What could be wrong with some probability is counted, and here nothing is.
    """
    monkeypatch.setenv("COLUMNS", "200")
    laws()

    result = pytester.runpytest(*run_args, "-rP")

    assert result.parseoutcomes() == {"passed": 1}
    assert result.ret == 0
    said = "all 9,840 questions up to length 7 over 3 symbols"
    result.stdout.fnmatch_lines([f"A1    holds      UR by its program: {said}", "1 holds; *"])
    result.stdout.fnmatch_lines(["error rate: none over 1 verdict about theory, where nothing *"])
    # Whether torch is loaded is not asked here: an earlier test of this process may have done it.
    result.stdout.fnmatch_lines(["prepared: None *"])
    for words in ("model: *", "evidence: *", "*snapshot*"):
        result.stdout.no_fnmatch_line(words)


def test_a_law_that_fails_fails_the_run(pytester, run_args, laws, monkeypatch):
    """Its sentence is the counterexample, in the failure as in the table."""
    monkeypatch.setenv("COLUMNS", "200")
    laws(BROKEN)

    result = pytester.runpytest(*run_args)

    assert result.parseoutcomes() == {"failed": 1}
    assert result.ret == 1
    shown = f"UR by its program: {BROKEN}"
    result.stdout.fnmatch_lines([shown, f"A1    fails      {shown}"])
    result.stdout.no_fnmatch_line("*Error*")


@pytest.mark.parametrize(
    "interval, counterexample, more, status",
    [
        (None, "", (), 0),
        (None, "", ("--model", "even-born", "test_laws.py"), NOTHING_DECIDED),
        (HOLDS, "", (), 0),
        (OPEN, "", (), NOTHING_DECIDED),
        (OPEN, BROKEN, (), 1),
    ],
)
def test_theory_decides_nothing_about_a_model(
    pytester, plugin_args, laws, findings, interval, counterexample, more, status
):
    """A run that asked about a model and found nothing out says so, whatever theory says."""
    laws(counterexample)
    if interval is not None:
        findings(interval)

    result = pytester.runpytest(*plugin_args, *more)

    assert result.ret == status


@pytest.mark.parametrize("more", [(), ("-n2",)], ids=["one-process", "two-workers"])
def test_with_a_model_theory_is_listed_and_not_run(
    pytester, plugin_args, laws, findings, more, monkeypatch
):
    """Not even its fixtures are set up, and the reason says what to do."""
    monkeypatch.setenv("COLUMNS", "200")
    laws(BROKEN)
    findings(HOLDS)

    result = pytester.runpytest_subprocess(*plugin_args, "--model", "even-born", *more)

    assert result.ret == 0
    result.stdout.fnmatch_lines(["*= 1 passed, 1 not applicable in *"])
    reason = "about tasks, not about a model; leave --model out to run it"
    result.stdout.fnmatch_lines(["A1    not *", "1 holds, 1 not applicable; *"])
    assert f"test_program[A1]: {reason}" in " ".join(result.stdout.str().split())
    assert not (pytester.path / "asked").exists()


def test_theory_has_no_snapshot(pytester, snapshot_run_args, laws, findings, recorded):
    """None is recorded and none demanded; what there is of the model is compared as ever."""
    laws()
    findings(HOLDS)

    updated = pytester.runpytest(*snapshot_run_args, "--snapshot-update")
    gated = pytester.runpytest(*snapshot_run_args, "--gate")

    assert (updated.ret, gated.ret) == (0, 0)
    assert gated.parseoutcomes() == {"passed": 2}
    assert recorded() == ["test_gap[A10].json"]
    updated.stdout.fnmatch_lines(["recorded 1 test as forward-born in *"])
    gated.stdout.no_fnmatch_line("*without a snapshot*")


def test_a_law_that_fails_is_never_expected(pytester, snapshot_args, laws, findings):
    """Neither the run that records what a model cannot do nor the next one excuses it."""
    laws(BROKEN)
    findings(FAILS)

    updated = pytester.runpytest(*snapshot_args, "--snapshot-update")
    gated = pytester.runpytest(*snapshot_args, "--gate")

    assert updated.parseoutcomes() == gated.parseoutcomes() == {"xfailed": 1, "failed": 1}
    assert (updated.ret, gated.ret) == (1, 1)


@pytest.mark.parametrize("arguments", [(), ("test_laws.py",)], ids=["all", "laws"])
def test_theory_leaves_snapshots_alone(
    pytester, snapshot_run_args, laws, findings, recorded, arguments
):
    """Of a run with nothing but theory no snapshot of a model becomes unused."""
    findings(HOLDS)
    pytester.runpytest(*snapshot_run_args, "--snapshot-update")
    pytester.path.joinpath("test_findings.py").unlink()
    laws()

    result = pytester.runpytest(*snapshot_run_args, "--snapshot-update", *arguments)

    assert result.ret == 0
    assert recorded() == ["test_gap[A10].json"]
    result.stdout.no_fnmatch_line("*unused*")
    result.stdout.no_fnmatch_line("*recorded*")


def test_a_claim_that_becomes_theory_loses_its_snapshot(
    pytester, snapshot_args, laws, findings, recorded
):
    """What was once recorded of a model by a test of that name is nothing to compare with."""
    laws()
    findings(HOLDS)
    path = pytester.path / "test_laws.py"
    theory = path.read_text()
    path.write_text(
        theory.replace(', subject="theory"', "").replace(
            "judge.law(", "judge((0.1, 0.5), above=0)#"
        )
    )
    pytester.runpytest(*snapshot_args, "--snapshot-update")
    before = recorded()
    path.write_text(theory)

    result = pytester.runpytest(*snapshot_args, "--snapshot-update")

    assert (before, recorded()) == (["test_gap[A10].json", "test_program[A1].json"], before[:1])
    assert result.ret == 0


def test_the_gate_asks_no_baseline_of_theory_alone(pytester, snapshot_args, laws, findings):
    """A file of nothing else needs no snapshot of the model; a folder may hold more."""
    laws()

    alone = pytester.runpytest(*snapshot_args, "--gate", "test_laws.py")
    folder = pytester.runpytest(*snapshot_args, "--gate")

    assert (alone.ret, folder.ret) == (0, pytest.ExitCode.USAGE_ERROR)


def test_theory_looks_at_no_model(pytester, plugin_args, laws):
    """Workers of a file of nothing else are not told of the bundled model, and load no torch."""
    laws(place="claims")

    result = pytester.runpytest_subprocess(*plugin_args, "-n1", "-rP", "claims/test_laws.py")

    assert result.ret == 0
    result.stdout.fnmatch_lines(["prepared: None False"])


def test_a_plan_of_theory_alone_is_one_line(pytester, plugin_args, laws):
    """Nothing would be measured, so nothing is estimated."""
    laws()

    result = pytester.runpytest(*plugin_args, "--plan")

    assert result.ret == 0
    result.stdout.fnmatch_lines(["1 test about theory, where nothing is measured"])
    result.stdout.no_fnmatch_line("model: *")
    assert not (pytester.path / "asked").exists()


def test_a_plan_counts_theory_apart(pytester, plugin_args, laws, findings):
    """It is in no row, nor among the tests that could not be planned."""
    laws()
    findings(HOLDS)

    result = pytester.runpytest_subprocess(*plugin_args, "--plan")

    text = " ".join(result.stdout.str().split())
    assert result.ret == 0
    assert " A10 1 0 0 0 0 all 1 0 " in text
    assert "1 test about theory, where nothing is measured" in text
    assert "to plan" not in text
    assert "cannot be planned" not in text


@pytest.mark.parametrize("option", ["--collect-only", "--budget=1m", "--strict-claims"])
def test_theory_goes_with_other_options(pytester, run_args, laws, findings, option):
    """Options about measuring find nothing to measure in it."""
    laws()
    findings(HOLDS)

    result = pytester.runpytest(*run_args, option)

    assert result.ret == 0
    if option != "--collect-only":
        assert result.parseoutcomes() == {"passed": 2}


def test_a_report_of_theory_names_no_model(pytester, run_args, laws):
    """Nor a snapshot; what holds is said in a sentence of its own."""
    laws()
    (pytester.path / "__snapshots__" / "forward-born").mkdir(parents=True)

    pytester.runpytest(*run_args, "--report", "report")

    report = json.loads((pytester.path / "report" / "report.json").read_text())
    assert (report["run"]["model"], report["run"]["baseline"]) == ("", "")
    summary = report["sections"]["summary"]
    assert summary["headline"] == "What is claimed about theory holds in 1 of 1 test."
    assert [claim["subject"] for claim in summary["claims"]] == [THEORY]
    names = [fact["name"] for fact in report["sections"]["provenance"]["facts"]]
    assert "model" not in names
    assert "claimkit" in names


def test_the_journal_knows_what_a_claim_is_about(pytester, run_args, laws, findings):
    """Also of claims that a run did not come to, and whoever ran them."""
    findings(HOLDS)
    laws(BROKEN)

    pytester.runpytest(*run_args)

    run = read_run(pytester.path / ".claimkit" / "evidence")
    assert [(r.claim, r.subject) for r in run.claims] == [("A10", MODEL), ("A1", THEORY)]
    assert (run.claims[1].judgements[0].alpha, run.claims[1].failed) == (0.0, True)
    assert run.provenance["model"] == "forward-born"


def test_a_law_that_says_nothing_is_refused(pytester, run_args, laws):
    """What was handed over is quoted, and what it should say is named; no traceback of ours."""
    laws()
    path = pytester.path / "test_laws.py"
    path.write_text(path.read_text().replace("judge.law(", "judge.law('hello')#"))

    result = pytester.runpytest(*run_args)

    assert result.ret == 1
    result.stdout.fnmatch_lines(
        ["*InvalidInput: judge.law() takes *label, how and counterexample, got 'hello'"]
    )
    result.stdout.no_fnmatch_line("*AttributeError*")


def test_theory_that_is_only_listed_is_one_row_a_claim(pytester):
    """Many tests of one claim about no model are named together, and all of them are counted."""
    pytester.makepyfile(
        test_many="""
        import pytest

        @pytest.mark.claim("A1", says="UR has a program.", subject="theory")
        @pytest.mark.parametrize("task", "abc")
        def test_program(judge, task):
            judge.law(None)
        """
    )

    result = pytester.runpytest_subprocess("-p", "claimkit.plugin", "--model", "forward-born")

    result.stdout.fnmatch_lines(["A1    not *3 tests: about tasks, *", "3 not applicable; *"])
