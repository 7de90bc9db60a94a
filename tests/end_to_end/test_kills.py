"""An audit that is killed loses at most the piece it was measuring, wherever the kill hits."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

import claimkit
from claimkit.reporting.journal import read_run
from claimkit.reporting.runs import runs_of

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the audits are forked")

ROOT = Path(claimkit.__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
PIECE = 16
"""Strings of each piece in the benchmark."""


@pytest.fixture(scope="module")
def rows():
    """What the benchmark tells of 50 kills, the finished runs and the one left alone."""
    command = [sys.executable, "benchmarks/kills.py", "--json"]
    done = subprocess.run(
        command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def killed(rows):
    """The rows of the kills."""
    return [row for row in rows if "record" in row]


def test_the_audits_are_killed_at_fifty_places(killed):
    """All of them end by the signal: after each of 25 records, and inside each of 25."""
    places = {(row["place"], row["record"]) for row in killed}

    assert {row["ended"] for row in killed} == {-signal.SIGKILL}
    assert places == {
        (place, record)
        for place in ("right after the record", "between data and marker")
        for record in range(1, 26)
    }


def test_each_place_leads_to_the_same_verdicts_and_bytes(rows):
    """Whatever an audit went through, it ends as the one that was left alone."""
    compared = [row for row in rows if row["place"] != "left alone"]

    assert len(compared) == 52
    assert all(row["same verdicts"] and row["same bytes"] for row in compared)


def test_a_kill_costs_one_piece_at_most(rows, killed):
    """After a record nothing is lost; inside one its strings are, and they are set aside."""
    lost = {row["place"]: set() for row in killed}
    for row in killed:
        lost[row["place"]].add(row["lost"])
    twice = {row["place"]: row["twice"] for row in rows if "twice" in row}

    assert lost == {"right after the record": {0}, "between data and marker": {PIECE}}
    assert twice == {"right after the record": 0, "between data and marker": 25 * PIECE}


def test_unfinished_records_are_kept_aside(killed):
    """Every record that was cut off lies in the folder for damaged bytes, and nothing else."""
    expected = [0 if row["place"] == "right after the record" else row["record"] for row in killed]

    assert [row["set aside"] for row in killed] == expected


def audit(folder):
    """Start a run of the claims about retrieval without words, as a user would."""
    chosen = ["claims/", "-k", "retrieval_without_words and not drawn", "--lengths", "5,10"]
    options = ["--max-samples", "256", "--evidence", str(folder), "-p", "no:cacheprovider"]
    options += ["--snapshot-dir", str(folder.with_name("snapshots"))]
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", *chosen, *options],
        cwd=ROOT,
        env={**ENVIRONMENT, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def contents(folder):
    """Return the bytes of every stream's file by its path below the store."""
    found = (folder / "streams").glob("*/*/records")
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def without_times(run):
    """Return what a run found out, without when and how fast."""
    claims = tuple(
        replace(record, judgements=tuple(replace(j, seconds=0.0) for j in record.judgements))
        for record in run.claims
    )
    return replace(run, claims=claims, started="", seconds=0.0)


def killed_at(run, folder, files):
    """Kill a run once it has written to so many streams; return how it ended."""
    while len(contents(folder)) < files and run.poll() is None:
        time.sleep(0.005)
    run.kill()
    run.communicate()
    return run.returncode


def test_a_killed_run_is_taken_up_by_the_next(tmp_path):
    """Two killed runs and a third come to the verdicts and the bytes of a run left alone."""
    folder, alone = tmp_path / "killed", tmp_path / "alone"
    left_alone = audit(alone)
    said = left_alone.communicate()[0]
    ended = [killed_at(audit(folder), folder, files) for files in (2, 7)]
    finished = audit(folder)
    finished.communicate()

    assert left_alone.returncode == finished.returncode == 0, said
    assert ended == [-signal.SIGKILL] * 2
    *killed, whole = [read_run(run) for run in runs_of(folder)]
    assert [run.complete for run in killed] == [False] * len(killed)
    assert without_times(whole) == without_times(read_run(alone))
    assert contents(folder) == contents(alone)
