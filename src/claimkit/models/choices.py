"""What the options of a model may say, checked from the words alone.

Whether this machine has the device, and this model the attention, only loading tells.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import Final

from claimkit.errors import InvalidInput, Unsupported
from claimkit.models.dtypes import DTYPE_NAMES
from claimkit.models.spec import ModelSpec

__all__ = ["ATTENTIONS", "DEVICES", "DEVICE_MAPS", "check_choices", "require_package"]

DEVICES: Final = re.compile(r"auto|cpu|mps|cuda(:[0-9]+)?")
DEVICE_MAPS: Final = ("auto", "balanced", "balanced_low_0", "sequential")
ATTENTIONS: Final = ("eager", "sdpa", "flash_attention_2", "flash_attention_3", "flex_attention")
# A repository of the hub that holds a kernel, with revision and function if need be.
_KERNEL: Final = re.compile(r"[^/:@\s]+/[^/:@\s]+(@[^/:\s]+)?(:[^/:\s]+)?")


def check_choices(spec: ModelSpec) -> None:
    """Raise if an option has a value that no machine knows, or needs a package that is not here.

    Raises:
        InvalidInput: If dtype, device, device map or attention implementation is none there is.
        Unsupported: If accelerate or peft is needed and not installed.
    """
    if spec.dtype not in ("auto", *DTYPE_NAMES):
        raise InvalidInput(f"no dtype {spec.dtype!r}; dtypes: auto, {', '.join(DTYPE_NAMES)}")
    if not DEVICES.fullmatch(spec.device):
        raise InvalidInput(
            f"no device is called {spec.device!r}; devices: auto, cpu, mps, cuda, cuda:0, …"
        )
    _check_device_map(spec)
    attention = spec.attn_implementation
    if attention not in (None, *ATTENTIONS) and not _KERNEL.fullmatch(str(attention)):
        raise InvalidInput(
            f"no attention implementation {attention!r}; known ones: {', '.join(ATTENTIONS)}, "
            "and kernels of the hub as org/name"
        )
    if spec.adapter is not None:
        require_package("peft", "an adapter")


def _check_device_map(spec: ModelSpec) -> None:
    where = spec.device_map
    if where is None:
        return
    if where not in DEVICE_MAPS and not DEVICES.fullmatch(where):
        raise InvalidInput(
            f"no device map {where!r}; device maps: {', '.join(DEVICE_MAPS)}, or the name of a "
            "device"
        )
    if spec.device != "auto":
        raise InvalidInput(
            f"device map {where!r} says where the model goes, and so does device {spec.device!r}; "
            "leave one of them out"
        )
    require_package("accelerate", "a device map")


def require_package(package: str, needed_for: str) -> None:
    """Raise if a package is not installed.

    Raises:
        Unsupported: With the command that installs it.
    """
    if find_spec(package) is None:
        raise Unsupported(
            f"{needed_for} needs the package {package}, which is not installed; "
            "run pip install 'claimkit[large]'"
        )
