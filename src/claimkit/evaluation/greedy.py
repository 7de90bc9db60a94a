"""Plain greedy decoding of one prompt, which confirms what teacher forcing says.

A teacher-forced pass never lets the model go on from its own words, so whoever claims that a model
answers wrongly lets it answer by itself: always the most likely token, without padding, penalties
or any other setting that comes with a checkpoint.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from claimkit.errors import InvalidInput, ModelError, NotApplicable
from claimkit.evaluation.forward import logits_from
from claimkit.models.language_model import LanguageModel
from claimkit.models.sentences import first_sentence
from claimkit.prompts.episodes import Episodes

__all__ = ["greedy"]


def greedy(language_model: LanguageModel, prompt: Sequence[int], width: int) -> tuple[int, ...]:
    """Return the tokens that a model writes after a prompt, the most likely one at every place.

    Decoding goes on behind an end marker: an answer is compared token by token, and none holds one.
    Models that cannot ``generate`` are asked for one token after the other.

    Args:
        language_model: The model to ask.
        prompt: Token ids, at least one.
        width: How many tokens to write.

    Raises:
        InvalidInput: If there is nothing to go on from or nothing to write.
        NotApplicable: If prompt and answer do not fit the model's window.
        ModelError: If the model's ``generate`` fails.
    """
    if not len(prompt) or width < 1:
        raise InvalidInput(
            f"decoding needs a prompt and at least one token to write, got {len(prompt)} tokens "
            f"of prompt and width={width}"
        )
    # The last token that is written is never fed.
    fed, window = len(prompt) + width - 1, language_model.window
    if window is not None and fed > window:
        raise NotApplicable(f"prompt and answer take {fed} tokens and the window has {window}")
    if _can_generate(language_model.model):
        return _generated(language_model, prompt, width)
    return _one_by_one(language_model, prompt, width)


def _can_generate(model: nn.Module) -> bool:
    return bool(getattr(model, "can_generate", lambda: False)())


def _generated(language_model: LanguageModel, prompt: Sequence[int], width: int) -> tuple[int, ...]:
    model: Any = language_model.model
    tokens = torch.tensor([list(prompt)], device=language_model.device)
    try:
        with torch.inference_mode(), _plain(language_model):
            written: Tensor = model.generate(
                tokens, attention_mask=torch.ones_like(tokens), max_new_tokens=width
            )
    # Code that comes with a checkpoint may fail in any way.
    except Exception as error:
        raise ModelError(
            f"{language_model.name} answers when it is fed, but its generate() fails with "
            f"{type(error).__name__}: {first_sentence(error)}"
        ) from error
    return tuple(written[0, len(prompt) :].tolist())


@contextmanager
def _plain(language_model: LanguageModel) -> Iterator[None]:
    """Set aside how the checkpoint would like to be decoded: penalties, sampling, end markers."""
    from transformers import GenerationConfig

    model: Any = language_model.model
    own = model.generation_config
    model.generation_config = GenerationConfig(  # type: ignore[no-untyped-call]
        do_sample=False,
        num_beams=1,
        use_cache=getattr(own, "use_cache", True),
        cache_implementation=getattr(own, "cache_implementation", None),
        bos_token_id=getattr(own, "bos_token_id", None),
        pad_token_id=getattr(own, "pad_token_id", None),
        eos_token_id=None,
    )
    try:
        yield
    finally:
        model.generation_config = own


def _one_by_one(
    language_model: LanguageModel, prompt: Sequence[int], width: int
) -> tuple[int, ...]:
    written: list[int] = []
    for _ in range(width):
        # What stands in for the answer is never fed.
        tokens = np.array([[*prompt, *written, 0]], dtype=np.int64)
        fed = Episodes(tokens, np.array([tokens.shape[1]]), tokens[:, -1:])
        logits = logits_from(language_model, fed, first=tokens.shape[1] - 2)[0, -1]
        written.append(int(logits.argmax()))
    return tuple(written)
