"""Models that see what they must not."""

import numpy as np
import pytest
import torch

from claimkit.errors import ModelError
from claimkit.evaluation.safety import require_causal
from claimkit.evaluation.scoring import score
from claimkit.models.language_model import LanguageModel


def test_causal_models_pass(language_model, lab):
    """No architecture of the tests looks ahead."""
    require_causal(language_model, lab.draw(4, width=2))


def test_coarse_numbers_pass(lab):
    """The rounding of bfloat16 is not taken for a look ahead."""
    coarse = LanguageModel.of(lab.build("llama").model.to(torch.bfloat16))

    require_causal(coarse, lab.draw(4, width=2))


def test_a_model_that_sees_its_answer_is_refused(lab):
    """An encoder with a language head would be fed the answer and copy it."""
    from transformers import BertConfig, BertLMHeadModel

    torch.manual_seed(0)
    shape = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    encoder = BertLMHeadModel(BertConfig(vocab_size=61, intermediate_size=32, **shape))

    with pytest.raises(ModelError, match="the encoder after a token depend on the padding or text"):
        score(LanguageModel.of(encoder, name="the encoder"), lab.draw(4, width=2))


def test_a_leak_from_padding_is_refused(llama, lab):
    """A model that reads its padding is found even if it reads no later text."""

    def tamper(ids, logits):
        return logits + (ids == 0).sum(dim=1)[:, None, None] * torch.linspace(0, 1, 61)

    with pytest.raises(ModelError, match="it is not causal, or its eager attention is broken"):
        score(lab.sabotage(llama, tamper), lab.draw(4, width=2))


def test_the_shortest_strings_are_probed_too(llama, lab):
    """A string of one token before its answer is enough to ask about."""
    episodes = lab.rows_of(np.array([[3, 4]]), np.array([2]), 1)

    require_causal(llama, episodes)
