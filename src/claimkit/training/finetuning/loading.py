"""The model that fine-tuning begins with."""

from __future__ import annotations

from dataclasses import replace

from transformers import PreTrainedModel

from claimkit.errors import Unsupported
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.loading import load_weights
from claimkit.models.spec import ModelSpec

ATTENTION = "sdpa"
"""It takes a mask of which tokens see which, as rows with several questions need it."""


def load_base(checkpoint: Checkpoint, device: str = "cpu") -> PreTrainedModel:
    """Return a pretrained model in float32, without dropout.

    Raises:
        ModelError: If transformers cannot load it.
        Unsupported: If it is quantized or brings an adapter of its own.
    """
    if checkpoint.quantization is not None or checkpoint.adapter_folder is not None:
        what = "quantized weights" if checkpoint.quantization is not None else "an adapter"
        raise Unsupported(
            f"{checkpoint.name} has {what} and cannot be fine-tuned; give the plain checkpoint"
        )
    spec = ModelSpec(str(checkpoint.folder), device=device, dtype="float32")
    takes_mask = checkpoint.config.get("model_type") not in ("mamba", "mamba2", "rwkv")
    model = load_weights(
        checkpoint, replace(spec, attn_implementation=ATTENTION) if takes_mask else spec
    )
    assert isinstance(model, PreTrainedModel)
    return model
