"""Tokenizers built on the spot: byte-level BPE with and without BOS, and word-level."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from claimkit.prompts.lines import line_for
from claimkit.prompts.prompter import Prompter
from claimkit.training.vocabulary import save_tokenizer

LETTERS = "abcdefghiklmnoprstuvwxyzABCDEFGHIé0123456789"
"""What the byte-level tokenizers hold as one token with its space: no j, no q, hardly a capital."""


def byte_level(letters=LETTERS, bos=None, adds_bos=False, special=()):
    """Return a byte-level BPE tokenizer in which a space and one of these letters are one token."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=1000,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=[*special],
        show_progress=False,
    )
    tokenizer.train_from_iterator(["".join(f" {letter}" for letter in letters)], trainer)
    if adds_bos:
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{bos} $A", special_tokens=[(bos, tokenizer.token_to_id(bos))]
        )
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=bos)


def word_level(words, lowercase=False):
    """Return a tokenizer whose tokens are these words and ``<unk>``."""
    table = {word: i for i, word in enumerate(["<unk>", *words])}
    tokenizer = Tokenizer(models.WordLevel(table, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(" ", behavior="removed"),
            *(pre_tokenizers.Split(mark, behavior="isolated") for mark in "\n|:"),
        ]
    )
    if lowercase:
        tokenizer.normalizer = normalizers.Lowercase()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>")


class Tampered:
    """A tokenizer with something done to the ids of its texts."""

    def __init__(self, inner, tamper):
        self.inner, self.tamper = inner, tamper
        self.bos_token_id, self.unk_token_id = inner.bos_token_id, inner.unk_token_id

    def encode(self, text, *, add_special_tokens):
        """Return the inner tokenizer's ids after tampering."""
        return self.tamper(self.inner.encode(text, add_special_tokens=add_special_tokens))


@pytest.fixture(scope="session")
def tokenizers(tmp_path_factory):
    """Sound tokenizers by name."""
    folder = tmp_path_factory.mktemp("words")
    save_tokenizer(folder, window=1024)
    literal = ("<bos>", "<eos>")
    return {
        "bpe": byte_level(),
        "bpe, idle BOS": byte_level(bos="<|begin|>", special=["<|begin|>"]),
        "bpe, added BOS": byte_level(bos="<|begin|>", adds_bos=True, special=["<|begin|>"]),
        "bpe, literal BOS": byte_level(bos="<bos>", adds_bos=True, special=literal),
        "words": AutoTokenizer.from_pretrained(str(folder)),
    }


@pytest.fixture(scope="session")
def workshop():
    """The tools of this file, since tests do not import conftest.py."""
    return SimpleNamespace(byte_level=byte_level, word_level=word_level, Tampered=Tampered)


@pytest.fixture(scope="session")
def prompter_of(tokenizers):
    """Prompters by tokenizer, task and setting, each line probed once."""
    known = {}

    def find(name, task, setting):
        line = line_for(task.group, setting)
        if (name, line) not in known:
            known[name, line] = Prompter.of(tokenizers[name], line)
        return known[name, line]

    return find
