"""Logits of a model at the places that count, and the tokens that they choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from claimkit.errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PretrainedConfig, PreTrainedModel

_CHANGING: Final = (
    "logits_scaling",
    "logit_scale",
    "final_logit_softcapping",
    "logits_soft_cap",
    "output_logit_soft_cap",
    "lm_head_multiplier",
    "logits_mup_width_multiplier",
)
"""What configurations call a step behind the output embeddings: Granite divides, Cohere multiplies,
Gemma 2 bends."""


def logits_at(
    model: PreTrainedModel,
    given: Mapping[str, Tensor],
    where: Any,  # noqa: ANN401
    body: Callable[..., Any] | None = None,
) -> Tensor:
    """Return a model's logits at some places, the vocabulary being multiplied with at these alone.

    Args:
        model: A causal language model.
        given: What it is fed: tokens ``(row, time)``, and perhaps positions and a mask.
        where: Places in ``(row, time)``, as tensors are indexed.
        body: What computes hidden states, where that is not the model's own body as it is.

    Returns:
        Float ``(*place, vocabulary)``.
    """
    if changes_logits(model.config):
        logits: Tensor = model(**given, use_cache=False).logits[where]
        return logits
    # A compiled body has no truth value.
    body = model.base_model if body is None else body
    hidden = body(**given, use_cache=False).last_hidden_state
    head: Callable[[Tensor], Tensor] = model.get_output_embeddings()  # type: ignore[no-untyped-call]
    return head(hidden[where])


def changes_logits(config: PretrainedConfig) -> bool:
    """Whether a model does more to its logits than multiply by its output embeddings."""
    text = config.get_text_config()
    return any(getattr(text, name, None) not in (None, 1) for name in _CHANGING)


def best(logits: Tensor, name: str) -> Tensor:
    """Return the tokens with the highest logits.

    Args:
        logits: Float ``(*place, vocabulary)``; minus infinity is never chosen.
        name: Of the model, for the error's sentence.

    Returns:
        Int ``(*place)``.

    Raises:
        ModelError: If a logit is no number, since the highest would then be any token.
    """
    if not logits.amax(-1).isfinite().all():
        raise ModelError(
            f"logits of {name} are not finite, so it has no answers; train it anew with a lower "
            "learning rate"
        )
    return logits.argmax(-1)
