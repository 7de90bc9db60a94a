"""``claimkit report`` writes the report of any run that was kept, as far as it came."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from claimkit.cli.main import main
from claimkit.reporting.journal import Journal, read_run, write_run
from claimkit.reporting.records import NOT_REPORTED, ClaimRecord, RunRecord
from claimkit.reporting.runs import JOURNAL, new_run, runs_of

CLAIMS = tuple(ClaimRecord(f"t.py::{n}", "A10", "s", "", False, NOT_REPORTED) for n in "abc")
FILES = ["report.json", "report.md", "report.html"]


@pytest.fixture
def evidence(tmp_path):
    """Two runs: a complete one of *old*, and one of *new* that was interrupted in a line."""
    ended = tuple(replace(claim, status="holds") for claim in CLAIMS)
    early, late = (datetime(2025, 7, day, tzinfo=UTC) for day in (1, 2))
    write_run(RunRecord(ended, {"model": "old"}), new_run(tmp_path, early))
    journal = Journal(new_run(tmp_path, late))
    journal.begin(RunRecord(CLAIMS, {"model": "new"}))
    journal.append(replace(CLAIMS[0], status="undecided"))
    journal.append(replace(CLAIMS[1], status="holds"))
    journal.path.write_bytes(journal.path.read_bytes()[:-5])
    return tmp_path


def test_the_latest_run_is_reported_into_its_own_folder(evidence, capsys):
    """An interrupted run is reported as far as it came; the line that was cut is warned of."""
    status = main(["report", str(evidence)])

    folder = runs_of(evidence)[-1]
    said = capsys.readouterr()
    assert status == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted([JOURNAL, *FILES])
    assert said.out.splitlines() == [f"wrote {folder / name}" for name in FILES]
    assert said.err.startswith(f"claimkit: warning: {folder / JOURNAL}: line 3 was cut off")


def test_an_earlier_run_is_named_by_the_beginning_of_its_id(evidence, tmp_path):
    """The report says what that run found, and its journal stands beside it."""
    out = tmp_path / "out"

    assert main(["report", str(evidence), "--run", "20250701", "--out", str(out)]) == 0
    assert read_run(out) == read_run(runs_of(evidence)[0])
    assert "old" in (out / "report.md").read_text()


def test_the_list_names_every_run(evidence, capsys):
    """Id, model, what was reported, what it found, and whether it came to its end."""
    status = main(["report", str(evidence), "--list"])

    _, first, second = capsys.readouterr().out.splitlines()
    assert status == 0
    assert first.split()[1:] == ["old", "3", "3", "holds", "complete"]
    assert second.split()[1:] == ["new", "1", "of", "3", "1", "undecided", "not", "ended"]


def test_a_run_that_cannot_be_read_stays_in_the_list(evidence, capsys, monkeypatch):
    """A journal that was cut in its first line is listed as what it is."""
    monkeypatch.setenv("COLUMNS", "120")
    path = runs_of(evidence)[0] / JOURNAL
    path.write_bytes(path.read_bytes()[:20])

    assert main(["report", str(evidence), "--list"]) == 0
    assert "its journal cannot be read" in capsys.readouterr().out


@pytest.mark.parametrize(
    "more, said",
    [
        (["--run", "1999"], "no runs in {} begin with '1999'; the latest are: 20250701T"),
        (["--run", "2025"], "2 runs in {} begin with '2025'"),
    ],
    ids=["unknown", "ambiguous"],
)
def test_a_run_that_is_not_one_is_one_sentence(evidence, capsys, more, said):
    """The latest runs are named, with the command that lists all."""
    status = main(["report", str(evidence), *more])

    assert status == 2
    assert capsys.readouterr().err.startswith(f"claimkit: {said.format(evidence)}")


@pytest.mark.parametrize("more", [[], ["--list"]], ids=["report", "list"])
def test_a_folder_without_runs_is_one_sentence(tmp_path, capsys, more):
    """Nothing is written."""
    status = main(["report", str(tmp_path / "none"), *more])

    assert status == 2
    assert capsys.readouterr().err.startswith(f"claimkit: no run is kept in {tmp_path / 'none'}")
    assert not (tmp_path / "none").exists()


def test_a_journal_that_is_no_file_stays_in_the_list(evidence, capsys, monkeypatch):
    """One run that the system will not read hides no other."""
    monkeypatch.setenv("COLUMNS", "120")
    (evidence / "runs" / "20240101T000000.000Z-1" / JOURNAL).mkdir(parents=True)

    assert main(["report", str(evidence), "--list"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert "its journal cannot be read" in said[1]
    assert len(said) == 4
