"""Loading the tokenizer of a checkpoint; apart from the weights, since prompts need only this."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimkit.errors import ModelError
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.sentences import first_sentence

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

__all__ = ["load_tokenizer"]


def load_tokenizer(
    checkpoint: Checkpoint, *, trust_remote_code: bool = False
) -> PreTrainedTokenizerBase:
    """Return the tokenizer of a checkpoint; nothing is fetched.

    Raises:
        ModelError: If transformers cannot load it.
    """
    # Imports torch (1.5 to 1.9 s), so it waits for its first use.
    from transformers import AutoTokenizer, PreTrainedTokenizerBase

    try:
        tokenizer = AutoTokenizer.from_pretrained(
            str(checkpoint.tokenizer_folder),
            trust_remote_code=trust_remote_code,
            local_files_only=True,
        )
    # tokenizers raises nothing narrower for a file it cannot read.
    except Exception as error:
        raise ModelError(
            f"transformers cannot load the tokenizer of {checkpoint.name}: "
            f"{first_sentence(error)}; check that the tokenizer's files are whole, "
            "or name another with --tokenizer"
        ) from error
    if not isinstance(tokenizer, PreTrainedTokenizerBase):
        raise ModelError(
            f"the tokenizer of {checkpoint.name} loads as a {type(tokenizer).__name__}, which "
            "transformers does not call a tokenizer; name another with --tokenizer"
        )
    return tokenizer
