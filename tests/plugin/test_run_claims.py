"""Claims about trained runs: judged beside no model, remembered in a folder of their own.

What the runs answer is measured once; every run of pytest in here finds it in the store.
"""

import json

# Runs of pytest inside pytest forget what they import, which these cannot bear.
import hypothesis  # noqa: F401
import matplotlib.backends.backend_svg
import matplotlib.figure  # noqa: F401
import pytest
import scipy.stats  # noqa: F401
from tests.auditing.runs.planting import plant

from claimkit.auditing.runs.audit import RunsAudit
from claimkit.plugin.ledger import NOTHING_DECIDED
from claimkit.reporting.journal import read_run
from claimkit.reporting.records import MODEL, RUNS
from claimkit.tasks import UR, NRFirst

CLAIMS = """
    import sys
    import pytest
    from claimkit.tasks import UF, UR, NRFirst

    def claim(says):
        return pytest.mark.claim("A6", source="paper, Appendix B", says=says, subject="runs")

    @claim("An expressible task lasts.")
    @pytest.mark.parametrize("task", [UR, NRFirst], ids=["UR", "NRFirst"])
    def test_lasts(runs, judge, task):
        print("torch loaded:", "torch" in sys.modules)
        judge(runs.accuracy(task, architecture="gpt2", bin=3), at_least=0.95)

    @claim("So does copying.")
    def test_copying(runs, judge):
        judge(runs.accuracy(UF, architecture="gpt2", bin=3), at_least=0.95)
"""
FINDING = """
    import pytest

    @pytest.mark.claim("A10", source="paper, §4", says="Right is easier.")
    def test_gap(judge):
        judge((0.1, 0.5), above=0.0)
"""
TUNED = """
    import pytest

    @pytest.mark.claim("A20", says="Fine-tuning helps.", subject="finetuned")
    @pytest.mark.parametrize("task", "ab")
    def test_tuned(judge, task):
        judge((0.1, 0.5), above=0.0)
"""
EXPECTED = {"passed": 1, "failed": 1, "not": 1}
"""UR keeps its task, NRFirst loses it, and of UF there is no run; pytest cuts *not applicable*."""


@pytest.fixture(scope="session")
def stored(tmp_path_factory):
    """A root of runs, and a store that knows what they answer."""
    root, evidence = tmp_path_factory.mktemp("mine"), tmp_path_factory.mktemp("evidence")
    plant(root, "UR")
    plant(root, "NRFirst", upto=12)
    audit = RunsAudit.open(root=root, preset="small", evidence=evidence, alpha=0.001, margin=0.02)
    for task in (UR, NRFirst):
        audit.decide(audit.accuracy(task, architecture="gpt2", bin=3), at_least=0.95)
    return root, evidence


@pytest.fixture
def run_claims(pytester, stored, monkeypatch):
    """Runs pytest on claims about the stored runs."""
    pytester.makepyfile(test_runs=CLAIMS)
    root, evidence = stored

    def run(*arguments):
        monkeypatch.setenv("COLUMNS", "300")
        return pytester.runpytest(*arguments, "--runs", str(root), "--evidence", str(evidence))

    return run


@pytest.fixture
def recorded(pytester):
    """The snapshots that there are: folder of the subject, and file."""

    def names():
        found = pytester.path.glob("__snapshots__/*/*/*.json")
        return sorted(f"{path.parents[1].name}/{path.name}" for path in found)

    return names


def test_verdicts_are_about_the_runs_that_were_named(run_claims, run_args):
    """One keeps, one loses, one is missing; no model is named below the table."""
    result = run_claims(*run_args)

    assert result.parseoutcomes() == EXPECTED
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "A6    holds      UR, GPT-2 from scratch, lengths 13–16: 1.0* (≥ 0.95); seed 1 has "
            "1.000; the paper has 0.990 at lengths*",
            "A6    fails      NRFirst, GPT-2 from scratch, lengths 13–16: 0.*",
            "A6    not *no finished run of UF, GPT-2, preset small in *",
        ]
    )
    result.stdout.no_fnmatch_line("model: *")


def test_what_is_stored_needs_no_torch(run_claims, plugin_args, pytester, stored):
    """In a process of its own, since this one has loaded it."""
    root, evidence = stored
    pytester.makepyfile(test_runs=CLAIMS)
    options = ("--runs", str(root), "--evidence", str(evidence), "-rP", "-k", "UR")

    result = pytester.runpytest_subprocess(*plugin_args, *options)

    result.stdout.fnmatch_lines(["torch loaded: False"])


