"""The wheel carries the claims and the bundled models, and works away from the source tree."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import claimkit

ROOT = Path(claimkit.__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The unpacked wheel, as an installer would put it."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_holds_claims_models_and_types(site):
    """Nothing that a run needs is left behind in the source tree."""
    package = site / "claimkit"

    assert (package / "py.typed").is_file()
    assert (package / "claims" / "test_directional_bias.py").is_file()
    assert (package / "fixtures" / "models" / "forward-born" / "model.safetensors").is_file()
    assert (package / "fixtures" / "words" / "lorem.txt").is_file()


def test_installed_claims_run_from_another_folder(site, tmp_path):
    """The bundled model is audited with no source tree in sight."""
    command = [sys.executable, "-m", "pytest", "-p", "claimkit.plugin", "--pyargs"]
    selected = ["claimkit.claims", "-k", "A13 and UF-UB and not drawn", "--lengths", "10"]

    done = subprocess.run(
        [*command, *selected],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 holds" in done.stdout
    assert (tmp_path / ".claimkit" / "evidence").is_dir()
