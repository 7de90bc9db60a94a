"""Safetensors files, read without torch."""

import json
import struct

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save, save_file

from claimkit.errors import ModelError
from claimkit.models.weights import read_header, read_weights

FLOATS = [torch.float32, torch.float16, torch.bfloat16, torch.float64]


@pytest.mark.parametrize("dtype", FLOATS, ids=str)
@pytest.mark.parametrize("value", [torch.nan, torch.inf, -torch.inf], ids=str)
def test_weights_that_are_no_numbers_are_counted(tmp_path, dtype, value):
    """The error names tensor and file and says how many, however the file is cut into chunks."""
    tensor = torch.zeros(50, 10, dtype=dtype)
    tensor[7:10, 3] = value
    save_file({"fine": torch.ones(3), "layers.0.weight": tensor}, tmp_path / "w.safetensors")

    with pytest.raises(ModelError, match=r"3 of the 500 weights of layers.0.weight in w.safetens"):
        list(read_weights(tmp_path / "w.safetensors", chunk=80))


@pytest.mark.parametrize("dtype", FLOATS, ids=str)
def test_the_largest_and_smallest_numbers_are_numbers(tmp_path, dtype):
    """Nothing finite is taken for infinity, subnormal numbers included."""
    limits = torch.finfo(dtype)
    values = [limits.max, limits.min, limits.tiny, limits.smallest_normal / 4, 0.0, -0.0]
    save_file({"w": torch.tensor(values, dtype=dtype)}, tmp_path / "w.safetensors")

    list(read_weights(tmp_path / "w.safetensors"))


@pytest.mark.parametrize("dtype", [torch.float8_e4m3fn, torch.int64, torch.bool], ids=str)
def test_types_without_infinity_are_not_looked_into(tmp_path, dtype):
    """Bytes that would be NaN in another type are passed over."""
    bits = torch.full((8,), 0x7F, dtype=torch.uint8)
    tensor = torch.ones(8, dtype=dtype) if dtype == torch.bool else bits.view(dtype)
    save_file({"w": tensor}, tmp_path / "w.safetensors")

    list(read_weights(tmp_path / "w.safetensors"))


def test_the_bytes_read_are_the_bytes_of_the_file(tmp_path):
    """Chunks, in order, make up the whole file."""
    path = tmp_path / "w.safetensors"
    tensors = {
        "a": torch.randn(7, 3),
        "empty": torch.zeros(0),
        "b": torch.ones(5, dtype=torch.int8),
    }
    save_file(tensors, path, metadata={"format": "pt"})

    assert b"".join(read_weights(path, chunk=16)) == path.read_bytes()


def test_the_header_agrees_with_torch(tmp_path):
    """Types, shapes and sizes are those of the tensors saved."""
    path = tmp_path / "w.safetensors"
    save_file({"a": torch.zeros(2, 3), "b": torch.zeros(5, dtype=torch.bfloat16)}, path)

    _, entries = read_header(path)

    assert {(e.name, e.dtype, e.shape, e.end - e.begin) for e in entries} == {
        ("a", "F32", (2, 3), 24),
        ("b", "BF16", (5,), 10),
    }


def file_of(header, data=b""):
    """Return the bytes of a file with any header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def tensor(dtype="F32", shape=(1,), offsets=(0, 4)):
    """Return the header of one tensor."""
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


MALFORMED = {
    "empty": (b"", "its header does not fit its 0 bytes"),
    "seven bytes": (b"\0" * 7, "its header does not fit its 7 bytes"),
    "header cut": (file_of({"a": tensor()})[:20], "does not fit its 20 bytes, so it is cut short"),
    "huge header": (struct.pack("<Q", 2**62), "does not fit its 8 bytes"),
    "not JSON": (file_of(b"{{{{"), "its header is not JSON"),
    "not UTF-8": (file_of(b"\xff\xfe\xfd"), "its header is not JSON"),
    "a list": (file_of([]), "its header is a list"),
    "no shape": (file_of({"a": {"dtype": "F32"}}), "gives a no type, shape and place"),
    "no tensor": (file_of({"a": 3}), "gives a no type, shape and place"),
    "unknown type": (file_of({"a": tensor("F33")}, b"\0" * 4), "a has the unknown type F33"),
    "wrong size": (file_of({"a": tensor(shape=(2,))}, b"\0" * 4), r"a has 4 bytes for shape \[2\]"),
    "negative": (file_of({"a": tensor(shape=(-1, -1))}, b"\0" * 4), r"for shape \[-1, -1\]"),
    "a gap": (file_of({"a": tensor(offsets=(4, 8))}, b"\0" * 8), "a starts at byte 4, not at 0"),
    "overlap": (file_of({"a": tensor(), "b": tensor()}, b"\0" * 4), "b starts at byte 0, not at 4"),
    "cut short": (file_of({"a": tensor()}, b"\0" * 3), "cut short: .* 4 bytes, it holds 3"),
    "too long": (file_of({"a": tensor()}, b"\0" * 5), "too long: .* 4 bytes, it holds 5"),
}


@pytest.mark.parametrize("content, message", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_file_is_told_in_one_sentence(tmp_path, content, message):
    """No header can end in anything but an error of the model."""
    path = tmp_path / "w.safetensors"
    path.write_bytes(content)

    with pytest.raises(
        ModelError, match=f"w.safetensors is not a sound safetensors file: .*{message}"
    ):
        list(read_weights(path))


WHOLE = save({"a": torch.arange(6.0), "b": torch.ones(2, 2, dtype=torch.float16)})


@given(st.integers(0, len(WHOLE) - 1))
def test_a_file_cut_anywhere_is_an_error_of_the_model(tmp_path_factory, size):
    """No beginning of a sound file is sound."""
    path = tmp_path_factory.getbasetemp() / "cut.safetensors"
    path.write_bytes(WHOLE[:size])

    with pytest.raises(ModelError, match=r"cut.safetensors is not a sound safetensors file"):
        list(read_weights(path))


def test_every_float_is_judged_as_numpy_judges_it(tmp_path):
    """All 65,536 half-precision numbers: those counted are those that numpy calls not finite."""
    bits = np.arange(2**16, dtype=np.uint16)
    expected = int((~np.isfinite(bits.view(np.float16))).sum())
    save_file({"w": torch.from_numpy(bits.view(np.float16))}, tmp_path / "w.safetensors")

    with pytest.raises(ModelError, match=f"{expected} of the 65536 weights"):
        list(read_weights(tmp_path / "w.safetensors"))