def test_beside_a_model_they_are_listed_and_not_run(run_claims, plugin_args, pytester):
    """All tests of a claim in one line; what is about the model is judged as ever."""
    pytester.makepyfile(test_findings=FINDING)

    result = run_claims(*plugin_args, "--model", "even-born")

    assert result.parseoutcomes() == {"passed": 1, "not": 3}
    assert result.ret == 0
    reason = "about models trained from scratch, not about this one; leave --model out to run it"
    result.stdout.fnmatch_lines([f"A6    not *3 tests: {reason}*", "1 holds, 3 not applicable; *"])


def test_alone_beside_a_model_they_decide_nothing(run_claims, plugin_args):
    """The run says so."""
    assert run_claims(*plugin_args, "--model", "even-born").ret == NOTHING_DECIDED


def test_fine_tuning_claims_say_what_they_need(plugin_args, pytester, monkeypatch):
    """Beside a model that nobody asked to fine-tune, with what that would cost."""
    monkeypatch.setenv("COLUMNS", "200")
    pytester.makepyfile(TUNED)

    result = pytester.runpytest(*plugin_args, "--model", "even-born")

    assert result.parseoutcomes() == {"not": 2}
    result.stdout.fnmatch_lines(["A20   not *2 tests: not run: needs --finetune; about * GPU min*"])


def test_verdicts_are_remembered_apart_from_the_models(
    run_claims, snapshot_run_args, pytester, recorded
):
    """What failed when it was recorded is expected; nothing of it stands in the model's folder."""
    pytester.makepyfile(test_findings=FINDING)

    updated = run_claims(*snapshot_run_args, "--snapshot-update")
    again = run_claims(*snapshot_run_args, "--gate")

    name = recorded()[-1].partition("/")[0]
    assert recorded() == [
        "forward-born/test_gap[A10].json",
        *(
            f"{name}/test_{test}.json"
            for test in ("copying[A6]", "lasts[A6-NRFirst]", "lasts[A6-UR]")
        ),
    ]
    assert updated.ret == again.ret == 0
    assert again.parseoutcomes() == {"passed": 2, "xfailed": 1, "not": 1}
    updated.stdout.fnmatch_lines([f"recorded 3 tests as {name} in *"])
    updated.stdout.fnmatch_lines(["recorded 1 test as forward-born in *"])
    again.stdout.fnmatch_lines([f"compared with snapshot {name}: no accuracy"])


def test_a_snapshot_holds_the_verdict_and_no_strings(run_claims, snapshot_args, pytester):
    """Runs are judged by fixed strings, so there is nothing to compare string by string."""
    run_claims(*snapshot_args, "--snapshot-update")

    (path,) = pytester.path.glob("__snapshots__/*/*/test_lasts?A6-UR?.json")
    snapshot = json.loads(path.read_text())
    assert (snapshot["verdict"], snapshot["streams"]) == ("holds", [])
    assert snapshot["effect"]["strings"] == 2000


def test_the_gate_asks_for_the_verdicts_of_runs(run_claims, snapshot_args):
    """Of a file of nothing else the model's snapshots are not asked for."""
    none = run_claims(*snapshot_args, "--gate", "test_runs.py")
    run_claims(*snapshot_args, "--snapshot-update", "test_runs.py")
    there = run_claims(*snapshot_args, "--gate", "test_runs.py")

    assert none.ret == pytest.ExitCode.USAGE_ERROR
    none.stderr.fnmatch_lines(["*--gate has no baseline: there is no snapshot for runs-*mine*"])
    assert there.ret == 0


def test_runs_leave_the_models_snapshots_alone(run_claims, snapshot_args, pytester, recorded):
    """Nor does a model remove what is remembered of runs."""
    pytester.makepyfile(test_findings=FINDING)
    run_claims(*snapshot_args, "--snapshot-update")
    before = recorded()

    alone = run_claims(*snapshot_args, "--snapshot-update", "test_runs.py")
    model = run_claims(*snapshot_args, "--snapshot-update", "--model", "forward-born")

    assert recorded() == before
    for result in (alone, model):
        result.stdout.no_fnmatch_line("*unused*")


def test_a_verdict_of_a_test_that_is_gone_is_unused(run_claims, snapshot_args, pytester, recorded):
    """As for models."""
    run_claims(*snapshot_args, "--snapshot-update")
    path = pytester.path / "test_runs.py"
    path.write_text(path.read_text().replace("test_copying", "test_others"))

    run_claims(*snapshot_args, "--snapshot-update")

    assert [name.partition("/")[2] for name in recorded()] == [
        "test_lasts[A6-NRFirst].json",
        "test_lasts[A6-UR].json",
        "test_others[A6].json",
    ]


