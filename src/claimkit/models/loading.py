"""What transformers makes of a checkpoint's files, with its complaints in one sentence.

transformers only warns when weights are missing or have the wrong shape, and goes on with random
ones in their place. Here that is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from logging import CRITICAL
from typing import Any

import torch
from torch import nn

from claimkit.errors import ModelError
from claimkit.models.checkpoint import Checkpoint

__all__ = ["load_weights"]


def load_weights(checkpoint: Checkpoint, **options: torch.dtype | str | bool) -> nn.Module:
    """Return the causal language model in a checkpoint's safetensors files; nothing is fetched.

    Args:
        checkpoint: Which.
        options: Passed on to ``from_pretrained``.

    Raises:
        ModelError: If transformers cannot load it, or not all of its weights are there.
    """
    from huggingface_hub.errors import StrictDataclassError
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM

    refusals = (OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError, ImportError)
    try:
        with _quietly():
            loaded: Any = AutoModelForCausalLM.from_pretrained(
                str(checkpoint.folder),
                use_safetensors=True,
                local_files_only=True,
                output_loading_info=True,
                # Reported below, in words that name the weights.
                ignore_mismatched_sizes=True,
                **options,
            )
    except torch.OutOfMemoryError as error:
        raise ModelError(f"{checkpoint.name} does not fit into memory") from error
    except (*refusals, StrictDataclassError, SafetensorError) as error:
        own_code = "auto_map" in checkpoint.config and not options.get("trust_remote_code")
        hint = "; it brings Python code, which runs only if remote code is trusted" * own_code
        raise ModelError(
            f"transformers cannot load {checkpoint.name}: {first_sentence(error)}{hint}"
        ) from error
    model, report = loaded
    _require_all_weights(checkpoint, report)
    return model  # type: ignore[no-any-return]


def first_sentence(error: Exception) -> str:
    """Return the kind of an error and the first sentence of its message.

    >>> first_sentence(ValueError("no such model. Visit our page."))
    'no such model (ValueError)'
    """
    text = (str(error).strip() or "no message").splitlines()[0]
    return f"{text.split('. ')[0].rstrip('.:')} ({type(error).__name__})"


def _require_all_weights(checkpoint: Checkpoint, report: dict[str, Any]) -> None:
    missing = sorted(report["missing_keys"])
    if missing:
        raise ModelError(
            f"{checkpoint.name} lacks {len(missing)} weights of its architecture "
            f"({', '.join(missing[:3])}, …); it is no complete causal language model"
        )
    mismatched = sorted(report["mismatched_keys"])
    if mismatched:
        name, found, wanted = mismatched[0]
        raise ModelError(
            f"{checkpoint.name} has {len(mismatched)} weights of the wrong shape ({name} is "
            f"{list(found)}, config.json makes it {list(wanted)}); weights and config.json do not "
            "belong together"
        )


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep transformers' progress bars and reports out of a test run, which has its own."""
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity(CRITICAL)
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
