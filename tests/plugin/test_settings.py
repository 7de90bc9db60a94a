"""Options as one value."""

from argparse import Namespace
from pathlib import Path

import pytest

from claimkit.models.bundled import bundled_runs
from claimkit.plugin.settings import read_settings
from claimkit.reporting.places import bundled_claims
from claimkit.training.roots import RUNS

TYPED = {
    "claimkit_model": None,
    "claimkit_revision": None,
    "claimkit_device": "auto",
    "claimkit_dtype": "auto",
    "claimkit_tokenizer": None,
    "claimkit_adapter": None,
    "claimkit_device_map": None,
    "claimkit_attn_implementation": None,
    "claimkit_alpha": "0.001",
    "claimkit_margin": "0.02",
    "claimkit_max_samples": "2048",
    "claimkit_lengths": None,
    "claimkit_templates": None,
    "claimkit_draws": "8",
    "claimkit_budget": None,
    "claimkit_plan": False,
    "claimkit_evidence": None,
    "claimkit_snapshot_dir": None,
    "claimkit_snapshot_name": None,
    "claimkit_snapshot_samples": "64",
    "claimkit_gate": False,
    "claimkit_gate_alpha": "0.05",
    "claimkit_reliability": "0.99",
    "claimkit_report": None,
    "claimkit_examples": None,
    "claimkit_chat": "auto",
    "claimkit_thinking": "2048",
    "claimkit_strict": False,
    "claimkit_trust_remote_code": False,
    "claimkit_runs": None,
    "claimkit_preset": "small",
    "claimkit_train": False,
    "claimkit_finetune": None,
}


PROJECT = Path("/project")


def read(folder=PROJECT, bundled_claims=False, **typed):
    """Settings of a project, asked for in its folder docs."""
    options = Namespace(**{**TYPED, **typed})
    return read_settings(options, folder, folder / "docs", bundled_claims=bundled_claims)


def test_the_bundled_model_is_the_default():
    """Without --model the bundled control is what is examined."""
    assert Path(read().checkpoint).parts[-3:] == ("fixtures", "models", "forward-born")


def test_numbers_are_read():
    """Words on the command line become numbers."""
    settings = read(claimkit_alpha="1e-2", claimkit_margin="0", claimkit_lengths="5, 10")

    assert (settings.alpha, settings.margin, settings.lengths) == (0.01, 0.0, (5, 10))


@pytest.mark.parametrize(
    "typed, expected",
    [(None, "/project/.claimkit/evidence"), ("kept", "/project/docs/kept"), ("/data", "/data")],
)
def test_evidence_is_kept_in_one_place(typed, expected):
    """Evidence is the project's by default; a relative path starts where it is typed."""
    assert read(claimkit_evidence=typed).evidence == Path(expected)


@pytest.mark.parametrize("device", ["auto", "cpu", "mps", "cuda", "cuda:0", "cuda:11"])
def test_names_of_devices_are_accepted(device):
    """Whatever torch may call a device is accepted; whether it is there only torch knows."""
    assert read(claimkit_device=device).device == device


def test_the_options_know_all_number_formats_of_models():
    """What a model can be loaded in can be asked for."""
    from claimkit.models.devices import DTYPES

    assert [read(claimkit_dtype=name).dtype for name in DTYPES] == list(DTYPES)
    assert "float64" in DTYPES


@pytest.mark.parametrize(
    "typed, seconds", [(None, None), ("90s", 90), ("10m", 600), ("1h30m", 5400), ("2h5s", 7205)]
)
def test_a_budget_is_read_as_seconds(typed, seconds):
    """Hours, minutes and seconds add up."""
    assert read(claimkit_budget=typed).budget_seconds == seconds


def test_templates_are_read_in_order():
    """Names of templates may hold a plus sign."""
    settings = read(claimkit_templates="rule, formal+example")

    assert settings.templates == ("rule", "formal+example")


def test_the_spec_holds_all_that_says_how_a_model_is_loaded():
    """What is typed about the model reaches whoever loads it."""
    typed = {"model": "org/name", "revision": "main", "tokenizer": "tok", "adapter": "lora"}
    typed |= {"device_map": "balanced", "dtype": "bfloat16", "attn_implementation": "eager"}
    spec = read(**{f"claimkit_{name}": text for name, text in typed.items()}).spec

    assert spec.as_dict() == typed | {"device": "auto", "trust_remote_code": False}


def test_the_bundled_model_has_a_spec():
    """Without --model the spec names the bundled model's folder."""
    assert Path(read().spec.model).name == "forward-born"


@pytest.mark.parametrize(
    "typed, name",
    [
        (None, "forward-born"),
        ("even-born", "even-born"),
        ("openai-community/gpt2", "openai-community--gpt2"),
        ("gpt2", "gpt2"),
        ("runs/checkpoint-500/", "checkpoint-500"),
        ("/models/org/name", "name"),
    ],
)
def test_snapshots_are_named_after_the_model(tmp_path, monkeypatch, typed, name):
    """A folder gives its own name, a hub id both its parts."""
    (tmp_path / "runs" / "checkpoint-500").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)

    assert read(claimkit_model=typed).snapshot_name == name


def test_snapshots_stand_beside_the_claims(tmp_path):
    """In a project with claims their folder has the snapshots, else the project's own."""
    alone = read(tmp_path).snapshots
    (tmp_path / "claims").mkdir()

    assert alone == tmp_path / "__snapshots__" / "forward-born"
    assert read(tmp_path).snapshots == tmp_path / "claims" / "__snapshots__" / "forward-born"


@pytest.mark.parametrize("model, shipped", [(None, True), ("even-born", True), ("mine", False)])
def test_a_bundled_model_has_its_snapshots_with_the_bundled_claims(tmp_path, model, shipped):
    """Who runs the claims of an installed package finds the snapshots that came with it."""
    settings = read(tmp_path, bundled_claims=True, claimkit_model=model)

    assert settings.snapshot_dir == (bundled_claims() if shipped else tmp_path) / "__snapshots__"


def test_folders_that_are_named_start_where_they_are_typed():
    """Snapshots, report and examples go where they are wanted."""
    typed = {f"claimkit_{name}": "x" for name in ("snapshot_dir", "report", "examples")}
    settings = read(**typed)

    assert {settings.snapshot_dir, settings.report, settings.examples} == {PROJECT / "docs" / "x"}


def test_examples_are_kept_beside_the_evidence():
    """Without --examples counterexamples are the project's."""
    assert read().examples == PROJECT / ".claimkit" / "examples"


@pytest.mark.parametrize(
    "typed, root, name",
    [
        ("../runs", "/project/docs/../runs", "runs-runs"),
        ("/project/a/runs", "/project/a/runs", "runs-a--runs"),
        ("/project/b/runs", "/project/b/runs", "runs-b--runs"),
        ("/home/u/a/runs", "/home/u/a/runs", "runs---home--u--a--runs"),
        ("/home/u/b/runs", "/home/u/b/runs", "runs---home--u--b--runs"),
    ],
)
def test_no_two_roots_share_their_snapshots(typed, root, name):
    """In the project they have the same names on every machine."""
    runs = read(claimkit_runs=typed).runs

    assert (runs.root, runs.snapshots.name) == (Path(root), name)


@pytest.mark.parametrize(
    "typed", [{"claimkit_train": True}, {"claimkit_finetune": "full", "claimkit_model": "gpt2"}]
)
def test_what_is_trained_lies_where_commands_train(typed):
    """In the project's folder; else the bundled runs are read."""
    assert read(**typed).runs.root == PROJECT / RUNS
    assert read().runs.root == bundled_runs()
