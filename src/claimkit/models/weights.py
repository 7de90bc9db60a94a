"""Reading safetensors files without torch, and finding weights that are not numbers.

A file is eight bytes (the header's length, little-endian), a JSON header that gives every tensor's
type, shape and place, and the tensors' bytes without gaps. Source:
https://github.com/huggingface/safetensors, "Format".
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from claimkit.errors import ModelError

__all__ = ["TensorEntry", "read_header", "read_weights"]

_MAX_HEADER = 100_000_000
_ITEM_BITS = {
    **dict.fromkeys(("F64", "I64", "U64", "C64"), 64),
    **dict.fromkeys(("F32", "I32", "U32"), 32),
    **dict.fromkeys(("F16", "BF16", "I16", "U16"), 16),
    **dict.fromkeys(("BOOL", "I8", "U8", "F8_E4M3", "F8_E5M2", "F8_E8M0"), 8),
    **dict.fromkeys(("F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8),
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    "F4": 4,
}
# A float is not finite exactly when all bits of its exponent are set. 8-bit floats are left
# unchecked: some have no such values and quantized checkpoints keep their scales in wider types.
_EXPONENT: dict[str, np.unsignedinteger[Any]] = {
    "F64": np.uint64(0x7FF0_0000_0000_0000),
    "F32": np.uint32(0x7F80_0000),
    "F16": np.uint16(0x7C00),
    "BF16": np.uint16(0x7F80),
}


@dataclass(frozen=True)
class TensorEntry:
    """Where a tensor lies in its file: ``begin`` and ``end`` count bytes after the header."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)


def read_header(path: Path, shown_as: str | None = None) -> tuple[int, list[TensorEntry]]:
    """Return the number of bytes before the first tensor, and the tensors as they lie.

    Raises:
        ModelError: If the header cannot be what a writer meant, or the file is shorter or longer
            than it says.
    """
    name = shown_as or path.name
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else None
        if length is None or length > min(_MAX_HEADER, size - 8):
            raise _broken(name, f"its header does not fit its {size} bytes, so it is cut short")
        header = _parse_header(name, file.read(length))
    entries = sorted(
        (
            _entry(name, tensor, facts)
            for tensor, facts in header.items()
            if tensor != "__metadata__"
        ),
        key=lambda entry: (entry.begin, entry.end),
    )
    _require_no_gaps(name, entries, size - 8 - length)
    return 8 + length, entries


def read_weights(path: Path, shown_as: str | None = None, chunk: int = 1 << 22) -> Iterator[bytes]:
    """Yield all bytes of a safetensors file in order, and stop at weights that are not finite.

    Args:
        path: The file.
        shown_as: What errors call it; its name unless told.
        chunk: The most bytes to hold at a time.

    Raises:
        ModelError: If the file is malformed, or a tensor holds NaN or infinity.
    """
    name = shown_as or path.name
    before, entries = read_header(path, name)
    with path.open("rb") as file:
        yield file.read(before)
        for entry in entries:
            bad = 0
            for piece in _pieces(name, file, entry.end - entry.begin, chunk):
                bad += _count_non_finite(piece, entry.dtype)
                yield piece
            if bad:
                raise ModelError(
                    f"{bad} of the {entry.size} weights of {entry.name} in {name} are "
                    "NaN or infinite; the checkpoint is broken, so download or export it again"
                )


def _pieces(name: str, file: BinaryIO, size: int, chunk: int) -> Iterator[bytes]:
    while size:
        piece = file.read(min(chunk, size))
        if len(piece) < min(chunk, size):
            raise _broken(name, "it became shorter while it was read")
        size -= len(piece)
        yield piece


def _count_non_finite(piece: bytes, dtype: str) -> int:
    if dtype not in _EXPONENT:
        return 0
    exponent = _EXPONENT[dtype]
    bits: NDArray[Any] = np.frombuffer(piece, dtype=exponent.dtype)
    return int(np.count_nonzero((bits & exponent) == exponent))


def _parse_header(name: str, text: bytes) -> dict[str, Any]:
    try:
        header = json.loads(text)
    # Brackets within brackets, thousands deep, end in a RecursionError.
    except (ValueError, RecursionError) as error:
        raise _broken(name, "its header is not JSON") from error
    if not isinstance(header, dict):
        raise _broken(name, f"its header is a {type(header).__name__} where an object belongs")
    return header


def _entry(name: str, tensor: str, facts: dict[str, Any]) -> TensorEntry:
    try:
        dtype, shape = str(facts["dtype"]), tuple(int(n) for n in facts["shape"])
        begin, end = (int(offset) for offset in facts["data_offsets"])
    except (KeyError, TypeError, ValueError) as error:
        raise _broken(name, f"its header gives {tensor} no type, shape and place") from error
    if dtype not in _ITEM_BITS:
        raise _broken(name, f"{tensor} has the unknown type {dtype}")
    if min(shape, default=0) < 0 or (end - begin) * 8 != math.prod(shape) * _ITEM_BITS[dtype]:
        raise _broken(name, f"{tensor} has {end - begin} bytes for shape {list(shape)} of {dtype}")
    return TensorEntry(tensor, dtype, shape, begin, end)


def _require_no_gaps(name: str, entries: list[TensorEntry], size: int) -> None:
    reached = 0
    for entry in entries:
        if entry.begin != reached:
            raise _broken(name, f"{entry.name} starts at byte {entry.begin}, not at {reached}")
        reached = entry.end
    if reached != size:
        what = "cut short" if size < reached else "too long"
        raise _broken(name, f"it is {what}: its header describes {reached} bytes, it holds {size}")


def _broken(name: str, reason: str) -> ModelError:
    return ModelError(f"{name} is not a sound safetensors file: {reason}; download it again")
