"""A causal language model in memory, ready to be asked."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import nn

from claimkit.errors import ModelError
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.devices import resolve_device, resolve_dtype
from claimkit.models.loading import load_weights

__all__ = ["LanguageModel", "load"]


@dataclass(frozen=True, eq=False)
class LanguageModel:
    """A causal language model on its device, in evaluation mode and without gradients.

    Attributes:
        model: Called as transformers models are, with ``input_ids``; returns an object with
            ``logits``.
        device: Where its weights are.
        dtype: What it computes in, such as ``"float32"``.
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
        first = next(model.parameters(), torch.empty(0))
        attention = getattr(getattr(model, "config", None), "_attn_implementation", None)
        return cls(
            model=model.eval().requires_grad_(False),
            device=first.device,
            dtype=str(first.dtype).removeprefix("torch."),
            attention=str(attention or "eager"),
            window=window,
            name=name,
        )

    @property
    def vocabulary(self) -> int | None:
        """How many token ids the model knows, or None where it does not tell."""
        embeddings = getattr(self.model, "get_input_embeddings", lambda: None)()
        return getattr(embeddings, "num_embeddings", None)

    @cached_property
    def in_float32(self) -> LanguageModel:
        """Return the model computing in float32 with the weights it has: itself, or a copy.

        Raises:
            ModelError: If there is no memory for the copy.
        """
        if self.dtype in ("float32", "float64"):
            return self
        try:
            upcast = copy.deepcopy(self.model).to(torch.float32)
        except torch.OutOfMemoryError as error:
            raise ModelError(
                f"no memory on {self.device} for the float32 copy of {self.name} that near ties "
                "are scored with; load it in float32, or on a device with three times its size"
            ) from error
        return LanguageModel.of(upcast, window=self.window, name=f"{self.name} in float32")


def load(
    checkpoint: Checkpoint,
    device: str = "auto",
    dtype: str = "auto",
    attn_implementation: str | None = None,
    trust_remote_code: bool = False,
) -> LanguageModel:
    """Load the weights of a checkpoint from its safetensors files; nothing is fetched.

    Args:
        checkpoint: Which.
        device: ``auto`` (a GPU where there is one), ``cpu``, ``cuda``, ``cuda:1`` or ``mps``.
        dtype: ``auto`` (float32 on a CPU, the checkpoint's own elsewhere) or a key of
            ``DTYPES``.
        attn_implementation: As transformers names it; its own choice unless told.
        trust_remote_code: Whether Python files of the checkpoint may run.

    Raises:
        InvalidInput: If device or dtype is none of these.
        ModelError: If transformers cannot load it, or not all weights are there.
    """
    where = resolve_device(device)
    options = {"dtype": resolve_dtype(dtype, where), "trust_remote_code": trust_remote_code}
    if attn_implementation is not None:
        options["attn_implementation"] = attn_implementation
    model = load_weights(checkpoint, **options)
    try:
        model = model.to(where)
    except torch.OutOfMemoryError as error:
        raise ModelError(f"{checkpoint.name} does not fit into the memory of {where}") from error
    return LanguageModel.of(model, window=checkpoint.window, name=checkpoint.name)
