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
    "claimkit_alpha": "0.001",
    "claimkit_margin": "0.02",
    "claimkit_max_samples": "2048",
    "claimkit_lengths": None,
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
