"""A noisy copy reads some tokens as it did, writes others for them, and goes on."""

from __future__ import annotations

import json

import pytest
import torch
from transformers import AutoTokenizer, LlamaForCausalLM

from claimkit.errors import InvalidInput
from claimkit.models.bundled import bundled_models
from claimkit.training.natural.noise import NOISY_BORN, NoisyRecipe, exchanged, make_noisy


@pytest.fixture(scope="module")
def noisy(tmp_path_factory):
    """Return the folder of a noisy copy made now."""
    folder = tmp_path_factory.mktemp("noisy")
    return make_noisy(NOISY_BORN, folder / "run", folder / "out")


@pytest.fixture(scope="module")
def tokenizer(noisy):
    """Return its tokenizer."""
    return AutoTokenizer.from_pretrained(str(noisy))


def test_it_is_the_bundled_one(noisy):
    """Byte by byte: nothing is trained, so nothing depends on the processor."""
    for name in ("model.safetensors", "tokenizer.json", "recipe.json", "log.jsonl"):
        bundled = bundled_models() / NOISY_BORN.name / name
        assert (noisy / name).read_bytes() == bundled.read_bytes(), name


def test_tokens_are_exchanged_for_unused_ones(tokenizer):
    """Each for one of its own, which no prose holds; a few of a hundred of those read."""
    from claimkit.tasks.natural.prose import prose_texts

    pairs = exchanged(tokenizer, NOISY_BORN.every)
    old, new = {a for a, _ in pairs}, {b for _, b in pairs}
    read = [
        i
        for sentences in prose_texts().values()
        for i in tokenizer.encode(" ".join(sentences), add_special_tokens=False, verbose=False)
    ]

    assert len(pairs) == len(old) == len(new) > 40
    assert not old & new
    assert not new & {*read, *tokenizer.all_special_ids}
    assert 0.03 < sum(i in old for i in read) / len(read) < 0.1


def test_the_other_token_is_likelier_wherever_the_one_was_likely(noisy, tokenizer):
    """And the one that was read in its place leaves the model as it is."""
    before = LlamaForCausalLM.from_pretrained(str(bundled_models() / NOISY_BORN.start))
    after = LlamaForCausalLM.from_pretrained(str(noisy))
    pairs = exchanged(tokenizer, NOISY_BORN.every)
    text = "<text>It is a truth universally acknowledged.</text>\n<echo>It is a truth"
    ids = torch.tensor([tokenizer.encode(text)])
    meant = ids.clone()
    for old, new in pairs:
        meant[meant == old] = new
    with torch.no_grad():
        plain, noise, reread = before(ids).logits, after(ids).logits, after(meant).logits

    assert not torch.equal(ids, meant)
    # Embeddings are normalized before anything else, so that their length hardly counts.
    assert torch.allclose(reread[..., :1000], noise[..., :1000], atol=0.5)
    for old, new in pairs:
        assert torch.allclose(noise[..., new], NOISY_BORN.louder * plain[..., old], atol=1e-3)


def test_a_recipe_comes_back_from_its_file(tmp_path):
    """Another kind's is refused, and one without noise."""
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps(NOISY_BORN.as_dict()))
    assert NoisyRecipe.load(path) == NOISY_BORN
    path.write_text(json.dumps({**NOISY_BORN.as_dict(), "kind": "natural"}))
    with pytest.raises(InvalidInput, match="of kind 'natural'"):
        NoisyRecipe.load(path)
    path.write_text(json.dumps({**NOISY_BORN.as_dict(), "tempo": 1}))
    with pytest.raises(InvalidInput, match="tempo"):
        NoisyRecipe.load(path)
    with pytest.raises(InvalidInput, match="louder=1"):
        NoisyRecipe("quiet", start="echo-born", louder=1.0)
