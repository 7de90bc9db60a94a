"""A causal language model in memory, ready to be asked."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import nn

from claimkit.models.checkpoint import Checkpoint
from claimkit.models.loading import load_weights
from claimkit.models.spec import ModelSpec

__all__ = ["LanguageModel", "load"]


@dataclass(frozen=True, eq=False)
class LanguageModel:
    """A causal language model on its device, in evaluation mode and without gradients.

    Attributes:
        model: Called as transformers models are, with ``input_ids``; returns an object with
            ``logits``.
        device: Where token ids go; a model on several devices passes on from there.
        dtype: What it computes in, such as ``"float32"``, and how its weights are quantized if they
            are, such as ``"bfloat16, bitsandbytes"``.
        attention: The attention implementation, such as ``"sdpa"``.
        window: The most tokens that a string may have, or None.
        name: What errors call it.
    """

    model: nn.Module = field(repr=False)
    device: torch.device
    dtype: str
    attention: str
    window: int | None = None
    name: str = "the model"

    @classmethod
    def of(
        cls, model: nn.Module, *, window: int | None = None, name: str = "the model"
    ) -> LanguageModel:
        """Return a handle on a model in memory, which is put into evaluation mode."""
        entry, quantization = _entry(model), _quantization(model)
        attention = getattr(getattr(model, "config", None), "_attn_implementation", None)
        dtype = str(entry.dtype).removeprefix("torch.")
        return cls(
            model=model.eval().requires_grad_(False),
            device=entry.device,
            dtype=dtype if quantization is None else f"{dtype}, {quantization}",
            attention=str(attention or "eager"),
            window=window,
            name=name,
        )

    @property
    def vocabulary(self) -> int | None:
        """How many token ids the model knows, or None where it does not tell."""
        embeddings = getattr(self.model, "get_input_embeddings", lambda: None)()
        return getattr(embeddings, "num_embeddings", None)


def load(checkpoint: Checkpoint, spec: ModelSpec) -> LanguageModel:
    """Load the weights of a checkpoint from its safetensors files; nothing is fetched.

    Args:
        checkpoint: Which.
        spec: How: device (``auto`` is a GPU where there is one), dtype (``auto`` is float32 on a
            CPU, the checkpoint's own elsewhere and where it is quantized), attention.

    Raises:
        InvalidInput: If this machine has no such device.
        ModelError: If transformers cannot load it, or not all weights are there.
    """
    model = load_weights(checkpoint, spec)
    return LanguageModel.of(model, window=checkpoint.window, name=checkpoint.name)


def _entry(model: nn.Module) -> torch.Tensor:
    """Return the weights that token ids meet first: their device is where ids go."""
    try:
        embeddings = getattr(model, "get_input_embeddings", lambda: None)()
    # Code that comes with a checkpoint may not say where they are.
    except NotImplementedError:
        embeddings = None
    weight = getattr(embeddings, "weight", None)
    if isinstance(weight, torch.Tensor) and weight.is_floating_point():
        return weight
    floats = (weight for weight in model.parameters() if weight.is_floating_point())
    return next(floats, torch.empty(0))


def _quantization(model: nn.Module) -> str | None:
    """Return the method that the weights in memory are quantized with, or None.

    Some methods turn them into plain weights where a machine lacks their kernels.
    """
    config = getattr(getattr(model, "config", None), "quantization_config", None)
    if config is None:
        return None
    method = config.get("quant_method") if isinstance(config, dict) else config.quant_method
    return str(getattr(method, "value", method))
