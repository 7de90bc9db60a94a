"""The model that fine-tuning begins with."""

from __future__ import annotations

from dataclasses import replace

from transformers import PreTrainedModel

from claimkit.errors import Unsupported
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.loading import load_weights
from claimkit.models.spec import ModelSpec
from claimkit.training.finetuning.presets import takes_rows_of_questions

ATTENTION = "sdpa"
"""It takes a mask of which tokens see which, as rows with several questions need it."""


def load_base(checkpoint: Checkpoint, device: str = "cpu") -> PreTrainedModel:
    """Return a pretrained model in float32, with the dropout that its configuration has.

    Published fine-tuning leaves it as it is, too; of the bundled models none has any.

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
    takes_mask = takes_rows_of_questions(checkpoint.config)
    model = load_weights(
        checkpoint, replace(spec, attn_implementation=ATTENTION) if takes_mask else spec
    )
    assert isinstance(model, PreTrainedModel)
    return model
