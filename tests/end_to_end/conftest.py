"""Random-weight checkpoints with byte-level BPE tokenizers, and a way to audit one."""

import string
from dataclasses import dataclass
from pathlib import Path

import pytest

import claimkit
from claimkit.reporting.journal import read_run
from claimkit.reporting.runs import runs_of

ROOT = Path(claimkit.__file__).parents[2]


def byte_level_bpe(*, adds_bos=False):
    """Return a tokenizer trained on ASCII letters, digits and marks, as GPT-2's is made.

    Args:
        adds_bos: Whether it puts its BOS token in front of a text, as Llama's does.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    text = [f" {symbol} |" for symbol in string.ascii_letters + string.digits] * 3
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    bpe.train_from_iterator(text, trainer)
    if adds_bos:
        bos = ("<s>", bpe.token_to_id("<s>"))
        bpe.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[bos])
    return PreTrainedTokenizerFast(tokenizer_object=bpe, bos_token="<s>", eos_token="</s>")


def sharpen(model, factor):
    """Multiply every matrix, so that attention picks few places and answers are no ties."""
    import torch

    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 2:
                parameter.mul_(factor)


def save_checkpoint(folder, config, *, adds_bos=False, sharpness=1.0):
    """Write a random-weight model of this configuration, and its tokenizer; return the folder."""
    import torch
    from transformers import AutoModelForCausalLM

    tokenizer = byte_level_bpe(adds_bos=adds_bos)
    tokenizer.save_pretrained(str(folder))
    config.vocab_size = len(tokenizer)
    config.bos_token_id, config.eos_token_id = tokenizer.bos_token_id, tokenizer.eos_token_id
    config.pad_token_id = None
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(config)
    sharpen(model, sharpness)
    model.save_pretrained(str(folder))
    return folder


@pytest.fixture
def save():
    """The function that writes a random-weight checkpoint, for tests that name a configuration."""
    return save_checkpoint


@dataclass(frozen=True)
class Run:
    """How a run of the claims ended.

    Attributes:
        status: Its exit status.
        output: What it printed.
        claims: The record of every claim in the run's journal.
    """

    status: int
    output: str
    claims: tuple

    def verdicts(self, *numbers):
        """Return the verdicts of the claims with these numbers."""
        return [record.status for record in self.claims if record.claim in numbers]


@pytest.fixture
def audit(tmp_path, capfd):
    """Audit a checkpoint as on the command line, but in this process: torch is imported once."""

    def run(folder, *options):
        evidence = tmp_path / "evidence"
        places = ("--model", str(folder), "--evidence", str(evidence))
        places += ("--snapshot-dir", str(tmp_path / "snapshots"))
        # Not pytester's runs in process: they forget what they imported, which torch cannot bear.
        status = pytest.main(
            [
                str(ROOT / "claims"),
                "-p",
                "no:cacheprovider",
                *places,
                *options,
            ]
        )
        claims = read_run(evidence).claims if runs_of(evidence) else ()
        return Run(int(status), "".join(capfd.readouterr()), claims)

    return run
