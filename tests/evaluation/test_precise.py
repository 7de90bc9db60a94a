"""Computing in float32 with weights of 16 bits, one layer at a time."""

import copy

import numpy as np
import pytest
import torch

from claimkit.evaluation.forward import ask, logits_from
from claimkit.evaluation.precise import decoder_layers, in_float32
from claimkit.models.language_model import LanguageModel

NARROW = (torch.bfloat16, torch.float16)


def narrowed(language_model, dtype=torch.bfloat16):
    """Return a copy of a model in 16 bits."""
    model = copy.deepcopy(language_model.model).to(dtype)
    return LanguageModel.of(model, window=language_model.window, name="coarse")


def state(model):
    """Return where every weight lies, its type and its bytes."""
    return {
        name: (tensor.data_ptr(), tensor.dtype, tensor.clone())
        for name, tensor in [*model.named_parameters(), *model.named_buffers()]
    }


def assert_same(before, after):
    """Check that nothing of a model has changed, nor moved."""
    assert before.keys() == after.keys()
    for name, (place, dtype, tensor) in before.items():
        assert (place, dtype) == after[name][:2], name
        assert torch.equal(tensor, after[name][2]), name


@pytest.fixture(params=["gpt2", "llama", "gemma2", "opt", "mamba", "tied"])
def coarse(request, lab):
    """A sharp model in bfloat16, of each way to arrange the outside parts."""
    if request.param != "tied":
        return narrowed(lab.build(request.param))
    model = lab.build("llama").model
    model.lm_head.weight = model.model.embed_tokens.weight
    return narrowed(LanguageModel.of(model, window=64))


def test_the_logits_are_those_of_a_float32_copy(coarse, lab):
    """Layer by layer gives what the whole model in float32 gives."""
    episodes = lab.draw(6, width=3)
    upcast = LanguageModel.of(copy.deepcopy(coarse.model).float())
    expected = logits_from(upcast, episodes, 0)

    with in_float32(coarse) as precise:
        found = logits_from(precise, episodes, 0)

    assert precise.dtype == "float32"
    assert found.dtype == torch.float32
    assert torch.equal(found, expected)


def test_the_model_is_as_it_was(coarse, lab):
    """Afterwards every weight lies where it lay and has the bytes that it had."""
    episodes, before = lab.draw(4, width=2), state(coarse.model)
    answers = ask(coarse, episodes).margins

    with in_float32(coarse) as precise:
        ask(precise, episodes)

    assert_same(before, state(coarse.model))
    assert np.array_equal(answers, ask(coarse, episodes).margins)
    assert not any(
        module._forward_hooks or module._forward_pre_hooks for module in coarse.model.modules()
    )


def test_an_error_in_a_layer_leaves_the_model_as_it_was(coarse, lab):
    """A forward pass that breaks off in the middle, twice, restores every weight."""
    layer = decoder_layers(coarse.model)[-1]
    before = state(coarse.model)

    def interrupt(*_):
        raise KeyboardInterrupt

    handle = next(iter(layer.children())).register_forward_pre_hook(interrupt)
    with in_float32(coarse) as precise:
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                ask(precise, lab.draw(2, width=2))
    handle.remove()

    assert_same(before, state(coarse.model))


def wide_bytes(model):
    """Return how many bytes the float32 weights of a model take, shared ones once."""
    tensors = {id(tensor): tensor for tensor in [*model.parameters(), *model.buffers()]}
    wide = (tensor for tensor in tensors.values() if tensor.dtype == torch.float32)
    return sum(tensor.numel() * 4 for tensor in wide)


def test_no_more_than_one_layer_is_wide_at_a_time(coarse, lab):
    """Beside the outside parts, the float32 weights are never more than one layer's."""
    layers, seen = decoder_layers(coarse.model), []
    narrow = wide_bytes(coarse.model)
    largest = max(sum(4 * weight.numel() for weight in layer.parameters()) for layer in layers)

    def look(*_):
        seen.append(wide_bytes(coarse.model))

    with in_float32(coarse) as precise:
        outside = wide_bytes(coarse.model)
        handles = [
            module.register_forward_hook(look)
            for layer in layers
            for module in layer.modules()
            if module is not layer
        ]
        ask(precise, lab.draw(4, width=2))
    for handle in handles:
        handle.remove()

    assert len(layers) == 2
    assert outside < max(seen) <= outside + largest
    assert narrow < outside


def test_untied_embeddings_are_not_widened(lab):
    """A table that only looks up stays narrow, and so costs nothing."""
    coarse = narrowed(lab.build("llama"))

    with in_float32(coarse):
        assert coarse.model.model.embed_tokens.weight.dtype == torch.bfloat16
        assert coarse.model.lm_head.weight.dtype == torch.float32


def test_a_model_in_float32_is_left_alone(llama):
    """Nothing is widened that is wide."""
    with in_float32(llama) as precise:
        assert precise is llama


class Packed(torch.nn.Module):
    """A linear map whose weights are 8-bit integers and a scale, as quantizers keep them."""

    def __init__(self, linear):
        super().__init__()
        scale = linear.weight.abs().amax() / 127
        self.register_buffer("packed", (linear.weight / scale).round().to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, rows):
        """Multiply, as kernels do, in the type of the scale only."""
        assert rows.dtype == self.scale.dtype
        return torch.nn.functional.linear(rows, self.packed.to(rows.dtype) * self.scale)


def test_quantized_modules_stay_as_they_are(lab):
    """Integer weights and their scales are not widened, and still see the type they know."""
    coarse = narrowed(lab.build("llama"))
    for layer in coarse.model.model.layers:
        layer.mlp.up_proj = Packed(layer.mlp.up_proj)
    episodes, before = lab.draw(4, width=2), state(coarse.model)

    with in_float32(coarse) as precise:
        found = logits_from(precise, episodes, 0)

    assert found.dtype == torch.float32
    assert torch.isfinite(found).all()
    assert_same(before, state(coarse.model))


def test_flash_attention_gives_way(lab):
    """Kernels for 16 bits only are left for as long as the numbers are wider."""
    coarse = narrowed(lab.build("llama"))
    coarse.model.config._attn_implementation_internal = "flash_attention_2"

    with in_float32(coarse) as precise:
        inside = coarse.model.config._attn_implementation
        ask(precise, lab.draw(2, width=2))

    assert inside == "sdpa"
    assert coarse.model.config._attn_implementation == "flash_attention_2"
