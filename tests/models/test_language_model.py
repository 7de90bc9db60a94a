"""Loading the weights of a checkpoint."""

import json
import warnings

import pytest
import torch
from safetensors.torch import load_file, save_file

from claimkit.errors import InvalidInput, ModelError
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.language_model import LanguageModel
from claimkit.models.language_model import load as load_spec
from claimkit.models.spec import ModelSpec
from claimkit.models.tokenizer import load_tokenizer


def load(checkpoint, **options):
    """Load a checkpoint as a spec with these options would."""
    return load_spec(checkpoint, ModelSpec(str(checkpoint.folder), **options))


@pytest.fixture(scope="module")
def checkpoint(saved):
    """The sound checkpoint."""
    return Checkpoint.find(ModelSpec(str(saved)))


def edit_config(folder, **changes):
    """Change some entries of a folder's config.json."""
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_loaded_model_computes_with_the_saved_weights(checkpoint, saved):
    """Weights arrive unchanged, in evaluation mode, without gradients."""
    language_model = load(checkpoint, device="cpu")

    expected = load_file(saved / "model.safetensors")
    weights = dict(language_model.model.named_parameters())
    assert all(torch.equal(weights[name], tensor) for name, tensor in expected.items())
    assert not language_model.model.training
    assert not any(weight.requires_grad for weight in weights.values())


def test_a_loaded_model_says_what_it_is(checkpoint):
    """Device, numbers, attention, window and vocabulary are known."""
    found = load(checkpoint, device="cpu")

    assert (found.device.type, found.dtype, found.attention) == ("cpu", "float32", "sdpa")
    assert (found.window, found.vocabulary, found.name) == (512, 20, "tiny-llama")


def test_a_cpu_computes_in_float32_unless_told(folder):
    """A checkpoint in bfloat16 is loaded as float32 on a CPU, and as itself on request."""
    tensors = {name: t.bfloat16() for name, t in load_file(folder / "model.safetensors").items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    edit_config(folder, dtype="bfloat16")
    checkpoint = Checkpoint.find(ModelSpec(str(folder)))

    assert load(checkpoint, device="cpu").dtype == "float32"
    assert load(checkpoint, device="cpu", dtype="bfloat16").dtype == "bfloat16"


def test_attention_can_be_chosen(checkpoint):
    """The implementation asked for is the one used."""
    found = load(checkpoint, device="cpu", attn_implementation="eager")

    assert found.attention == "eager"


def test_a_device_that_is_not_here_is_refused(checkpoint):
    """The message lists what there is."""
    with pytest.raises(InvalidInput, match="no device 'cuda:99' here; devices: auto, cpu"):
        load(checkpoint, device="cuda:99")


def drop_weight(folder):
    """Remove a tensor from the file."""
    tensors = load_file(folder / "model.safetensors")
    del tensors["model.layers.1.mlp.up_proj.weight"]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def cut_weights(folder):
    """Shorten the file by ten bytes."""
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-10])


def demand_code(folder):
    """Make the checkpoint one that brings its own code."""
    edit_config(folder, model_type="own", auto_map={"AutoModelForCausalLM": "own.Own"})
    (folder / "own.py").write_text("raise SystemExit('remote code ran')")


FAULTS = {
    "a weight missing": (
        drop_weight,
        r"lacks 1 weights of its architecture \(model.layers.1.mlp.up_proj.weight, …\)",
    ),
    "another shape": (
        lambda folder: edit_config(folder, intermediate_size=8),
        r"6 weights of the wrong shape \(.* is \[.*\], config.json makes it",
    ),
    "a layer missing": (
        lambda folder: edit_config(folder, num_hidden_layers=3),
        "lacks 9 weights",
    ),
    "cut short": (cut_weights, r"cannot load tiny-llama: .* \(SafetensorError\)"),
    "an unknown model": (
        lambda folder: edit_config(folder, model_type="nope"),
        "model type `nope`",
    ),
    "its own code": (
        demand_code,
        "it brings Python code, which runs only if remote code is trusted",
    ),
    "an impossible value": (
        lambda folder: edit_config(folder, num_attention_heads="two"),
        "'num_attention_heads'",
    ),
}


@pytest.mark.parametrize("spoil, message", FAULTS.values(), ids=FAULTS)
def test_what_transformers_would_let_pass_or_explain_at_length_is_one_sentence(
    folder, spoil, message
):
    """A checkpoint that cannot be loaded whole is not loaded at all."""
    spoil(folder)

    with pytest.raises(ModelError, match=message) as caught:
        load(Checkpoint.find(ModelSpec(str(folder))), device="cpu")
    assert "\n" not in str(caught.value)


def test_loading_is_silent(checkpoint, capfd):
    """Progress bars and reports of transformers stay out of the way, and warnings too."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load(checkpoint, device="cpu")

    assert capfd.readouterr() == ("", "")


def test_the_tokenizer_is_loaded_apart(checkpoint):
    """It is that of the folder."""
    tokenizer = load_tokenizer(checkpoint)

    assert tokenizer("a b d")["input_ids"] == [0, 1, 3]


@pytest.mark.parametrize(
    "content",
    ["{", '{"version": "1.0", "added_tokens": [], "model": {"type": "nope"}}', "[1]", "{}"],
)
def test_a_broken_tokenizer_is_told_in_one_sentence(folder, content):
    """Whatever stands in tokenizer.json."""
    (folder / "tokenizer.json").write_text(content)

    with pytest.raises(ModelError, match="cannot load the tokenizer of tiny-llama") as caught:
        load_tokenizer(Checkpoint.find(ModelSpec(str(folder))))
    assert "\n" not in str(caught.value)


def test_a_model_in_memory_needs_no_checkpoint():
    """Any module can be asked, and one that does not tell has no known vocabulary."""
    found = LanguageModel.of(torch.nn.Linear(2, 2))

    assert (found.vocabulary, found.window, found.attention) == (None, None, "eager")
