"""A model that knows nothing, of another architecture and tokenizer, audited as a user would."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import claimkit

ROOT = Path(claimkit.__file__).parents[2]


@pytest.fixture
def random_gpt2(tmp_path):
    """A GPT-2-architecture checkpoint with random weights and a byte-level BPE tokenizer."""
    import string

    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    text = [f" {symbol} |" for symbol in string.ascii_letters + string.digits] * 3
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    bpe.train_from_iterator(text, trainer)
    folder = tmp_path / "random-gpt2"
    PreTrainedTokenizerFast(
        tokenizer_object=bpe, bos_token="<|endoftext|>", eos_token="<|endoftext|>"
    ).save_pretrained(str(folder))
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=bpe.get_vocab_size(), n_positions=512, n_embd=32, n_layer=2, n_head=2
    )
    GPT2LMHeadModel(config).save_pretrained(str(folder))
    return folder


def test_nothing_holds_on_random_weights(random_gpt2, tmp_path):
    """The run ends with a summary, no claim holds, and its status says nothing was decided."""
    command = [sys.executable, "-m", "pytest", "claims/", "-n", "2", "-p", "no:cacheprovider"]
    options = ["--model", str(random_gpt2), "--evidence", str(tmp_path / "evidence")]

    done = subprocess.run(
        [*command, *options, "--lengths", "5,10,30", "--max-samples", "1024"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 10, done.stdout + done.stderr
    assert "no claim was decided" in done.stdout
    assert not re.search(r"\d+ holds", done.stdout)
    assert "not elicited" in done.stdout
