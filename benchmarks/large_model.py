"""Exact copies scored by a large model: teacher forcing against ``generate``, on one GPU.

A random-weight Llama (8 B parameters unless told otherwise) is built in bfloat16 on the device.
Copying at length 100 after five demonstrations of length 5: strings per second by teacher forcing
over batch sizes, with all checks, and by ``generate`` at batch 16; the share of the rate at which
the device multiplies matrices; and the minutes that the tokens of claims A10 to A14 would take:
those that `--plan` prints for a model, unless told otherwise those of the bundled control.

    python benchmarks/large_model.py
    python benchmarks/large_model.py --hidden 64 --layers 2 --heads 4 --inner 128 --vocabulary 500
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import torch
from teacher_forcing import LENGTH, copying
from transformers import LlamaConfig, LlamaForCausalLM

from claimkit.evaluation.distrust import require_trustworthy
from claimkit.evaluation.scoring import score
from claimkit.models.language_model import LanguageModel
from claimkit.prompts.episodes import Episodes

GENERATED = 16
FASTER, SHARE = 10.0, 0.5
# The most that `pytest claims/ --plan` says for claims A10 to A14 on the bundled control; another
# tokenizer makes other prompts of the same strings.
PLANNED = 38_300_000


def build(arguments: argparse.Namespace) -> LanguageModel:
    """Return a random-weight Llama, made where it stays."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=arguments.vocabulary,
        hidden_size=arguments.hidden,
        intermediate_size=arguments.inner,
        num_hidden_layers=arguments.layers,
        num_attention_heads=arguments.heads,
        num_key_value_heads=min(arguments.groups, arguments.heads),
        max_position_embeddings=512,
        pad_token_id=0,
        eos_token_id=None,
        dtype=arguments.dtype,
    )
    before = torch.get_default_dtype()
    torch.set_default_dtype(getattr(torch, arguments.dtype))
    try:
        with torch.device(arguments.device):
            model = LlamaForCausalLM(config)
    finally:
        torch.set_default_dtype(before)
    return LanguageModel.of(model, window=512, name="random Llama")


def seconds(device: torch.device, run: Callable[[], object], repeats: int = 1) -> float:
    """Return the least time that a run takes, until the device is done with it."""
    taken = []
    for _ in range(repeats):
        wait(device)
        start = time.perf_counter()
        run()
        wait(device)
        taken.append(time.perf_counter() - start)
    return min(taken)


def wait(device: torch.device) -> None:
    """Return when the device has nothing left to do."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def matmul_rate(language_model: LanguageModel, size: int) -> float:
    """Return how many operations per second the device does in a large matrix product."""
    dtype = getattr(torch, language_model.dtype)
    left, right = (
        torch.randn(size, size, device=language_model.device, dtype=dtype) for _ in range(2)
    )
    torch.mm(left, right)
    return 2 * size**3 / seconds(language_model.device, lambda: torch.mm(left, right), repeats=5)


def operations(language_model: LanguageModel, episodes: Episodes) -> float:
    """Return the operations of one string: of its matrix products with weights, and attention."""
    model, config = language_model.model, language_model.model.config
    fed, width = episodes.tokens.shape[1] - 1, episodes.width
    head = model.get_output_embeddings().weight.numel()
    body = sum(weight.numel() for weight in model.parameters()) - 2 * head
    attention = 4 * fed**2 * config.hidden_size * config.num_hidden_layers
    return 2 * body * fed + 2 * head * width + attention


def generate(language_model: LanguageModel, episodes: Episodes) -> None:
    """Decode the answers of one batch greedily."""
    prompts = torch.from_numpy(episodes.tokens[:, :-LENGTH].copy()).to(language_model.device)
    with torch.inference_mode():
        language_model.model.generate(
            prompts,
            attention_mask=torch.ones_like(prompts),
            do_sample=False,
            use_cache=True,
            min_new_tokens=LENGTH,
            max_new_tokens=LENGTH,
        )


def curve(language_model: LanguageModel, arguments: argparse.Namespace, rate: float) -> float:
    """Print a line per batch size; return the best strings per second."""
    print(f"{'batch':>8}{'strings/s':>12}{'tokens/s':>12}{'of matmul rate':>16}", flush=True)
    best = 0.0
    for size in arguments.batches:
        strings = max(arguments.strings, size)
        episodes = copying(strings, arguments.vocabulary, seed=size)
        taken = seconds(
            language_model.device, lambda s=size, e=episodes: score(language_model, e, batch_size=s)
        )
        found = strings / taken
        share = found * operations(language_model, episodes) / rate
        tokens = found * episodes.tokens.shape[1]
        print(f"{size:>8}{found:>12.2f}{tokens:>12.0f}{share:>16.2f}", flush=True)
        best = max(best, found)
    return best


def parse() -> argparse.Namespace:
    """Return the shape of the model and what to measure."""
    parser = argparse.ArgumentParser(description="A large model on one device.")
    gpu = torch.cuda.is_available()
    parser.add_argument("--device", default="cuda" if gpu else "cpu")
    parser.add_argument("--dtype", default="bfloat16")
    sizes = {"hidden": 4096, "inner": 14336, "layers": 32, "heads": 32, "groups": 8}
    sizes |= {"vocabulary": 128_256, "strings": 256, "matrix": 8192 if gpu else 1024}
    for name, default in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument(
        "--tokens", type=int, default=PLANNED, help="all tokens of the claims, as --plan says them"
    )
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 4, 16, 64, 128, 256])
    return parser.parse_args()


def main() -> None:
    """Print everything."""
    arguments = parse()
    language_model = build(arguments)
    device = language_model.device
    parameters = sum(weight.numel() for weight in language_model.model.parameters())
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    print(f"Llama, {parameters / 1e9:.3f} B parameters, {language_model.dtype}, {name}")
    rate = matmul_rate(language_model, arguments.matrix)
    print(f"matrix product of size {arguments.matrix}: {rate / 1e12:.2f} T operations per second")
    warm = copying(GENERATED, arguments.vocabulary)
    prompt = warm.tokens.shape[1] - LENGTH
    print(f"copying {LENGTH} tokens after {prompt}, teacher forcing with all checks on batches;")
    print(f"target on a GPU: {SHARE} of the matmul rate")
    checks = seconds(device, lambda: require_trustworthy(language_model, warm))
    score(language_model, warm)
    best = curve(language_model, arguments, rate)
    generate(language_model, warm)
    taken = seconds(device, lambda: generate(language_model, warm))
    decoded = GENERATED / taken
    print(f"generate at batch {GENERATED}: {decoded:.2f} strings per second")
    print(f"teacher forcing is {best / decoded:.1f} times as fast; target on a GPU: {FASTER:.0f}")
    print(f"checks before the first score of a kind of prompt: {checks:.1f} s")
    minutes = arguments.tokens / (best * warm.tokens.shape[1]) / 60
    whose = " (the bundled control's plan)" if arguments.tokens == PLANNED else ""
    print(
        f"A10 to A14 with {arguments.tokens / 1e6:.1f} million tokens{whose}: "
        f"{minutes:.0f} minutes at the best rate above"
    )
    if device.type == "cuda":
        print(
            f"peak memory of the device: {torch.cuda.max_memory_allocated(device) / 2**30:.1f} GiB"
        )


if __name__ == "__main__":
    main()
