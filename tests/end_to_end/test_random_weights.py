"""A model that knows nothing, of another architecture and tokenizer, audited as a user would."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import claimkit

ROOT = Path(claimkit.__file__).parents[2]


@pytest.fixture
def random_gpt2(tmp_path, save):
    """A GPT-2-architecture checkpoint with random weights and a byte-level BPE tokenizer."""
    from transformers import GPT2Config

    config = GPT2Config(n_positions=512, n_embd=32, n_layer=2, n_head=2)
    return save(tmp_path / "random-gpt2", config)


def test_nothing_holds_on_random_weights(random_gpt2, tmp_path):
    """The run ends with a summary, no claim holds, and its status says nothing was decided."""
    command = [sys.executable, "-m", "pytest", "claims/", "-n", "2", "-p", "no:cacheprovider"]
    options = ["--model", str(random_gpt2), "--evidence", str(tmp_path / "evidence")]
    claims = ["-k", "A13 and not drawn", "--lengths", "5,10,30", "--max-samples", "1024"]

    done = subprocess.run(
        [*command, *options, *claims],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 10, done.stdout + done.stderr
    assert "no claim was decided" in done.stdout
    assert not re.search(r"\d+ holds", done.stdout)
    assert "not elicited" in done.stdout
