"""A model of 16-bit weights computing in float32, without a second copy of its weights.

While a layer runs, its weights are widened; afterwards it has the old ones back, the very same
bytes. What lies outside the layers (embeddings, last norm, head) is widened for as long as the
context lasts. So the memory this takes is one layer and the outside parts in float32, never more.

Widening is exact, so the logits are those of a float32 copy of the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import torch
from torch import Tensor, nn

from claimkit.models.language_model import LanguageModel

__all__ = ["WIDE", "decoder_layers", "in_float32"]

_NARROW = (torch.float16, torch.bfloat16)
WIDE = ("float32", "float64")
"""What needs no widening."""

# Where quantized weights are plain tensors they are of these types.
_PACKED = (torch.int8, torch.uint8, torch.int16, torch.int32)


@contextmanager
def in_float32(language_model: LanguageModel) -> Iterator[LanguageModel]:
    """Let a model compute in float32 within this context; afterwards it is as it was.

    Quantized weights stay as they are, between activations in float32. A model without a
    ``ModuleList`` has no layers to tell apart and is widened at once.

    Yields:
        The model, under a handle that says how it computes.
    """
    model = language_model.model
    if language_model.dtype in WIDE:
        yield language_model
        return
    layers = decoder_layers(model)
    with ExitStack() as stack:
        stack.enter_context(_attention_for_float32(model))
        stack.enter_context(_quantized_between_float32(model))
        stack.enter_context(_embeddings_in_float32(model, layers))
        stack.enter_context(_outside_in_float32(model, layers))
        stack.enter_context(_one_layer_in_float32(layers))
        yield replace(language_model, dtype="float32", name=f"{language_model.name} in float32")


def decoder_layers(model: nn.Module) -> list[nn.Module]:
    """Return the layers that run one after the other: the module list with most weights."""
    lists = [module for module in model.modules() if isinstance(module, nn.ModuleList)]
    # Of equals the outermost, which comes first.
    largest: nn.ModuleList = max(lists, key=_size, default=nn.ModuleList())
    return list(largest)


def _size(module: nn.Module) -> int:
    return sum(weight.numel() for weight in module.parameters())


class _Widened:
    """Tensors that are float32 for a while, with the data they had."""

    def __init__(self, tensors: Iterable[Tensor]) -> None:
        self._before: list[tuple[Tensor, Tensor]] = []
        try:
            # Tensors made in inference mode could not be put into parameters.
            with torch.inference_mode(mode=False), torch.no_grad():
                for tensor in tensors:
                    self._before.append((tensor, tensor.data))
                    tensor.data = tensor.data.float()
        except BaseException:
            self.restore()
            raise

    def restore(self) -> None:
        """Give every tensor its old data back."""
        with torch.inference_mode(mode=False), torch.no_grad():
            while self._before:
                tensor, data = self._before.pop()
                tensor.data = data


def _narrow_tensors(modules: Iterable[nn.Module]) -> list[Tensor]:
    """Return the 16-bit parameters and buffers that some modules own, each once."""
    found = {
        id(tensor): tensor
        for module in modules
        if not _is_quantized(module)
        for tensor in _own_tensors(module)
        if tensor.dtype in _NARROW
    }
    return list(found.values())


def _own_tensors(module: nn.Module) -> list[Tensor]:
    return [*module.parameters(recurse=False), *module.buffers(recurse=False)]


def _is_quantized(module: nn.Module) -> bool:
    return any(
        type(tensor) not in (Tensor, nn.Parameter)
        or tensor.dtype in _PACKED
        or (tensor.is_floating_point() and tensor.element_size() == 1)
        for tensor in _own_tensors(module)
    )


def _outside(model: nn.Module, layers: list[nn.Module]) -> list[nn.Module]:
    inside = {id(module) for layer in layers for module in layer.modules()}
    return [module for module in model.modules() if id(module) not in inside]


def _untied_embeddings(model: nn.Module, layers: list[nn.Module]) -> list[nn.Embedding]:
    """Return the tables that only look up: a looked-up row widens as exactly as the table.

    Derived classes may compute with their rows, so they are not among these.
    """
    owners: dict[int, int] = {}
    for module in model.modules():
        for tensor in _own_tensors(module):
            owners[id(tensor)] = owners.get(id(tensor), 0) + 1
    return [
        module
        for module in _outside(model, layers)
        if type(module) is nn.Embedding
        and module.weight.dtype in _NARROW
        and owners[id(module.weight)] == 1
    ]


@contextmanager
def _embeddings_in_float32(model: nn.Module, layers: list[nn.Module]) -> Iterator[None]:
    def widen(module: nn.Module, arguments: object, rows: Tensor) -> Tensor:
        return rows.float()

    with ExitStack() as stack:
        for table in _untied_embeddings(model, layers):
            stack.callback(table.register_forward_hook(widen).remove)
        yield


@contextmanager
def _outside_in_float32(model: nn.Module, layers: list[nn.Module]) -> Iterator[None]:
    tables = {id(table) for table in _untied_embeddings(model, layers)}
    modules = (module for module in _outside(model, layers) if id(module) not in tables)
    widened = _Widened(_narrow_tensors(modules))
    try:
        yield
    finally:
        widened.restore()


@contextmanager
def _one_layer_in_float32(layers: list[nn.Module]) -> Iterator[None]:
    running: list[_Widened] = []

    def narrow(*_: object) -> None:
        while running:
            running.pop().restore()

    def widen(layer: nn.Module, _: object) -> None:
        # After an error in a layer, the next one finds it still wide.
        narrow()
        running.append(_Widened(_narrow_tensors(layer.modules())))

    with ExitStack() as stack:
        stack.callback(narrow)
        for layer in layers:
            stack.callback(layer.register_forward_pre_hook(widen, prepend=True).remove)
            stack.callback(layer.register_forward_hook(narrow, always_call=True).remove)
        yield


@contextmanager
def _quantized_between_float32(model: nn.Module) -> Iterator[None]:
    """Let quantized modules see the type they were made for and give float32 to the others."""
    own = next((t.dtype for t in model.parameters() if t.dtype in _NARROW), torch.float16)

    def narrow(module: nn.Module, arguments: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(_cast(argument, own) for argument in arguments)

    def widen(module: nn.Module, arguments: object, output: object) -> object:
        return _cast(output, torch.float32)

    with ExitStack() as stack:
        for module in model.modules():
            if _is_quantized(module):
                stack.callback(module.register_forward_pre_hook(narrow).remove)
                stack.callback(module.register_forward_hook(widen).remove)
        yield


def _cast(value: object, dtype: torch.dtype) -> object:
    if isinstance(value, Tensor) and value.is_floating_point():
        return value.to(dtype)
    return value


@contextmanager
def _attention_for_float32(model: nn.Module) -> Iterator[None]:
    """Leave flash attention, which knows 16-bit numbers only."""
    config = getattr(model, "config", None)
    before = getattr(config, "_attn_implementation", None)
    if config is None or "flash" not in str(before):
        yield
        return
    config._attn_implementation = "sdpa"
    try:
        yield
    finally:
        config._attn_implementation = before
