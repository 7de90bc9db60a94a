"""``claimkit compare`` audits models, reads runs, and says by its status whether one is worse."""

import json
import shutil

import numpy as np
import pytest

from claimkit.cli.main import main
from claimkit.models.bundled import bundled_models
from claimkit.reporting.journal import read_run, write_run
from claimkit.reporting.runs import runs_of

FEW = ["-q", "-k", "A13 and UR and UL and length", "--lengths", "10", "--max-samples", "64"]
QUICK = ["-n0", "-p", "no:cacheprovider", "-p", "no:syrupy"]


def compare(*named, out=None, more=(), pytest=()):
    written = [] if out is None else ["--out", str(out)]
    behind = ["--", *pytest] if pytest else []
    return main(["compare", *map(str, named), *written, *more, *behind])


@pytest.fixture(scope="module")
def evidence(tmp_path_factory):
    """What comparing two bundled models by their names left, and with which exit status."""
    folder = tmp_path_factory.mktemp("compare")
    kept = ["--evidence", str(folder / "evidence")]
    status = compare("even-born", "forward-born", more=kept, pytest=[*FEW, *QUICK])
    assert status == 1
    return folder / "evidence"


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    """Three checkpoints of a training run: the two models under other names, and a broken one."""
    from safetensors.numpy import load_file, save_file

    folder, noise = tmp_path_factory.mktemp("checkpoints"), np.random.default_rng(0)
    for name, model in (("9", "even-born"), ("20", "forward-born"), ("100", "forward-born")):
        shutil.copytree(bundled_models() / model, folder / f"checkpoint-{name}")
    weights = folder / "checkpoint-100" / "model.safetensors"
    noised = {
        name: (w + w.std() * noise.standard_normal(w.shape)).astype(w.dtype)
        for name, w in load_file(weights).items()
    }
    save_file(noised, weights, metadata={"format": "pt"})
    return [folder / f"checkpoint-{name}" for name in ("20", "100", "9")]


def test_models_are_audited_one_after_the_other(evidence):
    """Each leaves a run of its own, with the options that stood behind --."""
    runs = [read_run(folder) for folder in runs_of(evidence)]

    assert [run.provenance["model"] for run in runs] == ["even-born", "forward-born"]
    assert [len(run.claims) for run in runs] == [1, 1]
    assert {run.provenance["--max-samples"] for run in runs} == {"64"}


def test_runs_are_compared_without_their_models(evidence, tmp_path, capsys):
    """From left to right forward-born cannot do what even-born can, and loses nothing else."""
    status = compare(*runs_of(evidence), out=tmp_path)

    rows = json.loads((tmp_path / "compare.json").read_text())["others"][0]["rows"]
    assert status == 1
    assert {row["label"]: row["change"] for row in rows} == {
        "UL at length 10": "worse",
        "UR at length 10": "same within noise",
    }
    assert "UL at length 10: 1.00 → 0.0" in capsys.readouterr().out


def test_a_lost_string_is_told_from_the_evidence(evidence, tmp_path):
    """Its question with the right answer, which stands left of the query."""
    compare(*runs_of(evidence), out=tmp_path)
    row = json.loads((tmp_path / "compare.json").read_text())["others"][0]["rows"][0]

    context, _, asked = row["example"].partition(" | ")
    query, _, answer = asked.partition(": ")
    symbols = context.split()
    assert symbols[symbols.index(query) - 1] == answer


def test_a_better_run_is_no_failure(evidence, tmp_path, capsys):
    """Exit status 0; a report folder and a journal stand for their runs."""
    even, forward = runs_of(evidence)
    write_run(read_run(forward), tmp_path / "report")

    status = compare(tmp_path / "report", even / "journal.jsonl")

    assert status == 0
    assert "1 better" in capsys.readouterr().out


def test_a_run_beside_itself_is_the_same(evidence, tmp_path, capsys):
    """Runs of one name are told apart by what was typed."""
    (_, run), copy = runs_of(evidence), tmp_path / "copy"
    write_run(read_run(run), copy)

    status = compare(run, copy)

    said = capsys.readouterr().out
    assert status == 0
    assert f"base: {run} (forward-born)" in said
    assert f"new: {copy} (forward-born)" in said


