"""Where weights go, how attention is computed, and weights that are quantized."""

import runpy
import sys
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

from claimkit.auditing.subject import Subject
from claimkit.errors import ModelError, Unsupported
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.language_model import LanguageModel, load
from claimkit.models.loading import require_in_memory
from claimkit.models.spec import ModelSpec

SAVE = runpy.run_path(str(Path(__file__).with_name("faults.py")))["save_checkpoint"]
IDS = torch.arange(12).reshape(2, 6)


def loaded(folder, **options):
    """Load the checkpoint in a folder."""
    spec = ModelSpec(str(folder), **options)
    return load(Checkpoint.find(spec), spec)


def logits(language_model):
    """Return what a model says to the ids."""
    with torch.inference_mode():
        return language_model.model(input_ids=IDS.to(language_model.device)).logits


@pytest.mark.skipif(torch.cuda.is_available(), reason="auto would mean the GPU")
@pytest.mark.parametrize("device_map", ["auto", "balanced", "sequential", "cpu"])
def test_a_device_map_changes_nothing_on_one_device(saved, device_map):
    """Accelerate places the model, and what it computes is the same."""
    found = loaded(saved, device_map=device_map)

    assert torch.equal(logits(found), logits(loaded(saved, device="cpu")))
    assert (str(found.device), found.dtype) == ("cpu", "float32")


def test_a_device_map_without_accelerate_is_told(saved, monkeypatch):
    """The sentence names the package and how to install it."""
    # What Python keeps of a package that cannot be imported.
    monkeypatch.setitem(sys.modules, "accelerate", None)

    with pytest.raises(Unsupported, match=r"a device map needs the package accelerate, which"):
        loaded(saved, device_map="auto")


def test_weights_left_on_the_disk_are_refused(saved, tmp_path):
    """A model that was spread over a device and the disk is no model in memory."""
    places = {"model.embed_tokens": "cpu", "model.norm": "cpu", "lm_head": "cpu"}
    places |= {"model.rotary_emb": "cpu", "model.layers.0": "cpu", "model.layers.1": "disk"}
    model = AutoModelForCausalLM.from_pretrained(
        saved, device_map=places, offload_folder=tmp_path / "offload"
    )

    with pytest.raises(
        ModelError, match=r"tiny does not fit .*: 1 of its parts .* model.layers.1\); give more"
    ):
        require_in_memory(model, "tiny")


def test_empty_weights_are_refused():
    """So is one whose weights are nowhere."""
    with torch.device("meta"):
        model = torch.nn.Linear(2, 2)

    with pytest.raises(ModelError, match=r"2 of its parts have no place there \(such as bias\)"):
        require_in_memory(model, "tiny")


@pytest.mark.parametrize("attention", ["eager", "sdpa"])
def test_the_attention_asked_for_is_used(saved, attention):
    """It is part of how the model runs, and bears on nothing but rounding."""
    found = loaded(saved, device="cpu", attn_implementation=attention)

    assert found.attention == attention
    assert torch.allclose(logits(found), logits(loaded(saved, device="cpu")), atol=1e-5)


@pytest.mark.skipif(torch.cuda.is_available(), reason="may be installed beside a GPU")
def test_an_attention_that_this_machine_lacks_is_told(saved):
    """A known name is no promise that its package is here."""
    with pytest.raises(ModelError, match="give another --attn-implementation than flash_atten"):
        loaded(saved, device="cpu", attn_implementation="flash_attention_2")


def test_ids_go_to_the_embeddings_and_numbers_are_theirs():
    """Integer weights in front do not make a model compute in integers."""

    class Packed(torch.nn.Module):
        """A model whose first weights are packed."""

        def __init__(self):
            super().__init__()
            packed = torch.zeros(3, dtype=torch.int8)
            self.packed = torch.nn.Parameter(packed, requires_grad=False)
            self.embeddings = torch.nn.Embedding(5, 2, dtype=torch.bfloat16)

        def get_input_embeddings(self):
            """Return where ids go."""
            return self.embeddings

    found = LanguageModel.of(Packed())

    assert (found.dtype, found.vocabulary) == ("bfloat16", 5)


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    """A checkpoint whose layers are wide enough for blocks of 4-bit numbers."""
    folder = tmp_path_factory.mktemp("wide") / "tiny-llama"
    SAVE(folder, hidden_size=64, intermediate_size=64)
    return folder


@pytest.fixture(scope="module", params=["load_in_8bit", "load_in_4bit"])
def quantized(request, wide, tmp_path_factory):
    """The wide checkpoint with its layers quantized by bitsandbytes."""
    folder = tmp_path_factory.mktemp(request.param) / "quantized"
    model = AutoModelForCausalLM.from_pretrained(
        wide,
        quantization_config=BitsAndBytesConfig(**{request.param: True}),
        device_map={"": "cpu"},
        dtype=torch.float32,
    )
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(wide).save_pretrained(folder)
    return folder


@pytest.mark.filterwarnings("ignore:MatMul8bitLt")
def test_a_quantized_checkpoint_computes_nearly_the_same(quantized, wide):
    """Its logits are near those of the weights that it was made of, and not the same."""
    found, exact = logits(loaded(quantized, device="cpu")), logits(loaded(wide, device="cpu"))

    assert not torch.equal(found, exact)
    assert (found - exact).norm() < 0.3 * exact.norm()


def test_a_quantized_checkpoint_says_so(quantized, tmp_path):
    """What it computes in is a float, its method is part of every key, and it is vetted."""
    spec = ModelSpec(str(quantized), device="cpu")
    subject = Subject.open(Subject.prepare(spec, tmp_path), tmp_path)

    assert subject.runtime.dtype == "float32, bitsandbytes"
    assert subject.checkpoint.quantization == "bitsandbytes"
    packed = {weight.dtype for weight in subject.language_model.model.parameters()}
    assert packed & {torch.int8, torch.uint8}


def test_a_quantized_checkpoint_without_accelerate_is_told(quantized, monkeypatch):
    """Its weights cannot be moved, so they must be placed as they are read."""
    monkeypatch.setitem(sys.modules, "accelerate", None)

    with pytest.raises(Unsupported, match="a quantized checkpoint needs the package accelerate"):
        loaded(quantized, device="cpu")
