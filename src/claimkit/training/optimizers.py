"""Optimizers: AdamW for all parameters, or Muon for the matrices and AdamW for the rest."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from claimkit.training.checking import OPTIMIZERS, require_known

EMBEDDINGS = ("embed_tokens", "wte", "wpe", "lm_head")
"""Parts of the names of what is looked up, not multiplied with; Muon is not for these."""


@dataclass(frozen=True)
class Optimization:
    """How weights move.

    Attributes:
        optimizer: ``adamw``, or ``muon`` (matrices by Muon, the rest by AdamW).
        learning_rate: Peak, of AdamW.
        matrix_learning_rate: Peak, of Muon.
        weight_decay: Of all parameters.
        second_beta: Of AdamW: how long it remembers squared gradients.

    Raises:
        InvalidInput: If there is no such optimizer.
    """

    optimizer: str = "adamw"
    learning_rate: float = 1e-3
    matrix_learning_rate: float = 0.02
    weight_decay: float = 0.01
    second_beta: float = 0.999

    def __post_init__(self) -> None:
        """Refuse what another optimizer would be taken for."""
        require_known("optimizer", self.optimizer, OPTIMIZERS)


def build_optimizers(model: nn.Module, how: Optimization) -> list[torch.optim.Optimizer]:
    """Return AdamW alone, or AdamW and Muon; every group knows its ``peak`` learning rate."""
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    matrices = [p for name, p in named if p.ndim == 2 and not any(e in name for e in EMBEDDINGS)]
    if how.optimizer == "adamw":
        matrices = []
    chosen = {id(p) for p in matrices}
    rest = [p for _, p in named if id(p) not in chosen]
    optimizers: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(
            rest,
            lr=how.learning_rate,
            betas=(0.9, how.second_beta),
            weight_decay=how.weight_decay,
        )
    ]
    if matrices:
        optimizers.append(
            torch.optim.Muon(matrices, lr=how.matrix_learning_rate, weight_decay=how.weight_decay)
        )
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["peak"] = group["lr"]
    return optimizers
