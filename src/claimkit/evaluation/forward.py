"""One teacher-forced pass over a batch: by how much the gold token beats every other.

Logits are computed only from the first answer position of the batch on; from there to the host goes
one number per position.
"""

from __future__ import annotations

import inspect

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claimkit.models.language_model import LanguageModel
from claimkit.prompts.episodes import Episodes

__all__ = ["answer_margins", "logits_from"]

Floats = NDArray[np.float32]


def answer_margins(language_model: LanguageModel, episodes: Episodes) -> tuple[Floats, Floats]:
    """Return how clearly the gold token wins at every answer position.

    Args:
        language_model: Fed every token but the last.
        episodes: One batch; rows may be padded.

    Returns:
        Two float32 arrays ``(string, width)``: the margin, which is the gold token's logit minus
        the largest other (0 is a tie); and the scale, the largest magnitude of a logit. A position
        whose logits are not all finite has a scale that is not finite.
    """
    # The earliest column after which an answer starts.
    first = int(episodes.starts.min()) - 1
    logits = logits_from(language_model, episodes, first)
    targets = torch.from_numpy(episodes.tokens[:, first + 1 : first + 1 + logits.shape[1]])
    targets = targets.to(logits.device)
    margins, scales = _margins(logits, targets)
    columns = episodes.starts[:, None] + np.arange(episodes.width) - 1 - first
    # The only copy to the host.
    both = torch.stack((margins, scales)).float().cpu().numpy()
    return (
        np.take_along_axis(both[0], columns, axis=1),
        np.take_along_axis(both[1], columns, axis=1),
    )


def logits_from(language_model: LanguageModel, episodes: Episodes, first: int) -> Tensor:
    """Return the logits ``(string, position, vocabulary)`` from column ``first`` on.

    The first are those after the token in column ``first``. Every token but the longest string's
    last is fed; columns after the end of a shorter string mean nothing.
    """
    fed = int(episodes.lengths.max()) - 1
    real = np.arange(fed) < episodes.lengths[:, None] - 1
    inputs = {
        "input_ids": torch.from_numpy(np.ascontiguousarray(episodes.tokens[:, :fed])),
        "attention_mask": torch.from_numpy(real.astype(np.int64)),
    }
    on_device = {name: tensor.to(language_model.device) for name, tensor in inputs.items()}
    options = {"use_cache": False, "logits_to_keep": fed - first}
    with torch.inference_mode():
        output = language_model.model(**_understood(language_model, {**on_device, **options}))
    logits: Tensor = output.logits
    # A model that knows no logits_to_keep returns all of them.
    return logits[:, first - fed :]


def _understood(
    language_model: LanguageModel, arguments: dict[str, Tensor | bool | int]
) -> dict[str, Tensor | bool | int]:
    """Leave out the options that the model's ``forward`` does not name."""
    named = inspect.signature(language_model.model.forward).parameters
    return {name: value for name, value in arguments.items() if name in named}


@torch.inference_mode()
def _margins(logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    gold = logits.gather(-1, targets[..., None])[..., 0]
    # Both carry NaN through. One aminmax takes ten times as long on a CPU.
    low, high = logits.amin(-1), logits.amax(-1)
    top = logits.topk(2, dim=-1)
    gold_is_top = top.indices[..., 0] == targets
    other = torch.where(gold_is_top, top.values[..., 1], top.values[..., 0])
    return gold.float() - other.float(), torch.maximum(low.abs(), high.abs()).float()
