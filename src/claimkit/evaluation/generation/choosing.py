"""The most likely token of every row, and how clearly it is."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from claimkit.errors import CheckTripped
from claimkit.models.language_model import LanguageModel

__all__ = ["Choices", "choose", "require_finite_choices"]

Choices = list[tuple[int, float, float]]


@torch.inference_mode()
def choose(logits: Tensor) -> tuple[Tensor, Choices]:
    """Return the top token of each row, on the device and on the host.

    The one wait for the device at every token is here.

    Args:
        logits: Float ``(row, vocabulary)``.

    Returns:
        The tokens as int64 ``(row,)``, and of each row the token, its logit and the largest other.
        A tie goes to the lower token id; NaN counts as larger than any number.
    """
    # As transformers does; and on a CPU coarser types are slow to search.
    scores = logits.float()
    chosen = scores.argmax(-1, keepdim=True)
    best = scores.gather(-1, chosen)[:, 0]
    second = scores.scatter(-1, chosen, -torch.inf).amax(-1)
    # Exact: float32 holds every integer up to 2**24.
    numbers = torch.stack((chosen[:, 0].float(), best, second), dim=1).tolist()
    return chosen[:, 0], [(int(token), first, other) for token, first, other in numbers]


def require_finite_choices(language_model: LanguageModel, best: Sequence[float]) -> None:
    """Check that no chosen logit is NaN or infinite.

    Raises:
        CheckTripped: If one is.
    """
    # NaN is not less either.
    broken = sum(not abs(logit) < float("inf") for logit in best)
    if broken:
        raise CheckTripped(
            f"{language_model.name} gave NaN or infinite logits to {broken} of {len(best)} answers "
            "while it wrote them; its weights are broken, or its numbers outgrow "
            f"{language_model.dtype} (try --dtype float32)"
        )
