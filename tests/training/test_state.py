"""States of trainings: whole or as before, and what is said of a damaged one."""

import subprocess
import sys

import pytest
import torch
from safetensors.torch import save_file

from claimkit.errors import ModelError, StoreError
from claimkit.training.state import read_state, weights_told, write_state

STATE = {"step": 3, "model": {"w": torch.arange(1000.0)}, "optimizers": []}

FULL = """\
import resource, signal, sys
from pathlib import Path
import torch
from claimkit.errors import StoreError
from claimkit.training.state import write_state

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    write_state(Path(sys.argv[1]), {"step": 4, "model": {"w": torch.zeros(1_000_000)}})
except StoreError as error:
    print(error)
"""


@pytest.fixture
def path(tmp_path):
    write_state(tmp_path / "state.pt", STATE)
    return tmp_path / "state.pt"


def test_a_state_is_read_as_it_was_written(path):
    """Nothing else is left in the folder."""
    found = read_state(path)

    assert found["step"] == 3
    assert torch.equal(found["model"]["w"], STATE["model"]["w"])
    assert [left.name for left in path.parent.iterdir()] == ["state.pt"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-500]),
        lambda path: path.write_bytes(b"these bytes are no state"),
        lambda path: torch.save({"step": 3}, path),
        lambda path: torch.save([3], path),
        lambda path: torch.save({"step": print}, path),
    ],
    ids=["empty", "cut short", "other bytes", "other object", "no object", "code"],
)
def test_a_damaged_state_is_one_sentence(path, damage):
    """The file is named, and what to do."""
    damage(path)

    with pytest.raises(ModelError) as error:
        read_state(path)

    said = str(error.value)
    assert said.startswith(f"{path} is damaged: ")
    assert said.endswith("; remove it, and the training begins anew")
    assert "\n" not in said


def test_a_full_disk_leaves_the_old_state(path):
    """Another process may write few bytes only; it says so in a sentence."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path)], check=False, capture_output=True, text=True
    )

    assert done.stdout == (
        f"cannot write {path}: File too large; free some space; what was stored before is kept\n"
    ), done.stderr
    assert read_state(path)["step"] == 3
    assert [left.name for left in path.parent.iterdir()] == ["state.pt"]


def test_weights_that_cannot_be_written_are_one_sentence(tmp_path):
    """As safetensors says it, and torch."""
    nowhere = tmp_path / "none" / "model.safetensors"

    says = r"cannot write .*: No such file or directory; choose a writable folder"
    with pytest.raises(StoreError, match=says), weights_told(nowhere):
        save_file({"w": torch.zeros(3)}, nowhere)


def test_other_errors_stay_what_they_are(tmp_path):
    """A bug is no full disk."""
    with pytest.raises(RuntimeError, match=r"^a bug$"), weights_told(tmp_path):
        raise RuntimeError("a bug")
