"""A byte-level BPE vocabulary of text, as GPT-2 has it, and texts as streams of its tokens.

Every text has tokens, since all 256 bytes are in the vocabulary; ``<bos>``, ``<eos>`` and ``<pad>``
are no text. Whether a letter with a space before it is one token, as a question needs, is left to
the counts of the corpus.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from claimkit.errors import InvalidInput

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

SPECIAL = ("<bos>", "<eos>", "<pad>")
BEGIN, END, PAD = range(len(SPECIAL))
"""Ids of the special tokens, the first of the vocabulary."""

LEAST = 256 + len(SPECIAL)
MOST = 1 << 16
"""Token ids are kept in two bytes."""

Stream = npt.NDArray[np.uint16]


def train_tokenizer(texts: Iterable[str], vocabulary: int, window: int) -> PreTrainedTokenizerFast:
    """Return a tokenizer whose merges are the most frequent of the texts.

    Args:
        texts: What pairs are counted in; the same texts give the same tokenizer.
        vocabulary: The most tokens, the three special ones and 256 bytes included.
        window: The longest sequence in tokens.

    Raises:
        InvalidInput: If the vocabulary has no room for the bytes, or ids of two bytes none for it.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    if not LEAST <= vocabulary <= MOST:
        raise InvalidInput(f"vocabulary is {LEAST} to {MOST} tokens, got {vocabulary}")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<bos> $A",
        pair="<bos> $A $B",
        special_tokens=[("<bos>", tokenizer.token_to_id("<bos>"))],
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        bos_token="<bos>",
        eos_token="<eos>",
        pad_token="<pad>",
        clean_up_tokenization_spaces=False,
        model_max_length=window,
    )


def token_stream(tokenizer: PreTrainedTokenizerFast, texts: Sequence[str]) -> Stream:
    """Return texts as one sequence of token ids ``(token,)``, each text ended by ``<eos>``."""
    end = np.array([tokenizer.eos_token_id])
    parts: list[npt.NDArray[np.int64]] = []
    for found in tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]:
        parts += [np.array(found, dtype=np.int64), end]
    return np.concatenate(parts).astype(np.uint16)
