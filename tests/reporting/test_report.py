"""The files of a report: what is in them, and that equal runs give equal bytes."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hatchling.builders.wheel import WheelBuilder
from hypothesis import given, settings
from hypothesis import strategies as st

import claimkit
from claimkit.errors import StoreError
from claimkit.evidence.counterexamples import Counterexample
from claimkit.evidence.glimpses import Glimpse, Piece
from claimkit.evidence.verdicts import Estimate, Interval, Judgement, Verdict
from claimkit.reporting import report
from claimkit.reporting.journal import write_run
from claimkit.reporting.records import SUBJECTS, ClaimRecord, RunRecord
from claimkit.reporting.report import append_step_summary, json_text, report_data, write_report
from claimkit.reporting.sections import SECTIONS

ROOT = Path(claimkit.__file__).parents[2]
SCHEMA = json.loads(Path(report.__file__).with_name("report.schema.json").read_text("utf-8"))
FILES = ["report.json", "report.md", "report.html"]
WRITE = """
import sys
from pathlib import Path
from claimkit.reporting.journal import read_run
from claimkit.reporting.report import write_report
write_report(read_run(Path(sys.argv[1])), Path(sys.argv[2]))
"""

ANY_TEXT = st.text(max_size=30)
PIECES = st.lists(st.builds(Piece, ANY_TEXT, st.booleans()), min_size=1, max_size=3).map(tuple)
GLIMPSES = {
    "index": st.just(1),
    "position": st.just(5),
    "tokens": st.just(9),
    "copied": PIECES,
    "expected": PIECES,
    "written": st.lists(ANY_TEXT, max_size=2).map(tuple),
}
JUDGEMENTS = st.builds(
    Judgement,
    verdict=st.sampled_from(Verdict),
    label=ANY_TEXT,
    needs=ANY_TEXT,
    alpha=st.just(0.001),
    estimate=st.none() | st.just(Estimate(0.5, Interval(0.25, 0.75), 64)),
    reason=ANY_TEXT,
    counterexample=st.none() | st.builds(Counterexample, margin=st.none() | st.floats()),
    glimpse=st.none() | st.builds(Glimpse, **GLIMPSES),
)
CLAIMS = st.builds(
    ClaimRecord,
    status=st.sampled_from([*(v.value for v in Verdict), "error", "skipped", "not reported", "?"]),
    before=st.sampled_from(["", *(v.value for v in Verdict)]),
    judgements=st.lists(JUDGEMENTS, max_size=2).map(tuple),
    subject=st.sampled_from(SUBJECTS),
)
RUNS = st.builds(
    RunRecord,
    claims=st.lists(CLAIMS, max_size=4).map(tuple),
    provenance=st.dictionaries(ANY_TEXT, ANY_TEXT, max_size=3),
    baseline=ANY_TEXT,
)


def strict(schema):
    """The same schema, where what it does not name is forbidden."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if schema.get("type") == "object" else {}
    return {**{name: strict(part) for name, part in schema.items()}, **closed}


def test_three_files_are_written(run, tmp_path):
    """One for programs, one for GitHub, one for browsers; the folder is made, no litter stays."""
    written = write_report(run, tmp_path / "new" / "report")

    assert [path.name for path in written] == FILES
    assert sorted(os.listdir(tmp_path / "new" / "report")) == sorted(FILES)


def test_a_folder_that_cannot_be_written_is_one_sentence(run, tmp_path):
    """An error names the folder and what to do."""
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(StoreError, match=r"write a report to .*file: .*; choose a writable folder"):
        write_report(run, tmp_path / "file")


def test_equal_runs_give_equal_bytes(run, tmp_path):
    """Whatever order Python's sets and hashes have in a process."""
    journal = write_run(run, tmp_path)
    for seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-c", WRITE, str(journal), str(tmp_path / seed)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "src")},
            check=True,
        )

    for name in FILES:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_times_stand_in_one_place(run):
    """Two runs that found the same out differ in the run's own facts and in the provenance."""
    slower = replace(
        run,
        started="2027-01-01T00:00:00Z",
        seconds=9.0,
        claims=tuple(
            replace(c, judgements=tuple(replace(j, seconds=77.0) for j in c.judgements))
            for c in run.claims
        ),
    )

    one, other = report_data(run)["sections"], report_data(slower)["sections"]
    differing = [name for name in one if one[name] != other[name]]
    assert differing == ["provenance"]


def test_the_schema_describes_every_field(everything):
    """A report of all sections has no field that the schema does not name."""
    data = json.loads(json_text(everything))

    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(data, strict(SCHEMA))
    assert list(data["sections"]) == [section.name for section in SECTIONS]


@given(RUNS)
@settings(max_examples=30, deadline=None)
def test_every_run_has_a_report_that_the_schema_describes(run):
    """Whatever texts and statuses a run has; half of a surrogate pair, too."""
    text = json_text(run).encode("utf-8", "backslashreplace")

    jsonschema.validate(json.loads(text), strict(SCHEMA))


def test_an_older_schema_reads_a_report_with_more_in_it(run):
    """Sections and fields that are added do not break a reader of the same version."""
    data = report_data(run)
    data["sections"]["neurons"] = {"ranked": []}
    data["sections"]["summary"]["mood"] = "good"

    jsonschema.validate(data, SCHEMA)


def test_a_run_without_claims_has_a_report(tmp_path):
    """A run that judged nothing says so, without empty tables."""
    write_report(RunRecord(()), tmp_path)

    sections = json.loads((tmp_path / "report.json").read_text("utf-8"))["sections"]
    assert list(sections) == ["summary", "provenance"]
    assert "<table" not in (tmp_path / "report.html").read_text("utf-8")


def test_the_step_summary_gets_what_there_is_room_for(run, tmp_path):
    """The report is appended to what earlier commands wrote, and the whole stays below 1 MiB."""
    path = tmp_path / "summary.md"
    path.write_text("before\n" * 149_000, encoding="utf-8")

    assert append_step_summary(run, {"GITHUB_STEP_SUMMARY": str(path)}) == path
    text = path.read_text("utf-8")
    assert text.startswith("before\nbefore\n")
    assert "# claimkit report: forward-born" in text
    assert len(text.encode()) <= 1 << 20


def test_without_a_step_summary_nothing_is_written(run):
    """Away from GitHub there is no such file."""
    assert append_step_summary(run, {"GITHUB_STEP_SUMMARY": ""}) is None
    assert append_step_summary(run, {}) is None


def test_a_step_summary_that_cannot_be_written_is_a_warning(run, tmp_path):
    """The report is none the worse for it."""
    with pytest.warns(report.ReportWarning, match="names .*, which cannot be written: Is a dir"):
        assert append_step_summary(run, {"GITHUB_STEP_SUMMARY": str(tmp_path)}) is None


def test_the_wheel_holds_what_reports_are_made_of():
    """Templates, style, script and schema are installed with the package."""
    included = WheelBuilder(str(ROOT)).recurse_included_files()
    wheel = {Path(file.distribution_path) for file in included}
    folder = Path("claimkit", "reporting")

    for template in (Path(report.__file__).parent / "templates").iterdir():
        assert folder / "templates" / template.name in wheel
    assert folder / "report.schema.json" in wheel
