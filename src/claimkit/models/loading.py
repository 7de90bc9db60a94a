"""What transformers makes of a checkpoint's files, with its complaints in one sentence.

transformers only warns when weights are missing or have the wrong shape, and goes on with random
ones in their place. Here that is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from logging import CRITICAL
from typing import Any

import torch
from torch import nn

from claimkit.errors import ModelError
from claimkit.models.adapters import attach_adapter
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.choices import require_package
from claimkit.models.devices import resolve_dtype, start_device
from claimkit.models.sentences import first_sentence
from claimkit.models.spec import ModelSpec

__all__ = ["load_weights", "quietly", "require_in_memory"]


def load_weights(checkpoint: Checkpoint, spec: ModelSpec) -> nn.Module:
    """Return the causal language model in a checkpoint's safetensors files; nothing is fetched.

    Args:
        checkpoint: Which.
        spec: Where the weights go, and in which numbers.

    Raises:
        InvalidInput: If this machine has no such device.
        ModelError: If transformers cannot load it, not all of its weights are there, or there are
            more layers than its configuration says.
    """
    where = start_device(spec)
    try:
        model = _from_pretrained(checkpoint, spec, where)
        if not _is_placed(checkpoint, spec):
            model = model.to(where)
        if checkpoint.adapter_folder is not None:
            with quietly():
                model = attach_adapter(model, checkpoint.adapter_folder, checkpoint.base_name)
    except torch.OutOfMemoryError as error:
        raise ModelError(
            f"{checkpoint.name} does not fit into the memory of {where}; free some, spread the "
            "model with --device-map auto, or take another --device"
        ) from error
    require_in_memory(model, checkpoint.name)
    _require_attention(model, spec.attn_implementation, checkpoint.name)
    return model


def _from_pretrained(checkpoint: Checkpoint, spec: ModelSpec, where: torch.device) -> nn.Module:
    from transformers import AutoModelForCausalLM

    options = _options(checkpoint, spec, where)
    try:
        with quietly():
            loaded: Any = AutoModelForCausalLM.from_pretrained(
                str(checkpoint.folder),
                use_safetensors=True,
                local_files_only=True,
                output_loading_info=True,
                # Reported below, in words that name the weights.
                ignore_mismatched_sizes=True,
                **options,
            )
    except torch.OutOfMemoryError:
        raise
    # A number that cannot be may end in any error, such as a failed assertion.
    except Exception as error:
        raise ModelError(
            f"transformers cannot load {checkpoint.name}: {first_sentence(error)}; "
            f"{_advice(checkpoint, spec, error)}"
        ) from error
    model, report = loaded
    _require_all_weights(checkpoint, report)
    _require_no_further_layers(checkpoint, model, report)
    return model  # type: ignore[no-any-return]


def _options(checkpoint: Checkpoint, spec: ModelSpec, where: torch.device) -> dict[str, Any]:
    """Return what ``from_pretrained`` is told besides the folder."""
    quantized = checkpoint.quantization is not None
    options: dict[str, Any] = {
        # The layers of a quantized checkpoint are made for one type.
        "dtype": "auto" if quantized and spec.dtype == "auto" else resolve_dtype(spec.dtype, where),
        "trust_remote_code": spec.trust_remote_code,
    }
    if spec.attn_implementation is not None:
        options["attn_implementation"] = spec.attn_implementation
    if spec.device_map is not None:
        options["device_map"] = spec.device_map
    elif quantized:
        require_package("accelerate", "a quantized checkpoint")
        options["device_map"] = {"": where}
    return options


def _is_placed(checkpoint: Checkpoint, spec: ModelSpec) -> bool:
    """Return whether weights are on their device as soon as they are read.

    Quantized ones cannot be moved afterwards.
    """
    return spec.device_map is not None or checkpoint.quantization is not None


def _advice(checkpoint: Checkpoint, spec: ModelSpec, error: Exception) -> str:
    if "auto_map" in checkpoint.config and not spec.trust_remote_code:
        return (
            "it brings Python code, which runs only if remote code is trusted (--trust-remote-code)"
        )
    if checkpoint.quantization is not None and isinstance(error, ImportError):
        return f"install what its quantization ({checkpoint.quantization}) needs"
    if spec.attn_implementation is not None and _about_attention(error):
        return f"give another --attn-implementation than {spec.attn_implementation}, or none"
    return "check that config.json and weights belong together and are whole"


def _about_attention(error: Exception) -> bool:
    words = ("attn", "attention", "kernel", "flash")
    return any(word in str(error).lower() for word in words)


def require_in_memory(model: nn.Module, name: str) -> None:
    """Raise if weights were left on the disk, or would be fetched anew for every batch.

    Raises:
        ModelError: With the layers that found no place.
    """
    places: Mapping[str, Any] = getattr(model, "hf_device_map", {})
    away = sorted(part for part, place in places.items() if str(place) == "disk")
    # accelerate leaves an empty tensor where it brings in weights layer by layer.
    away = away or sorted(key for key, weight in model.named_parameters() if weight.is_meta)
    if away:
        raise ModelError(
            f"{name} does not fit into the memory of its devices: {len(away)} of its parts have no "
            f"place there (such as {away[0]}); give more devices, or a coarser --dtype"
        )


def _require_attention(model: nn.Module, wanted: str | None, name: str) -> None:
    found = getattr(getattr(model, "config", None), "_attn_implementation", None)
    if wanted is not None and found != wanted:
        raise ModelError(
            f"{name} would run with attention implementation {found!r}, not {wanted!r}; "
            "give another --attn-implementation, or none"
        )


def _require_all_weights(checkpoint: Checkpoint, report: dict[str, Any]) -> None:
    missing = sorted(report["missing_keys"])
    if missing:
        raise ModelError(
            f"{checkpoint.name} lacks {len(missing)} weights of its architecture "
            f"({', '.join(missing[:3])}, …); it is no complete causal language model, so download "
            "or export it again"
        )
    mismatched = sorted(report["mismatched_keys"])
    if mismatched:
        name, found, wanted = mismatched[0]
        raise ModelError(
            f"{checkpoint.name} has {len(mismatched)} weights of the wrong shape ({name} is "
            f"{list(found)}, config.json makes it {list(wanted)}); weights and config.json do not "
            "belong together"
        )


def _require_no_further_layers(
    checkpoint: Checkpoint, model: nn.Module, report: dict[str, Any]
) -> None:
    """Raise if the files hold layers that config.json does not count.

    A layer with weights that no layer of the model has is something else, such as a head that
    predicts further tokens.
    """
    # The files of a bare body name its weights without what they hang on in the whole.
    body = f"{getattr(model, 'base_model_prefix', '')}."
    own = [name for key in model.state_dict() for name in (key, key.removeprefix(body))]
    layers, unexpected = {_layer_of(key) for key in own}, report["unexpected_keys"]
    inside = [key for key in unexpected if _layer_of(key) in layers]
    known = {_without_numbers(key) for key in (*own, *inside)}
    others = {_layer_of(key) for key in unexpected if _without_numbers(key) not in known}
    further = {_layer_of(key) for key in unexpected} - others - layers
    if further:
        raise ModelError(
            f"{checkpoint.name} has {len(further)} layers more than config.json says (such as "
            f"{min(further)}), and a model that lacks them is another; correct config.json"
        )


def _layer_of(key: str) -> str:
    """Return a weight's name up to its first number; without one, nothing.

    >>> _layer_of("model.layers.7.mlp.experts.3.up_proj.weight")
    'model.layers.7'
    """
    found = re.match(r"(.*?\.)?[0-9]+(?=\.)", key)
    return found[0] if found else ""


def _without_numbers(key: str) -> str:
    """Return a weight's name with its numbers left open.

    >>> _without_numbers("model.layers.7.mlp.experts.3.up_proj.weight")
    'model.layers.#.mlp.experts.#.up_proj.weight'
    """
    return ".".join("#" if part.isdecimal() else part for part in key.split("."))


@contextmanager
def quietly() -> Iterator[None]:
    """Keep transformers' progress bars and reports out of a test run, which has its own."""
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity(CRITICAL)
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
