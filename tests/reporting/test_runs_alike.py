"""A run in one process, and one that was interrupted and then resumed by workers, find the same."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import claimkit
from claimkit.reporting.journal import read_run
from claimkit.reporting.records import NOT_REPORTED
from claimkit.reporting.report import write_report
from claimkit.reporting.runs import runs_of

ROOT = Path(claimkit.__file__).parents[2]
FEW = ["-k", "A13 and UR and UL and length", "--lengths", "5,10", "--max-samples", "64"]

INTERRUPTING = '''
"""Interrupts a run, as Ctrl-C would, once its first claim is reported."""


def pytest_runtest_logreport(report):
    if report.when == "call":
        raise KeyboardInterrupt
'''


def audit(evidence, nothing, *more):
    """Run two claims on the bundled model; return the run that was kept last."""
    command = [sys.executable, "-m", "pytest", "claims", *FEW, "-p", "no:syrupy"]
    command += ["-p", "no:cacheprovider", "--snapshot-dir", str(nothing)]
    path = os.pathsep.join([str(ROOT / "src"), str(nothing)])
    subprocess.run(
        [*command, "--evidence", str(evidence), *more],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        check=False,
    )
    return read_run(runs_of(evidence)[-1])


def timeless(run):
    """Return a run without the times that differ from run to run."""
    claims = tuple(
        replace(c, judgements=tuple(replace(j, seconds=0.0) for j in c.judgements))
        for c in run.claims
    )
    return replace(run, claims=claims, started="", seconds=0.0)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A whole run in one process; an interrupted one, and what two workers then made of it."""
    folder = tmp_path_factory.mktemp("alike")
    (folder / "interrupting.py").write_text(INTERRUPTING)
    whole = audit(folder / "whole", folder, "-n0")
    interrupted = audit(folder / "resumed", folder, "-n0", "-p", "interrupting")
    return whole, interrupted, audit(folder / "resumed", folder, "-n2")


def test_an_interrupted_run_is_kept_as_far_as_it_came(runs):
    """Its first claim is as in the whole run, its second is not reported."""
    whole, interrupted, _ = map(timeless, runs)

    assert not interrupted.complete
    assert interrupted.claims[0] == whole.claims[0]
    assert interrupted.claims[1] == whole.claims[1].unreported
    assert interrupted.provenance == whole.provenance


def test_resumed_by_workers_it_is_the_same_run(runs, tmp_path):
    """Apart from times the records are equal, so that reports are byte for byte."""
    whole, _, resumed = map(timeless, runs)

    assert NOT_REPORTED not in {record.status for record in whole.claims}
    assert resumed == whole
    reports = [write_report(run, tmp_path / name) for run, name in ((whole, "a"), (resumed, "b"))]
    assert [p.read_bytes() for p in reports[0]] == [p.read_bytes() for p in reports[1]]
