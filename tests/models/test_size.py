"""The memory that a checkpoint's weights take."""

import json

import pytest

from claimkit.models.checkpoint import Checkpoint
from claimkit.models.size import weight_bytes
from claimkit.models.spec import ModelSpec


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
