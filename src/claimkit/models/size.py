"""How much memory one copy of a checkpoint's weights takes, told from the files' headers alone."""

from __future__ import annotations

import math
from pathlib import Path

from claimkit.models.adapters import adapter_files
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.layout import weight_files
from claimkit.models.weights import TensorEntry, read_header

__all__ = ["weight_bytes"]

_ITEM_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2, "float64": 8}
# peft widens the weights of adapters.
_ADAPTER_ITEM = 4
_FLOATS = ("F64", "F32", "F16", "BF16")


def weight_bytes(checkpoint: Checkpoint, dtype: str) -> int:
    """Return the bytes of one copy of the weights, the adapter's included, once they are loaded.

    Args:
        checkpoint: The model.
        dtype: A name of :data:`claimkit.models.dtypes.DTYPE_NAMES`; ``auto`` leaves every weight
            as it is stored, and so does a quantized checkpoint whatever the dtype.

    Raises:
        ModelError: If a file of weights is missing, cut short or malformed.
    """
    item = None if checkpoint.quantization is not None else _ITEM_BYTES.get(dtype)
    own = sum(_file_bytes(path, item) for path in weight_files(checkpoint.folder))
    if checkpoint.adapter_folder is None:
        return own
    return own + _file_bytes(
        adapter_files(checkpoint.adapter_folder)[1], max(item or 0, _ADAPTER_ITEM)
    )


def _file_bytes(path: Path, item: int | None) -> int:
    return sum(_tensor_bytes(entry, item) for entry in read_header(path)[1])


def _tensor_bytes(entry: TensorEntry, item: int | None) -> int:
    if item is None or entry.dtype not in _FLOATS:
        return entry.end - entry.begin
    return math.prod(entry.shape) * item
