"""Where a model computes, and in which numbers."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from claimkit.errors import InvalidInput
from claimkit.models.choices import DEVICE_MAPS
from claimkit.models.dtypes import DTYPE_NAMES
from claimkit.models.spec import ModelSpec

__all__ = ["DTYPES", "available_devices", "resolve_device", "resolve_dtype", "start_device"]

DTYPES: Mapping[str, torch.dtype] = {name: getattr(torch, name) for name in DTYPE_NAMES}


def available_devices() -> list[str]:
    """Return the names of this machine's devices, the one that ``auto`` means last."""
    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    mps = ["mps"] if torch.backends.mps.is_available() else []
    return ["cpu", *mps, *(f"cuda:{i}" for i in range(gpus)), *(["cuda"] if gpus else [])]


def resolve_device(device: str) -> torch.device:
    """Return the device of a name; ``auto`` is a GPU where there is one.

    Raises:
        InvalidInput: If this machine has no such device.
    """
    present = available_devices()
    if device == "auto":
        return torch.device(present[-1])
    if device not in present:
        raise InvalidInput(f"no device {device!r} here; devices: auto, {', '.join(present)}")
    return torch.device(device)


def start_device(spec: ModelSpec) -> torch.device:
    """Return the device that a model is loaded to, or the first that it is spread from.

    Raises:
        InvalidInput: If this machine has no such device.
    """
    if spec.device_map is None:
        return resolve_device(spec.device)
    return resolve_device("auto" if spec.device_map in DEVICE_MAPS else spec.device_map)


def resolve_dtype(dtype: str, device: torch.device) -> torch.dtype | str:
    """Return the type to load weights in; ``"auto"`` leaves it to the checkpoint.

    Raises:
        InvalidInput: If there is no such type.
    """
    if dtype == "auto":
        return torch.float32 if device.type == "cpu" else "auto"
    if dtype not in DTYPES:
        raise InvalidInput(f"no dtype {dtype!r}; dtypes: auto, {', '.join(DTYPES)}")
    return DTYPES[dtype]
