"""Whether a model of text continues what it has seen before, forward and backward.

A source of different tokens, drawn at random, is shown and then begun again, in the same order or
in reverse. Each later token of the second half is asked for with all before it given. A model that
copies finds it among those that stand beside the last one in the source; one that knows only which
tokens often follow each other does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch

from claimkit.errors import InvalidInput
from claimkit.tasks.sampling import Uniforms
from claimkit.training.logits import best

if TYPE_CHECKING:
    from transformers import PreTrainedModel

DIRECTIONS = ("forward", "backward")
REPEATED = 2 << 32
"""Added to a seed for the sequences that are repeated, which are drawn apart."""

ROWS = 64

Ints = npt.NDArray[np.int64]


def repeated(tokens: Ints, direction: str, length: int, count: int, seed: int, begin: int) -> Ints:
    """Return ``(sequence, 1 + 2·length)`` tokens: begin, a source, and the source once more.

    Args:
        tokens: Which there are to draw from ``(token,)``; those of one source all differ.
        direction: ``forward`` or ``backward``, the order of the second time. Both have the same
            sources.
        length: Of a source.
        count: How many sequences.
        seed: Sequence i follows from the seed and all these numbers.
        begin: The token in front, such as ``<bos>``.

    Raises:
        InvalidInput: If there is no such direction, or there are too few tokens.
    """
    if direction not in DIRECTIONS:
        raise InvalidInput(f"direction is {' or '.join(map(repr, DIRECTIONS))}, got {direction!r}")
    if not 1 <= length <= len(tokens):
        raise InvalidInput(f"length is 1 to {len(tokens)}, the number of tokens, got {length}")
    keys = Uniforms(seed + REPEATED, length).floats(count, len(tokens))
    sources = tokens[np.argsort(keys, axis=1, kind="stable")[:, :length]]
    again = sources if direction == "forward" else sources[:, ::-1]
    return np.concatenate([np.full((count, 1), begin), sources, again], axis=1)


def continued_right(model: PreTrainedModel, sequences: Ints) -> npt.NDArray[np.bool_]:
    """Return ``(sequence, length − 1)``: whether each token after the first of the second half won.

    A token wins if the model gives no other of its vocabulary a higher score, all before it given.
    Sequences are as :func:`repeated` draws them.

    Raises:
        ModelError: If scores are no numbers.
    """
    length = sequences.shape[1] // 2
    found = []
    with torch.no_grad():
        for rows in torch.split(torch.from_numpy(sequences), ROWS):
            scores = model(input_ids=rows.to(model.device)).logits[:, length + 1 : -1]
            chosen = best(scores, type(model).__name__).cpu()
            found.append((chosen == rows[:, length + 2 :]).numpy())
    return np.concatenate(found)
