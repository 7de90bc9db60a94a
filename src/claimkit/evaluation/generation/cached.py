"""A batch of prompts whose keys and values are kept, so that each token is fed once.

Prompts are padded on the left: then the next token has the same column in every row, and a sliding
window sees the same tokens as without padding. Positions are told, counted without the padding.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from claimkit.errors import Unsupported
from claimkit.models.language_model import LanguageModel

__all__ = ["Cached", "has_cache"]

# Recurrent models have the second; they are told of padding only with the prompts.
_NAMES = ("past_key_values", "cache_params")


def has_cache(language_model: LanguageModel) -> bool:
    """Return whether the model's ``forward`` takes a cache."""
    return _name(language_model) is not None


def _parameters(language_model: LanguageModel) -> frozenset[str]:
    return frozenset(inspect.signature(language_model.model.forward).parameters)


def _name(language_model: LanguageModel) -> str | None:
    named = _parameters(language_model)
    return next((name for name in _NAMES if name in named and "use_cache" in named), None)


class Cached:
    """Some prompts in one batch, one token further with every call."""

    def __init__(
        self, language_model: LanguageModel, prompts: Sequence[Sequence[int]], width: int
    ) -> None:
        """Lay out the prompts; nothing is computed.

        Args:
            language_model: Its ``forward`` takes a cache.
            prompts: Token ids, at least one each.
            width: The most tokens that will follow.
        """
        self._model, self._named = language_model.model, _parameters(language_model)
        self._name, self._cache = _name(language_model), None
        self._lengths = [len(prompt) for prompt in prompts]
        self._fed = self._longest = max(self._lengths)
        device = language_model.device
        rows = [[0] * (self._longest - len(prompt)) + list(prompt) for prompt in prompts]
        self._tokens = torch.tensor(rows, device=device)
        real = torch.arange(self._longest + width, device=device)
        padding = self._longest - torch.tensor(self._lengths, device=device)
        self._mask = (real >= padding[:, None]).long()
        # Of the next token that is fed.
        self._positions = torch.tensor(self._lengths, device=device)[:, None]

    @torch.inference_mode()
    def start(self) -> Tensor:
        """Return the logits ``(row, vocabulary)`` after the prompts."""
        positions = self._mask[:, : self._longest].cumsum(-1) - 1
        return self._logits(self._tokens, positions.clamp(min=0))

    @torch.inference_mode()
    def go_on(self, tokens: Tensor) -> Tensor:
        """Return the logits ``(row, vocabulary)`` after one more token each, int64 ``(row,)``."""
        self._fed += 1
        logits = self._logits(tokens[:, None], self._positions)
        self._positions = self._positions + 1
        return logits

    @torch.inference_mode()
    def keep(self, rows: Sequence[int]) -> Tensor:
        """Leave all rows but these out from now on; return them as a tensor on the device."""
        kept = torch.tensor(rows, device=self._mask.device)
        self._lengths = [self._lengths[row] for row in rows]
        self._mask, self._positions = self._mask[kept], self._positions[kept]
        # Every kind of layer knows this; batch_select_indices is missing in recurrent ones.
        self._cache.reorder_cache(kept)  # type: ignore[attr-defined]
        return kept

    def bytes_per_token(self) -> int:
        """Return what the cache takes for each token fed, padding included."""
        taken = sum(tensor.numel() * tensor.element_size() for tensor in _tensors(self._cache))
        return max(1, taken // (len(self._lengths) * self._fed))

    def _logits(self, tokens: Tensor, positions: Tensor) -> Tensor:
        options: dict[str, Any] = {"position_ids": positions, "use_cache": True}
        options |= {"logits_to_keep": 1, "attention_mask": self._mask_now()}
        if self._cache is not None:
            options[str(self._name)] = self._cache
        told = {name: value for name, value in options.items() if name in self._named}
        output = self._model(input_ids=tokens, **told)
        self._cache = getattr(output, str(self._name), None)
        if not hasattr(self._cache, "reorder_cache"):
            kind = type(self._cache).__name__
            raise Unsupported(f"a cache of kind {kind} cannot be batched; ask one prompt at a time")
        logits: Tensor = output.logits
        return logits[:, -1]

    def _mask_now(self) -> Tensor | None:
        recurrent = self._name != _NAMES[0] and self._cache is not None
        # Without a mask there is nothing to build one of, layer by layer, at every token.
        if recurrent or min(self._lengths) == self._longest:
            return None
        return self._mask[:, : self._fed]


def _tensors(held: object) -> Iterator[Tensor]:
    """Yield the tensors that a cache, a layer of it, or a container in it holds."""
    if isinstance(held, Tensor):
        yield held
    elif isinstance(held, dict):
        for value in held.values():
            yield from _tensors(value)
    elif isinstance(held, list | tuple):
        for value in held:
            yield from _tensors(value)
    elif hasattr(held, "reorder_cache"):
        yield from _tensors(vars(held))
