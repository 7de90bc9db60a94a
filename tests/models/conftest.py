"""A small checkpoint on disk, complete with tokenizer, and facts that forget when told."""

from __future__ import annotations

import shutil

import pytest

VOCABULARY = 20


def save_checkpoint(folder):
    """Write a tiny random-weight Llama with a word-level tokenizer."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    torch.manual_seed(0)
    shape = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = LlamaConfig(
        vocab_size=VOCABULARY, intermediate_size=16, max_position_embeddings=48, **shape
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    words = {chr(ord("a") + i): i for i in range(VOCABULARY - 1)} | {"<unk>": VOCABULARY - 1}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>").save_pretrained(folder)


@pytest.fixture(scope="session")
def saved(tmp_path_factory):
    """One folder, written once; do not change it."""
    folder = tmp_path_factory.mktemp("checkpoint") / "tiny-llama"
    save_checkpoint(folder)
    return folder


@pytest.fixture
def folder(saved, tmp_path):
    """A copy of the folder that a test may break."""
    return shutil.copytree(saved, tmp_path / "tiny-llama")


class Notebook:
    """Remembers facts and counts how often."""

    def __init__(self):
        self.pages = {}
        self.written = 0

    def facts(self, name):
        """Return what was remembered."""
        return self.pages.get(name)

    def remember(self, name, facts):
        """Remember facts."""
        self.pages[name] = dict(facts)
        self.written += 1


@pytest.fixture
def notebook():
    """Facts that last as long as the test."""
    return Notebook()
