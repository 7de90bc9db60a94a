"""One teacher-forced pass over a batch: by how much the gold token beats every other.

Logits are computed only from the first answer position of the batch on; from there to the host go
a few numbers per position.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claimkit.models.language_model import LanguageModel
from claimkit.prompts.episodes import Episodes

__all__ = ["Answered", "Floats", "ask", "is_masked", "logits_from"]

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Answered:
    """What a model answered to a batch.

    Attributes:
        margins: Float32 ``(string, width)``; the gold token's logit minus the largest other. 0 is
            a tie.
        scales: Float32 ``(string, width)``; the largest magnitude of a logit that is not masked.
            Not finite where one is NaN or infinite; see :func:`is_masked`.
        choices: Int64 ``(string,)``; the top token at the first answer position.
        levels: Float32 ``(string, 3)``; the highest, the second and the lowest logit there; masked
            ones are not the lowest.
    """

    margins: Floats
    scales: Floats
    choices: NDArray[np.int64]
    levels: Floats

    def __getitem__(self, index: slice) -> Answered:
        """Return the strings at ``index``."""
        return Answered(
            self.margins[index], self.scales[index], self.choices[index], self.levels[index]
        )


def ask(
    language_model: LanguageModel, episodes: Episodes, most_positions: int | None = None
) -> Answered:
    """Return how clearly the gold token wins at every answer position.

    Args:
        language_model: Fed every token but the last.
        episodes: One batch; rows may be padded.
        most_positions: A single string gets logits at no more positions at a time; what is beyond
            costs another pass.
    """
    # The earliest column after which an answer starts, and the last that is fed.
    first, last = int(episodes.starts.min()) - 1, int(episodes.lengths.max()) - 2
    step = last + 1 - first
    if len(episodes) == 1 and most_positions is not None:
        step = min(step, max(1, most_positions))
    starts = range(first, last + 1, step)
    # (number, string, column), the only copies to the host.
    numbers = [_numbers(language_model, episodes, i, min(i + step - 1, last)) for i in starts]
    columns = episodes.starts[:, None] + np.arange(episodes.width) - 1 - first
    rows = np.arange(len(episodes))[:, None]
    margins, *levels = np.concatenate(numbers, axis=2)[:, rows, columns]
    highest, second, lowest, choices = levels
    return Answered(
        margins=margins,
        # NaN in either stays NaN.
        scales=np.maximum(np.abs(highest), np.abs(lowest)),
        # Exact: float32 holds every integer up to 2**24.
        choices=choices[:, 0].astype(np.int64),
        levels=np.stack((highest[:, 0], second[:, 0], lowest[:, 0]), axis=1),
    )


def logits_from(
    language_model: LanguageModel, episodes: Episodes, first: int, last: int | None = None
) -> Tensor:
    """Return the logits ``(string, position, vocabulary)`` of columns ``first`` to ``last``.

    The first are those after the token in column ``first``. Every token but the longest string's
    last is fed; columns after the end of a shorter string mean nothing.
    """
    fed = int(episodes.lengths.max()) - 1
    last = fed - 1 if last is None else last
    real = np.arange(fed) < episodes.lengths[:, None] - 1
    inputs = {
        "input_ids": torch.from_numpy(np.ascontiguousarray(episodes.tokens[:, :fed])),
        "attention_mask": torch.from_numpy(real.astype(np.int64)),
    }
    on_device = {name: tensor.to(language_model.device) for name, tensor in inputs.items()}
    keep = fed - first if last == fed - 1 else torch.arange(first, last + 1)
    options = {"use_cache": False, "logits_to_keep": keep}
    with torch.inference_mode():
        output = language_model.model(**_understood(language_model, {**on_device, **options}))
    logits: Tensor = output.logits
    # A model that knows no logits_to_keep returns all of them.
    return logits if logits.shape[1] == last + 1 - first else logits[:, first : last + 1]


def is_masked(logits: Tensor) -> Tensor:
    """Return, for each logit, whether the model rules its token out.

    Some models give token ids that they never trained −∞ or the least number that there is, which
    says nothing about how exactly the others are computed.
    """
    return logits < torch.finfo(logits.dtype).min / 2


def _understood(
    language_model: LanguageModel, arguments: dict[str, Tensor | bool | int]
) -> dict[str, Tensor | bool | int]:
    """Leave out the options that the model's ``forward`` does not name.

    One that names hardly any and passes on the rest still gets what it is asked.
    """
    named = inspect.signature(language_model.model.forward).parameters
    passes_on = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in named.values())
    asked = {*named, "input_ids", "attention_mask"} if passes_on else {*named}
    return {name: value for name, value in arguments.items() if name in asked}


def _numbers(language_model: LanguageModel, episodes: Episodes, first: int, last: int) -> Floats:
    """Return margin, highest, second and lowest logit and the top token of some columns."""
    logits = logits_from(language_model, episodes, first, last)
    targets = torch.from_numpy(episodes.tokens[:, first + 1 : last + 2]).to(logits.device)
    numbers: Floats = _reduced(logits, targets).cpu().numpy()
    return numbers


@torch.inference_mode()
def _reduced(logits: Tensor, targets: Tensor) -> Tensor:
    gold = logits.gather(-1, targets[..., None])[..., 0].float()
    # Both carry NaN through. One aminmax takes ten times as long on a CPU.
    lowest, highest = logits.amin(-1), logits.amax(-1).float()
    # Few models mask, and it takes a copy. Where all is masked, infinity is what is left.
    if bool(is_masked(lowest).any()):
        lowest = logits.masked_fill(is_masked(logits), torch.inf).amin(-1)
    lowest = lowest.float()
    top = logits.topk(2, dim=-1)
    choices, second = top.indices[..., 0], top.values[..., 1].float()
    other = torch.where(choices == targets, second, top.values[..., 0].float())
    return torch.stack((gold - other, highest, second, lowest, choices.float()))
