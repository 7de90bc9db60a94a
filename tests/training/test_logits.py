"""Logits at some places are those of the whole model, whatever it does to them."""

import pytest
import torch
import transformers as hf

from claimkit.errors import ModelError
from claimkit.training.logits import best, changes_logits, logits_at

SHAPE = {
    "vocab_size": 40,
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "intermediate_size": 16,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}
PLAIN = {
    "GPT-2": lambda: hf.GPT2Config(vocab_size=40, n_embd=16, n_layer=1, n_head=2),
    "Llama": lambda: hf.LlamaConfig(**SHAPE),
    "Mamba": lambda: hf.MambaConfig(vocab_size=40, hidden_size=16, num_hidden_layers=1),
}
CHANGING = {
    "Granite": lambda: hf.GraniteConfig(**SHAPE, logits_scaling=4.0),
    "Cohere": lambda: hf.CohereConfig(**SHAPE, logit_scale=0.25),
    "Gemma 2": lambda: hf.Gemma2Config(**SHAPE, head_dim=8, final_logit_softcapping=0.1),
}


@pytest.mark.parametrize("name", [*PLAIN, *CHANGING])
def test_logits_are_those_of_the_whole_model(name):
    """Granite divides them, Cohere multiplies, Gemma 2 bends; others leave them as they are."""
    torch.manual_seed(0)
    config = {**PLAIN, **CHANGING}[name]()
    model = hf.AutoModelForCausalLM.from_config(config).eval()
    tokens = torch.tensor([[3, 4, 5, 6], [7, 8, 9, 10]])
    where = torch.tensor([[True, False, True, False], [False, False, True, True]])
    with torch.no_grad():
        found = logits_at(model, {"input_ids": tokens}, where)
        wanted = model(input_ids=tokens).logits[where]

    assert changes_logits(model.config) == (name in CHANGING)
    torch.testing.assert_close(found, wanted)


def test_the_best_token_has_the_highest_logit():
    """Minus infinity is a logit of tokens that are never chosen."""
    logits = torch.tensor([[0.0, 2.0, -torch.inf], [1.0, 0.0, 0.5]])

    assert best(logits, "m").tolist() == [1, 0]


@pytest.mark.parametrize("number", [torch.nan, torch.inf])
def test_what_is_no_number_has_no_best_token(number):
    """Else any token would be taken for the answer."""
    with pytest.raises(ModelError, match="logits of m are not finite"):
        best(torch.tensor([[0.0, 1.0], [number, 0.0]]), "m")
