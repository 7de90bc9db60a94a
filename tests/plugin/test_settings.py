"""Options as one value."""

from argparse import Namespace
from pathlib import Path

import pytest

from claimkit.plugin.settings import read_settings

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
    "claimkit_expect": None,
    "claimkit_record": None,
    "claimkit_strict": False,
    "claimkit_trust_remote_code": False,
}


def read(**typed):
    """Settings of a project in /project, asked for in /project/docs."""
    options = Namespace(**{**TYPED, **typed})
    return read_settings(options, folder=Path("/project"), cwd=Path("/project/docs"))


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
