"""The memory that a checkpoint's weights take."""

import json
import runpy
from pathlib import Path

import pytest

from claimkit.models.checkpoint import Checkpoint
from claimkit.models.language_model import load
from claimkit.models.size import weight_bytes
from claimkit.models.spec import ModelSpec

SAVE_ADAPTER = runpy.run_path(str(Path(__file__).with_name("faults.py")))["save_adapter"]


def stored(folder):
    """The bytes of all tensors of a folder's only file of weights."""
    raw = (folder / "model.safetensors").read_bytes()
    return len(raw) - 8 - int.from_bytes(raw[:8], "little")


@pytest.mark.parametrize(
    "dtype, factor", [("auto", 1), ("float32", 1), ("bfloat16", 0.5), ("float64", 2)]
)
def test_the_weights_count_in_the_numbers_they_run_in(saved, dtype, factor):
    """A checkpoint stored in float32 takes half of that in bfloat16 and twice that in float64."""
    checkpoint = Checkpoint.find(ModelSpec(str(saved)))

    assert weight_bytes(checkpoint, dtype) == stored(saved) * factor


def test_quantized_weights_count_as_they_are_stored(folder):
    """What is packed stays packed, whatever numbers the rest runs in."""
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"quantization_config": {"bits": 4}}))
    checkpoint = Checkpoint.find(ModelSpec(str(folder)))

    assert weight_bytes(checkpoint, "float32") == stored(folder)


def test_an_empty_entry_for_quantization_is_none(folder):
    """A null says nothing about how the weights are stored."""
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"quantization_config": None}))
    checkpoint = Checkpoint.find(ModelSpec(str(folder)))

    assert weight_bytes(checkpoint, "float64") == 2 * stored(folder)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_weights_of_an_adapter_count(saved, tmp_path, dtype):
    """As many bytes are told as the loaded model has."""
    adapter = SAVE_ADAPTER(saved, tmp_path / "adapter")
    spec = ModelSpec(str(saved), adapter=str(adapter), device="cpu", dtype=dtype)
    checkpoint = Checkpoint.find(spec)
    weights = load(checkpoint, spec).model.parameters()

    assert weight_bytes(checkpoint, dtype) == sum(weight.nbytes for weight in weights)