def test_checkpoints_are_compared_with_the_earliest(evidence, checkpoints, tmp_path, capsys):
    """Given in any order they stand in that of their steps, and each effect has a curve."""
    more = ["--evidence", str(evidence)]

    status = compare(*checkpoints, out=tmp_path, more=more, pytest=[*FEW, *QUICK])

    data = json.loads((tmp_path / "compare.json").read_text())
    (line,) = data["effects"][0]["lines"]
    assert status == 1
    assert [data["base"]["step"], *(other["step"] for other in data["others"])] == [9, 20, 100]
    assert [(p["step"], round(p["value"])) for p in line["points"]] == [(9, 0), (20, 1), (100, 0)]
    assert (tmp_path / "compare.html").read_text().count('<svg class="chart"') == 1
    assert [row["label"] for row in data["others"][1]["rows"] if row["change"] == "worse"] == [
        "UL at length 10",
        "UR at length 10",
    ]


@pytest.mark.parametrize(
    "name, said",
    [
        ("nothing-here", "nothing-here is neither a folder, nor a hub id such as org/name, nor"),
        ("{tmp}", "{tmp} is neither a run nor a model: it has no journal.jsonl, no runs/ and no"),
    ],
    ids=["no folder", "some folder"],
)
def test_what_is_neither_run_nor_model_is_one_sentence(evidence, tmp_path, capsys, name, said):
    """Exit status 2, before anything is audited."""
    status = compare(name.format(tmp=tmp_path), runs_of(evidence)[0])

    assert status == 2
    assert capsys.readouterr().err.startswith(f"claimkit: {said.format(tmp=tmp_path)}")


def test_an_audit_that_cannot_begin_is_one_sentence(evidence, capfd):
    """Exit status 2, with that of pytest."""
    more = ["--evidence", str(evidence)]

    status = compare("forward-born", "even-born", more=more, pytest=["--no-such-option"])

    assert status == 2
    assert "the audit of forward-born ended with status 4 before" in capfd.readouterr().err


def test_one_run_named_twice_is_one_sentence(evidence, capsys):
    """A comparison of a run with itself under one name says nothing."""
    status = compare(runs_of(evidence)[0], runs_of(evidence)[0])

    assert status == 2
    assert "is named 2 times" in capsys.readouterr().err


def test_an_impossible_error_rate_is_one_sentence(evidence, capsys):
    """As of the gate."""
    status = compare(*runs_of(evidence), more=["--gate-alpha", "5"])

    assert status == 2
    assert "the gate's alpha is in (0, 1), got 5.0" in capsys.readouterr().err


def test_an_impossible_error_rate_is_refused_before_an_audit(tmp_path, capfd):
    """Nobody waits for two audits to be told so."""
    more = ["--evidence", str(tmp_path / "evidence"), "--gate-alpha", "nan"]

    status = compare("forward-born", "even-born", more=more)

    assert status == 2
    assert "auditing" not in capfd.readouterr().err
    assert not (tmp_path / "evidence").exists()


def test_an_audit_that_was_stopped_is_compared_with_nothing(evidence, capfd):
    """That nothing is worse among the few tests it came to would be no answer."""
    more = ["--evidence", str(evidence)]
    stopped = ["-x", "-k", "poor and not drawn", "--lengths", "10", "--max-samples", "64"]

    status = compare("forward-born", "even-born", more=more, pytest=[*stopped, *QUICK])

    told = capfd.readouterr()
    assert (status, told.out) == (2, "")
    assert "the audit of forward-born did not come to its end" in told.err


def test_a_trainers_logs_are_no_runs(tmp_path, capfd):
    """A checkpoint with a folder runs/ beside its weights is a model."""
    model = tmp_path / "trained"
    (model / "runs" / "Jul01_12-00-00").mkdir(parents=True)
    (model / "config.json").write_text("{}")
    more = ["--evidence", str(tmp_path / "evidence")]

    status = compare(model, "even-born", more=more, pytest=["--no-such-option"])

    assert status == 2
    assert f"claimkit: auditing {model}" in capfd.readouterr().err


def test_other_commands_run_no_pytest(capsys):
    """Options behind -- would be lost elsewhere."""
    with pytest.raises(SystemExit) as stopped:
        main(["export", "somewhere", "--", "-k", "right"])

    assert stopped.value.code == 2
    assert "export runs no pytest" in capsys.readouterr().err
