"""LoRA by peft: low-rank matrices beside those of the layers, added to them at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimkit.errors import Unsupported
from claimkit.models.choices import require_package
from claimkit.models.sentences import first_sentence

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def with_adapter(model: PreTrainedModel, rank: int) -> PreTrainedModel:
    """Return the model with an adapter beside every linear layer; nothing else of it moves.

    Raises:
        Unsupported: If peft is not installed, or does not know such layers.
    """
    require_package("peft", "--method lora")
    import peft
    from transformers.pytorch_utils import Conv1D

    config = peft.LoraConfig(
        r=rank,
        lora_alpha=2 * rank,
        target_modules="all-linear",
        # GPT-2 keeps its matrices the other way round.
        fan_in_fan_out=any(isinstance(layer, Conv1D) for layer in model.modules()),
    )
    try:
        peft.inject_adapter_in_model(config, model)
    except ValueError as error:
        raise Unsupported(
            f"peft finds no layers of {type(model).__name__} for LoRA: {first_sentence(error)}; "
            "take --method full"
        ) from error
    return model


def merged(model: PreTrainedModel) -> PreTrainedModel:
    """Return the model with what its adapter learned added to its own weights."""
    from peft.tuners.tuners_utils import BaseTunerLayer

    for name, layer in list(model.named_modules()):
        if isinstance(layer, BaseTunerLayer):
            layer.merge()
            parent, _, own = name.rpartition(".")
            setattr(model.get_submodule(parent), own, layer.get_base_layer())
    for weight in model.parameters():
        weight.requires_grad = True
    _forget_adapter(model)
    return model


def _forget_adapter(model: PreTrainedModel) -> None:
    """Let ``save_pretrained`` write a whole model: it writes adapters where it finds traces."""
    for trace in ("peft_config", "_hf_peft_config_loaded"):
        if trace in vars(model):
            delattr(model, trace)
