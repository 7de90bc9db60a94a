"""Models that know nothing, one of each architecture, audited to a summary: no direction holds."""

import pytest

LAYERS = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
WINDOW = {"max_position_embeddings": 512}
GATED = {**LAYERS, **WINDOW, "intermediate_size": 64}
GROUPED = {**GATED, "num_key_value_heads": 1}
WIDE_HEADS = {**GROUPED, "head_dim": 16}
SLIDING = {**WIDE_HEADS, "sliding_window": 24}
GPT2 = {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": 512}
OPT = {**LAYERS, **WINDOW, "ffn_dim": 64, "word_embed_proj_dim": 32}
MAMBA = {"hidden_size": 32, "num_hidden_layers": 2, "state_size": 4}

# Architecture, its configuration class, shape, whether the tokenizer adds BOS, and by how much
# the weights are sharpened: at 1 all answers are nearly ties.
ARCHITECTURES = [
    ("GPT-2", "GPT2Config", GPT2, False, 1),
    ("GPT-NeoX", "GPTNeoXConfig", GATED, False, 8),
    ("Llama", "LlamaConfig", GATED, True, 8),
    ("Qwen2", "Qwen2Config", GROUPED, False, 1),
    ("Qwen3", "Qwen3Config", WIDE_HEADS, False, 8),
    ("Gemma-2", "Gemma2Config", SLIDING, True, 1),
    ("Gemma-3", "Gemma3TextConfig", SLIDING, True, 8),
    ("Mistral", "MistralConfig", SLIDING, True, 8),
    ("Phi", "PhiConfig", GATED, False, 1),
    ("OPT", "OPTConfig", OPT, True, 8),
    ("Mamba", "MambaConfig", MAMBA, False, 8),
]
DIRECTIONAL = ("A10", "A11", "A13")
ENDINGS = {"fails", "undecided", "not applicable"}
FEW = ("--lengths", "10", "--templates", "bare,rule", "--max-samples", "64")


@pytest.mark.parametrize(
    "name, kind, shape, adds_bos, sharpness", ARCHITECTURES, ids=[row[0] for row in ARCHITECTURES]
)
def test_no_direction_holds(tmp_path, save, audit, name, kind, shape, adds_bos, sharpness):
    """The run ends with a summary in which no directional claim holds and nothing is an error."""
    import transformers

    config = getattr(transformers, kind)(**shape)
    folder = save(tmp_path / f"random-{name}", config, adds_bos=adds_bos, sharpness=sharpness)

    run = audit(folder, *FEW, "-k", f"({' or '.join(DIRECTIONAL)}) and not drawn")

    assert run.status in (1, 10), run.output
    assert f"model: random-{name}" in run.output
    assert set(run.verdicts(*DIRECTIONAL)) <= ENDINGS, run.output
    assert set(DIRECTIONAL) == {record.claim for record in run.claims}
    # Asked and counted, not put aside for want of symbols or room.
    reasons = [record.judgements[-1].reason for record in run.claims]
    assert all("strings, answering" in reason for reason in reasons), run.output


def test_no_direction_holds_at_drawn_settings(tmp_path, save, audit):
    """Of a model that knows nothing no claim holds wherever it is tried, either."""
    from transformers import LlamaConfig

    folder = save(tmp_path / "random", LlamaConfig(**GATED), adds_bos=True, sharpness=8)

    run = audit(folder, "-k", "A13 and drawn", "--draws", "2", "--max-samples", "64")

    assert run.status in (1, 10), run.output
    assert len(run.claims) == 5
    assert set(run.verdicts("A13")) <= ENDINGS, run.output
