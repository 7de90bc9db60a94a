"""``--report DIR``, and the journal that it is written from."""

import json
from dataclasses import replace

import pytest

from claimkit.reporting.journal import read_run

CLAIMS = """
    import pytest

    @pytest.mark.claim("A10", source="paper", says="Right beats left.")
    @pytest.mark.parametrize("low", [0.01, -0.01, -0.5])
    def test_bias(judge, low):
        judge((low, low + 0.1), above=0.0)

    @pytest.mark.claim("A11")
    @pytest.mark.skip(reason="not today")
    def test_skipped(judge):
        judge((0, 1), above=0.0)

    @pytest.mark.risk
    @pytest.mark.claim("R1", source="paper", says="It is reliable.")
    def test_risk(judge, reliability):
        judge((0.5, 0.6), at_least=reliability)

    def test_plain(judge):
        judge((0.5, 0.6), at_most=0.7)
"""
STATUSES = ["holds", "undecided", "fails", "skipped", "fails", "holds"]


def run_of(folder):
    """The run, without when it was and how long it took."""
    run = read_run(folder)
    claims = tuple(
        replace(record, judgements=tuple(replace(j, seconds=0.0) for j in record.judgements))
        for record in run.claims
    )
    return replace(run, claims=claims, started="", seconds=0.0)


@pytest.fixture
def kept(pytester):
    """Where a run keeps its journal."""
    return pytester.path / ".claimkit" / "evidence"


def test_the_journal_has_every_claim(pytester, run_args, kept):
    """What is shown in the table is kept, in the order of collection."""
    pytester.makepyfile(CLAIMS)

    pytester.runpytest(*run_args, "--reliability", "0.9")

    run = run_of(kept)
    assert [record.status for record in run.claims] == STATUSES
    assert run.complete
    assert run.claims[0].says == "Right beats left."
    assert [record.risk for record in run.claims] == [False] * 4 + [True, False]
    assert run.claims[3].reason == "not today"
    assert run.claims[4].judgements[0].needs == "≥ 0.9"
    assert run.provenance["--reliability"] == "0.9"


def test_workers_change_nothing_but_times(pytester, plugin_args):
    """One process and several find out the same."""
    pytester.makepyfile(CLAIMS)

    pytester.runpytest(*plugin_args, "--evidence", "alone")
    pytester.runpytest(*plugin_args, "--evidence", "several", "-n2")

    assert run_of(pytester.path / "alone") == run_of(pytester.path / "several")


def test_a_stopped_run_is_not_complete(pytester, run_args, kept):
    """Claims that a stopped run did not come to are kept as not reported."""
    chosen = ("-k", "bias", "--maxfail=1")
    text = CLAIMS.replace("[0.01, -0.01, -0.5]", "[-0.5] + [0.01 + i / 1000 for i in range(40)]")
    pytester.makepyfile(text)

    pytester.runpytest(*run_args, *chosen)

    run = run_of(kept)
    assert not run.complete
    assert run.claims[0].status == "fails"
    assert run.claims[-1].status == "not reported"


def test_a_report_has_all_its_files(pytester, run_args):
    """JSON, Markdown, HTML, the journal and a JUnit file; the run ends as it would have."""
    pytester.makepyfile(CLAIMS)

    result = pytester.runpytest(*run_args, "--report", "new/report")

    folder = pytester.path / "new" / "report"
    names = {"journal.jsonl", "junit.xml", "report.html", "report.json", "report.md"}
    assert {path.name for path in folder.iterdir()} == names
    assert result.ret == 1
    result.stdout.fnmatch_lines(["report: *report.html"])
    assert json.loads((folder / "report.json").read_text())["schema"] == "claimkit.report/1"
    assert [record.status for record in read_run(folder).claims] == STATUSES


def test_a_junit_file_of_another_name_stays_where_it_was_wanted(pytester, plugin_args):
    """``--junitxml`` has the last word."""
    pytester.makepyfile(CLAIMS)

    pytester.runpytest(*plugin_args, "--report", "report", "--junitxml", "mine.xml")

    assert (pytester.path / "mine.xml").exists()
    assert not (pytester.path / "report" / "junit.xml").exists()


def test_a_step_summary_is_written_where_the_environment_names_one(
    pytester, plugin_args, monkeypatch
):
    """GitHub shows what is appended to its file."""
    pytester.makepyfile(CLAIMS)
    summary = pytester.path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))

    pytester.runpytest(*plugin_args, "--report", "report")

    report = (pytester.path / "report" / "report.md").read_text()
    assert summary.read_text().startswith("before\n")
    assert report.strip() in summary.read_text()


def test_a_report_that_cannot_be_written_fails_the_run_and_nothing_else(pytester, run_args):
    """What becomes of a file during the run is one sentence, under the whole table."""
    pytester.makepyfile(test_a="def test_a(judge): judge((0.1, 0.5), above=0.0)")
    pytester.makepyfile(
        test_z="import os\ndef test_z(): os.makedirs('report/report.html/x', exist_ok=True)"
    )

    result = pytester.runpytest(*run_args, "--report", "report")

    assert result.ret == 1
    assert result.parseoutcomes() == {"passed": 2}
    result.stdout.fnmatch_lines(["1 holds; *", "claimkit: wrote no report: *"])


def test_an_evidence_folder_that_cannot_be_written_is_said(pytester, run_args):
    """Claims about numbers of their own need none; then only the journal is missing."""
    pytester.makepyfile("def test_a(judge): judge((0.1, 0.5), above=0.0)")
    pytester.path.joinpath("file").write_text("")

    result = pytester.runpytest(*run_args, "--evidence", "file")

    assert result.ret == 0
    result.stdout.fnmatch_lines(["claimkit: wrote no journal: cannot * the journal *"])
