"""``claimkit export`` writes JSON lines to a file or to standard output."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from claimkit.cli.main import main
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.store import EvidenceKey, Store
from claimkit.reporting.journal import write_run
from claimkit.reporting.records import RunRecord
from claimkit.reporting.runs import new_run
from claimkit.tasks import Setting

TEN = Setting(length=10, symbols=62).canonical()


def outcomes(count):
    return Outcomes(
        np.ones(count, dtype=np.bool_),
        np.full(count, -1, dtype=np.int32),
        np.ones(count, dtype=np.float32),
        np.arange(count, dtype=np.uint64),
    )


@pytest.fixture
def evidence(tmp_path):
    """Two models, one of them with a run that names it."""
    store = Store(tmp_path / "evidence")
    for letter, task in (("a", "UR"), ("a", "UL"), ("b", "UR")):
        key = EvidenceKey(letter * 64, task, TEN, 7, 1, "none", "float32", "sdpa", "9a5e")
        store.append(key, 0, outcomes(3))
    write_run(RunRecord((), {"model": "tiny", "fingerprint": "b" * 64}), new_run(store.root))
    return store.root


def test_the_lines_go_to_standard_output(evidence, capsys):
    """One JSON object per string, and nothing else."""
    status = main(["export", str(evidence)])

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert status == 0
    assert [f"{x['fingerprint'][0]} {x['task']} {x['string']}" for x in lines] == [
        *("a UL 0", "a UL 1", "a UL 2"),
        *("a UR 0", "a UR 1", "a UR 2"),
        *("b UR 0", "b UR 1", "b UR 2"),
    ]


@pytest.mark.parametrize("model", ["tiny", "bb", "b" * 64], ids=["name", "beginning", "whole"])
def test_one_model_is_chosen_by_name_or_fingerprint(evidence, tmp_path, capsys, model):
    """The name is that of an earlier run on this evidence."""
    out = tmp_path / "lines.jsonl"

    status = main(["export", str(evidence), "--model", model, "--out", str(out)])

    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert status == 0
    assert {x["fingerprint"] for x in lines} == {"b" * 64}
    assert capsys.readouterr().out == f"wrote 3 lines to {out}\n"


@pytest.mark.parametrize(
    "more, said",
    [
        (["--model", "huge"], "no model 'huge' was measured in {0}; it has models tiny, aaaaaa"),
        (["--task", "UX"], "{0} holds no outcomes of task UX"),
        (
            ["--task", "UL", "--model", "b"],
            "{0} holds no outcomes of model bbbbbbbbbbbb and task UL",
        ),
    ],
    ids=["model", "task", "both"],
)
def test_what_was_not_measured_is_one_sentence(evidence, tmp_path, capsys, more, said):
    """No file is left behind."""
    out = tmp_path / "lines.jsonl"

    status = main(["export", str(evidence), *more, "--out", str(out)])

    assert status == 2
    assert capsys.readouterr().err.startswith(f"claimkit: {said.format(evidence)}")
    assert [path.name for path in tmp_path.iterdir()] == ["evidence"]


def test_a_folder_that_is_no_store_is_not_made_one(tmp_path, capsys):
    """A mistyped path stays as it is."""
    status = main(["export", str(tmp_path / "typo")])

    assert status == 2
    assert "holds no evidence; name the folder" in capsys.readouterr().err
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize(
    "name, said",
    [
        ("none/lines.jsonl", "lies in no folder: make {0}/none first"),
        ("evidence", "is there and is no file"),
        ("pipe", "is there and is no file"),
    ],
)
def test_a_place_where_no_file_can_be_is_one_sentence(evidence, tmp_path, capsys, name, said):
    """A folder or a device stays what it is: no file takes its place."""
    os.mkfifo(tmp_path / "pipe")

    status = main(["export", str(evidence), "--out", str(tmp_path / name)])

    assert status == 2
    assert capsys.readouterr().err.startswith(
        f"claimkit: --out {tmp_path / name} {said.format(tmp_path)}"
    )
    assert (tmp_path / "pipe").is_fifo()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evidence", "pipe"]


def test_a_link_stays_a_link(evidence, tmp_path):
    """The file that it points to is written."""
    (tmp_path / "link").symlink_to(tmp_path / "file")

    main(["export", str(evidence), "--out", str(tmp_path / "link")])

    assert (tmp_path / "link").is_symlink()
    assert len((tmp_path / "file").read_text().splitlines()) == 9


@pytest.mark.parametrize(
    "model, said",
    [("", "no model '' was measured in"), ("tiny", "2 models of"), ("b", "2 models of")],
    ids=["nothing", "name", "beginning"],
)
def test_what_names_several_models_or_none_is_one_sentence(evidence, capsys, model, said):
    """One model's strings are not mistaken for another's, nor all of them for one's."""
    fingerprint = f"b{'0' * 63}"
    key = EvidenceKey(fingerprint, "UR", TEN, 7, 1, "none", "float32", "sdpa", "9a5e")
    Store(evidence).append(key, 0, outcomes(1))
    write_run(RunRecord((), {"model": "tiny", "fingerprint": fingerprint}), evidence / "runs" / "2")

    status = main(["export", str(evidence), "--model", model])

    told = capsys.readouterr()
    assert (status, told.out) == (2, "")
    assert told.err.startswith(f"claimkit: {said}")
    assert "b00000000000, bbbbbbbbbbbb" in told.err


def test_damage_is_a_warning_and_the_rest_is_exported(evidence, tmp_path, capsys):
    """The damaged stream is named, once, and the exit status is that of a file that was written."""
    path = sorted(evidence.glob("streams/*/*/records"))[0]
    path.write_bytes(path.read_bytes()[:-1])
    out = tmp_path / "lines.jsonl"

    status = main(["export", str(evidence), "--out", str(out)])

    said = capsys.readouterr().err
    assert status == 0
    assert said.startswith("claimkit: warning: the stream of ")
    assert said.count("claimkit: warning:") == 1
    assert len(out.read_text().splitlines()) == 6


def test_who_reads_the_first_line_only_sees_no_traceback(evidence):
    """A pipe that is closed early ends the export in silence."""
    command = f"{sys.executable} -m claimkit.cli.main export {evidence} | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)

    assert json.loads(done.stdout)["string"] == 0
    assert done.stderr == ""
