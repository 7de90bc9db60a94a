"""Adapters: a few weights of their own on top of a checkpoint, as peft saves them.

From the files alone it is told whether an adapter can be used; putting one on a model also tells
whether it was made for that model.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from claimkit.errors import ModelError, Unsupported
from claimkit.models.files import read_json_object
from claimkit.models.sentences import first_sentence

if TYPE_CHECKING:
    from torch import nn

__all__ = ["adapter_files", "attach_adapter"]

CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"
# These write into the prompt, or into the cache, and not into the model's layers.
_PROMPT_LEARNING = ("PROMPT", "P_TUNING", "PREFIX", "CPT", "CARTRIDGE")


def adapter_files(folder: Path) -> list[Path]:
    """Return the configuration and the weights of an adapter.

    Raises:
        ModelError: If they are missing or malformed, or the weights are only there as a pickle.
        Unsupported: If it is no adapter of the model's layers.
    """
    if not (folder / CONFIG).exists():
        raise ModelError(
            f"{folder} has no {CONFIG}; give the folder that save_pretrained of peft wrote"
        )
    _require_layers(folder, read_json_object(folder / CONFIG))
    if not (folder / WEIGHTS).exists():
        pickles = sorted(folder.glob("adapter_model.*"))
        if pickles:
            raise ModelError(
                f"{folder} holds the adapter's weights only as {pickles[0].name}, which may run "
                "code when loaded; save it as safetensors (save_pretrained of peft does)"
            )
        raise ModelError(
            f"{folder} has no {WEIGHTS}; give the folder that save_pretrained of peft wrote"
        )
    return [folder / CONFIG, folder / WEIGHTS]


def _require_layers(folder: Path, config: Mapping[str, Any]) -> None:
    kind = config.get("peft_type")
    if not isinstance(kind, str):
        raise ModelError(
            f"{folder / CONFIG} names no peft_type, got {kind!r}; it is not an adapter that peft "
            "saved, so export it again"
        )
    if any(word in kind for word in _PROMPT_LEARNING):
        raise Unsupported(
            f"{folder} is a {kind} adapter, which adds to the prompt and not to the layers; "
            "give an adapter such as LORA"
        )


def attach_adapter(model: nn.Module, folder: Path, name: str) -> nn.Module:
    """Return a model with an adapter in its layers; it is called as before.

    Args:
        model: A transformers model, which is changed; its weights may be on the ``meta`` device.
        folder: Of the adapter.
        name: What errors call the model.

    Raises:
        ModelError: If peft cannot load it, or it was made for another model.
    """
    # Imports torch, transformers and peft; finding and hashing do without.
    import torch
    from peft import PeftConfig, get_peft_model

    first = next(model.parameters())
    # Files cannot be read to nowhere.
    bare, where = first.is_meta, "cpu" if first.is_meta else str(first.device)
    try:
        # peft warns of what is reported below.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            config: Any = PeftConfig.from_pretrained(str(folder))
            config.inference_mode = True
            adapted: Any = get_peft_model(model, config, low_cpu_mem_usage=bare)
            report = adapted.load_adapter(
                str(folder), "default", torch_device=where, low_cpu_mem_usage=bare
            )
    except torch.OutOfMemoryError:
        raise
    # What is wrong in an adapter's configuration may end in any error.
    except Exception as error:
        raise ModelError(
            f"peft cannot put the adapter {folder.name} on {name}: {first_sentence(error)}; "
            "give the model that it was trained on"
        ) from error
    _require_fit(report, folder, name)
    base: nn.Module = adapted.get_base_model()
    return base


class KeyReport(Protocol):
    """What torch tells after loading into a model."""

    unexpected_keys: list[str]
    missing_keys: list[str]


def _require_fit(report: KeyReport, folder: Path, name: str) -> None:
    for keys, what in (
        (report.unexpected_keys, "has weights for layers that the model lacks"),
        (report.missing_keys, "lacks weights for layers that it names"),
    ):
        if keys:
            raise ModelError(
                f"the adapter {folder.name} does not belong to {name}: it {what} "
                f"({len(keys)}, such as {sorted(keys)[0]}); give the model that it was trained on"
            )
