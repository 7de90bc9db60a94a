"""Adapters and tokenizers of one's own, on top of a checkpoint."""

import json
import runpy
import shutil
import sys
from pathlib import Path

import pytest
import torch

from claimkit.errors import Unsupported
from claimkit.evidence.store import Store
from claimkit.models.adapters import attach_adapter
from claimkit.models.bundled import bundled_models
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.language_model import load
from claimkit.models.spec import ModelSpec
from claimkit.models.tokenizer import load_tokenizer
from claimkit.models.vetting import vet

TABLE = runpy.run_path(str(Path(__file__).with_name("faults.py")))
IDS = torch.arange(12).reshape(2, 6)


@pytest.fixture(scope="module")
def adapter(saved, tmp_path_factory):
    """A LoRA adapter for the checkpoint; do not change it."""
    return TABLE["save_adapter"](saved, tmp_path_factory.mktemp("adapter") / "lora")


def logits(spec):
    """Return what a model says to the ids."""
    with torch.inference_mode():
        return load(Checkpoint.find(spec), spec).model(input_ids=IDS).logits


def fingerprint(spec, facts):
    """Return the fingerprint of what a spec names."""
    return Checkpoint.find(spec).fingerprint(facts)


def test_an_adapted_model_computes_what_peft_computes(saved, adapter):
    """The logits are those of peft's own model, and not those of the base."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    reference = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(saved), adapter)
    with torch.inference_mode():
        expected = reference.eval()(input_ids=IDS).logits
    found = logits(ModelSpec(str(saved), adapter=str(adapter), device="cpu"))

    assert torch.allclose(found, expected, atol=1e-6)
    assert not torch.allclose(found, logits(ModelSpec(str(saved), device="cpu")), atol=1e-3)


def test_an_adapted_model_is_called_as_before(saved, adapter):
    """The forward keeps its named arguments, and nothing is left to train."""
    spec = ModelSpec(str(saved), adapter=str(adapter), device="cpu")
    found = load(Checkpoint.find(spec), spec)

    kept = found.model(input_ids=IDS, logits_to_keep=2, use_cache=False).logits
    assert kept.shape == (2, 2, 20)
    assert (found.dtype, found.vocabulary) == ("float32", 20)
    assert not any(weight.requires_grad for weight in found.model.parameters())
    assert not any(module.training for module in found.model.modules())


def test_the_adapter_bears_on_the_fingerprint(saved, adapter, tmp_path, notebook):
    """With it, and with one of its weights changed, the model is another."""
    spec = ModelSpec(str(saved), adapter=str(adapter))
    changed = shutil.copytree(adapter, tmp_path / "changed")
    TABLE["tensors_of"](changed, TABLE["poison"](0.5), "adapter_model.safetensors")
    specs = [ModelSpec(str(saved)), spec, ModelSpec(str(saved), adapter=str(changed))]

    assert len({fingerprint(spec, notebook) for spec in specs}) == 3


def test_a_readme_beside_the_adapter_does_not_matter(saved, adapter, tmp_path, notebook):
    """The fingerprint is that of the bytes that bear on answers, wherever they lie."""
    copy = shutil.copytree(adapter, tmp_path / "copy")
    (copy / "README.md").write_text("Another readme.")
    specs = [ModelSpec(str(saved), adapter=str(folder)) for folder in (adapter, copy)]

    assert fingerprint(specs[0], notebook) == fingerprint(specs[1], notebook)


def test_the_adapter_is_named_and_counted(saved, adapter, tmp_path):
    """Reports name it, and its weights count: rank 2 on two projections of two layers."""
    spec = ModelSpec(str(saved), adapter=str(adapter), device="cpu")
    plain, adapted = (
        vet(Checkpoint.find(one), one, Store(tmp_path)) for one in (ModelSpec(str(saved)), spec)
    )

    # 2 layers × 2 projections × (2 × 16 + 16 × 2) numbers.
    assert adapted.parameters - plain.parameters == 256
    assert adapted.weight_bytes - plain.weight_bytes == 1024
    assert Checkpoint.find(spec).name == "tiny-llama with adapter lora"


def test_an_adapter_without_peft_is_told(saved, adapter, monkeypatch):
    """The sentence names the package and how to install it."""
    # What Python keeps of a package that cannot be imported.
    monkeypatch.setitem(sys.modules, "peft", None)

    with pytest.raises(Unsupported, match=r"the package peft, which is not .*claimkit\[large\]"):
        Checkpoint.find(ModelSpec(str(saved), adapter=str(adapter)))


def test_an_adapter_that_finds_no_memory_is_not_taken_for_a_strange_one(adapter):
    """Memory that runs out says nothing about the adapter; loading has a sentence for it."""

    class Full(torch.nn.Linear):
        """A model whose device is full as soon as it is looked at."""

        @property
        def config(self):
            """Run out of memory."""
            raise torch.OutOfMemoryError("CUDA out of memory.")

    with pytest.raises(torch.OutOfMemoryError):
        attach_adapter(Full(2, 2), adapter, "tiny")


@pytest.fixture
def other_tokenizer(tmp_path):
    """A folder with a smaller tokenizer, in which every word has another number."""
    folder = tmp_path / "other"
    TABLE["save_tokenizer"](folder, 12)
    path = folder / "tokenizer.json"
    content = json.loads(path.read_text())
    words = content["model"]["vocab"]
    content["model"]["vocab"] = {word: 11 - number for word, number in words.items()}
    path.write_text(json.dumps(content))
    return folder


def test_another_tokenizer_is_used(saved, other_tokenizer):
    """Ids are those of the folder that was named."""
    spec = ModelSpec(str(saved), tokenizer=str(other_tokenizer))
    checkpoint = Checkpoint.find(spec)

    assert load_tokenizer(checkpoint)("a b d")["input_ids"] == [11, 10, 8]
    assert checkpoint.name == "tiny-llama with tokenizer of other"


def test_another_tokenizer_bears_on_the_fingerprint(saved, other_tokenizer, folder, notebook):
    """Its bytes count, and those of the tokenizer that it replaces do not."""
    spec = ModelSpec(str(saved), tokenizer=str(other_tokenizer))
    first = fingerprint(spec, notebook)
    (folder / "tokenizer.json").write_text("{}")
    without_own = ModelSpec(str(folder), tokenizer=str(other_tokenizer))

    assert first != fingerprint(ModelSpec(str(saved)), notebook)
    assert first == fingerprint(without_own, notebook)
    (other_tokenizer / "tokenizer.json").write_text("{ }")
    assert first != fingerprint(spec, notebook)


def test_a_checkpoint_without_a_tokenizer_takes_another(folder, other_tokenizer, tmp_path):
    """Only with a tokenizer of its own must a folder hold one."""
    (folder / "tokenizer.json").unlink()
    spec = ModelSpec(str(folder), tokenizer=str(other_tokenizer), device="cpu")

    found = vet(Checkpoint.find(spec), spec, Store(tmp_path / "evidence"))

    assert found.tokenizer_size == 12


def test_evidence_of_earlier_versions_stays_valid(notebook):
    """A checkpoint with its own tokenizer and no adapter keeps the fingerprint it always had."""
    found = fingerprint(ModelSpec(str(bundled_models() / "forward-born")), notebook)

    assert found == "f690e16b0cdf7bd5d1700452a02865ee9558cc656f3ef48ca5906b7df433d990"
