"""Tiny language models, sharp enough to have opinions, and ways to break them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from claimkit.models.language_model import LanguageModel
from claimkit.prompts.episodes import Episodes

VOCABULARY = 61
WINDOW = 64


def build(architecture, seed=0, sharp=True):
    """Return a random-weight model; a sharp one has peaked attention and answers that vary."""
    from transformers import AutoConfig, AutoModelForCausalLM

    shape = {"vocab_size": VOCABULARY, "max_position_embeddings": WINDOW}
    shape |= {"bos_token_id": 0, "eos_token_id": None, "pad_token_id": 0}
    if architecture == "gpt2":
        shape |= {"n_embd": 32, "n_layer": 2, "n_head": 4}
    elif architecture == "mamba":
        shape |= {"hidden_size": 32, "num_hidden_layers": 2, "state_size": 8}
    elif architecture == "opt":
        shape |= {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
        shape |= {"ffn_dim": 64, "word_embed_proj_dim": 32}
    else:
        shape |= {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
        shape |= {"num_key_value_heads": 2, "intermediate_size": 64, "head_dim": 8}
        shape |= {"tie_word_embeddings": False}
    if architecture == "gemma2":
        shape |= {"query_pre_attn_scalar": 8, "sliding_window": 8, "final_logit_softcapping": 0.5}
    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(architecture, **shape))
    if sharp:
        sharpen(model)
    return LanguageModel.of(model, window=WINDOW, name=architecture)


def build_mild():
    """Return a model with hardly a preference, so that many answers are near ties."""
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = LlamaConfig(vocab_size=VOCABULARY, intermediate_size=64, **shape)
    config.pad_token_id = config.bos_token_id = 0
    # generate would never choose an end marker before its least number of tokens.
    config.eos_token_id = None
    return LanguageModel.of(LlamaForCausalLM(config))


def sharpen(model):
    """Enlarge the weights of an untrained model: as they are, it attends to everything alike."""
    for name, weight in model.named_parameters():
        chooses = any(part in name for part in ("q_proj", "k_proj", "c_attn"))
        if weight.ndim == 2 and "lm_head" not in name:
            weight.data.mul_(30 if chooses else 10)


def draw(strings, width, seed=0, longest=24):
    """Return random strings of several lengths with random answers."""
    generator = np.random.default_rng(seed)
    tokens = generator.integers(1, VOCABULARY, size=(strings, longest))
    lengths = generator.integers(width + 4, longest + 1, size=strings)
    return rows_of(tokens, lengths, width)


def rows_of(tokens, lengths, width):
    """Return the strings whose answers are the last ``width`` real tokens of their rows."""
    columns = lengths[:, None] - width + np.arange(width)
    return Episodes(tokens, lengths, np.take_along_axis(tokens, columns, axis=1))


def with_answers(episodes, answers):
    """Return the same prompts with other answers."""
    tokens = episodes.tokens.copy()
    columns = episodes.starts[:, None] + np.arange(episodes.width)
    np.put_along_axis(tokens, columns, answers, axis=1)
    return Episodes(tokens, episodes.lengths, answers)


def greedy(language_model, episodes):
    """Return what ``generate`` decodes greedily after each prompt, one prompt at a time."""
    answers = np.empty_like(episodes.answers)
    for i, start in enumerate(episodes.starts):
        prompt = torch.from_numpy(episodes.tokens[i : i + 1, :start])
        decoded = language_model.model.generate(
            prompt,
            attention_mask=torch.ones_like(prompt),
            do_sample=False,
            min_new_tokens=episodes.width,
            max_new_tokens=episodes.width,
        )
        answers[i] = decoded[0, start:].numpy()
    return answers


def change_one(answers, strings, seed=0):
    """Return the answers with one token changed in some strings, and where."""
    generator = np.random.default_rng(seed)
    positions = generator.integers(answers.shape[1], size=len(strings))
    changed = answers.copy()
    # Never by 0 modulo the vocabulary.
    changed[strings, positions] += generator.integers(1, VOCABULARY, size=len(strings))
    return changed % VOCABULARY, positions


class Sabotage(torch.nn.Module):
    """A model with something done to its logits."""

    def __init__(self, language_model, tamper):
        super().__init__()
        self.inner, self.tamper = language_model.model, tamper

    def forward(self, input_ids, attention_mask, use_cache, logits_to_keep):
        """Call ``tamper`` with what goes in and what comes out."""
        output = self.inner(
            input_ids=input_ids,
            attention_mask=attention_mask,
            use_cache=use_cache,
            logits_to_keep=logits_to_keep,
        )
        return SimpleNamespace(logits=self.tamper(input_ids, output.logits))


class MaskedSabotage(Sabotage):
    """A model that does something to its logits that hangs on the padding."""

    def forward(self, input_ids, attention_mask, use_cache, logits_to_keep):
        """Call ``tamper`` with what goes in, what comes out, and what is real."""
        logits = self.inner(
            input_ids=input_ids,
            attention_mask=attention_mask,
            use_cache=use_cache,
            logits_to_keep=logits_to_keep,
        ).logits
        return SimpleNamespace(logits=self.tamper(input_ids, logits, attention_mask))


@pytest.fixture(scope="session")
def lab():
    """The tools of this file, since tests do not import conftest.py."""
    return SimpleNamespace(
        VOCABULARY=VOCABULARY,
        build=build,
        build_mild=build_mild,
        draw=draw,
        rows_of=rows_of,
        with_answers=with_answers,
        greedy=greedy,
        change_one=change_one,
        masked_sabotage=lambda model, tamper: LanguageModel.of(
            MaskedSabotage(model, tamper), name="saboteur"
        ),
        sabotage=lambda model, tamper: LanguageModel.of(Sabotage(model, tamper), name="saboteur"),
    )


@pytest.fixture(scope="session", params=["gpt2", "llama", "qwen2", "gemma2"])
def language_model(request):
    """One tiny model of each architecture."""
    return build(request.param)


@pytest.fixture(scope="session")
def llama():
    """One tiny model where the architecture does not matter."""
    return build("llama")


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Tiny models only lose time to thread pools; set before any model is made."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