def test_a_plan_counts_them_apart(run_claims, plugin_args):
    """They are not planned, and the bundled model is not looked at for them."""
    result = run_claims(*plugin_args, "--plan")

    assert result.ret == 0
    result.stdout.fnmatch_lines(["3 tests about trained runs, which are not planned"])
    result.stdout.no_fnmatch_line("model: *")


def test_journal_and_report_know_what_they_are_about(run_claims, plugin_args, pytester, stored):
    """With the figures of every run, and a headline that names no model."""
    pytester.makepyfile(test_findings=FINDING)
    run_claims(*plugin_args, "--report", "report", "test_runs.py")

    run = read_run(pytester.path / "report")
    assert {record.subject for record in run.claims} == {RUNS}
    cells = run.claims[0].judgements[0].learning
    assert [(cell.task, cell.place, cell.runs[0].accuracy) for cell in cells] == [
        ("UR", place, 1.0) for place in (1, 2, 3)
    ]
    report = json.loads((pytester.path / "report" / "report.json").read_text())
    assert (report["run"]["model"], report["run"]["baseline"]) == ("", "")
    headline = report["sections"]["summary"]["headline"]
    assert headline == "What is claimed about trained models holds in 1 of 2 tests."


def test_beside_the_models_they_are_told_in_a_sentence_of_their_own(
    run_claims, plugin_args, pytester
):
    """The first sentence is about the model alone."""
    pytester.makepyfile(test_findings=FINDING)

    run_claims(*plugin_args, "--report", "report")

    run = read_run(pytester.path / "report")
    assert {record.subject for record in run.claims} == {MODEL, RUNS}
    report = json.loads((pytester.path / "report" / "report.json").read_text())
    first, _, second = report["sections"]["summary"]["headline"].partition(". ")
    assert "shows the findings in 1 of 1 test" in first
    assert second == "What is claimed about trained models holds in 1 of 2 tests."


def test_without_time_they_are_undecided(pytester, plugin_args, stored, monkeypatch):
    """A budget that is used up before them leaves unmeasured what is not stored."""
    monkeypatch.setenv("COLUMNS", "200")
    wait = "import time\n\ndef test_long(): time.sleep(1.1)\n"
    pytester.makepyfile(test_a=wait, test_runs=CLAIMS)

    result = pytester.runpytest(*plugin_args, "--budget", "1s", "--runs", str(stored[0]))

    assert result.parseoutcomes()["undecided"] == 2
    result.stdout.fnmatch_lines(["A6    undecided *the time budget was used up *"])


def test_without_time_nothing_is_trained(pytester, plugin_args, monkeypatch):
    """A budget bounds --train as it bounds measuring."""
    monkeypatch.setenv("COLUMNS", "200")
    wait = "import time\n\ndef test_long(): time.sleep(1.1)\n"
    pytester.makepyfile(test_a=wait, test_runs=CLAIMS)

    result = pytester.runpytest(*plugin_args, "--budget", "1s", "--train")

    assert result.parseoutcomes()["undecided"] == 3
    result.stdout.fnmatch_lines(
        [
            "A6    undecided *the time budget was used up before UR-gpt2-small-1 was trained*",
            "A6: 3 tests, listed above *",
        ]
    )
    assert not (pytester.path / "runs").exists()


@pytest.mark.parametrize(
    "options, words",
    [
        (("--preset", "smal"), "--preset is one of small, paper, got 'smal'"),
        (("--finetune",), "--finetune full without --model; name the model too"),
        (
            ("--model", "even-born", "--finetune", "half"),
            "--finetune is one of full, lora, got 'half'",
        ),
        (
            ("--model", "even-born", "--train"),
            "--train trains models from scratch, and *--model even",
        ),
        (("--runs", " "), "--runs is empty; give it a value or leave it out"),
    ],
)
def test_what_cannot_be_meant_is_refused(pytester, plugin_args, options, words):
    """In one sentence, before anything runs."""
    pytester.makepyfile("def test_x(): pass")

    result = pytester.runpytest(*plugin_args, *options)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{words}*"])


def test_runs_cannot_be_risks(pytester, plugin_args):
    """A risk is what users need of their own model."""
    mark = "@pytest.mark.risk\n@pytest.mark.claim('R1', subject='runs')"
    pytester.makepyfile(f"import pytest\n{mark}\ndef test_x(judge): judge((0.1, 0.5), above=0)")

    result = pytester.runpytest(*plugin_args)

    assert result.parseoutcomes() == {"errors": 1}
    result.stdout.fnmatch_lines(["*a claim with subject='runs' asks another or none*"])
