"""How much faster teacher forcing scores exact copies than ``generate`` decodes them.

Copying at length 100 with five demonstrations of length 5, by a random-weight Llama of about 100 M
parameters on the CPU. All rates come from one run, so that their ratios can be compared between
machines.

    python benchmarks/teacher_forcing.py [--threads 2] [--repeats 2]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from claimkit.evaluation.scoring import score
from claimkit.models.language_model import LanguageModel
from claimkit.prompts.episodes import Episodes

LENGTH, DEMONSTRATIONS, SHORT, VOCABULARY = 100, 5, 5, 32_000
SEPARATOR, END = 1, 2
# Enough for several batches of the size that score finds.
STRINGS = 28
TARGETS = {"batched": 2.5, "one by one": 8.0}


def build() -> LanguageModel:
    """Return a Llama of 106 M parameters."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=768,
        intermediate_size=2048,
        num_hidden_layers=8,
        num_attention_heads=12,
        max_position_embeddings=512,
        pad_token_id=0,
        eos_token_id=None,
    )
    return LanguageModel.of(LlamaForCausalLM(config), window=512, name="random Llama")


def copying(strings: int, vocabulary: int = VOCABULARY, seed: int = 0) -> Episodes:
    """Return strings to copy, each after its demonstrations."""
    generator = np.random.default_rng(seed)

    def line(length: int) -> np.ndarray:
        source = generator.integers(3, vocabulary, size=(strings, length))
        marks = [np.full((strings, 1), mark) for mark in (SEPARATOR, END)]
        return np.hstack([source, marks[0], source, marks[1]])

    tokens = np.hstack([*(line(SHORT) for _ in range(DEMONSTRATIONS)), line(LENGTH)])[:, :-1]
    return Episodes(tokens, np.full(strings, tokens.shape[1]), tokens[:, -LENGTH:])


def generate(language_model: LanguageModel, episodes: Episodes) -> np.ndarray:
    """Return whether the greedy answers are the gold answers, all strings in one batch."""
    prompts = torch.from_numpy(episodes.tokens[:, :-LENGTH].copy())
    with torch.inference_mode():
        decoded = language_model.model.generate(
            prompts,
            attention_mask=torch.ones_like(prompts),
            do_sample=False,
            use_cache=True,
            min_new_tokens=LENGTH,
            max_new_tokens=LENGTH,
        )
    return (decoded[:, -LENGTH:].numpy() == episodes.answers).all(axis=1)


@dataclass(frozen=True)
class Rate:
    """Strings per second, by the clock on the wall and by the time that processors spent."""

    wall: float
    processor: float

    def over(self, other: Rate) -> Rate:
        """Return how many times the other rate this is."""
        return Rate(self.wall / other.wall, self.processor / other.processor)


def rate(measure: Callable[[Episodes], object], strings: int, repeats: int) -> Rate:
    """Return the best rate of some repeats."""
    wall, processor = [], []
    for repeat in range(repeats):
        episodes = copying(strings, seed=repeat + 1)
        start = time.perf_counter(), time.process_time()
        measure(episodes)
        wall.append(time.perf_counter() - start[0])
        processor.append(time.process_time() - start[1])
    return Rate(strings / min(wall), strings / min(processor))


def report(label: str, found: Rate) -> None:
    """Print one line of the table at once."""
    print(f"{label:<32}{found.wall:8.2f}{found.processor:12.2f}", flush=True)


def main() -> None:
    """Print the rates and their ratios."""
    parser = argparse.ArgumentParser(description="Teacher forcing against generate.")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--batches", type=int, nargs="+", default=[8, 16, 32])
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    model = build()
    parameters = sum(weight.numel() for weight in model.model.parameters()) / 1e6
    prompt = copying(1).tokens.shape[1] - LENGTH
    print(f"Llama, {parameters:.0f} M parameters, float32, {arguments.threads} threads")
    print(f"copying {LENGTH} tokens after {prompt}, best of {arguments.repeats}")
    print(f"{'strings per second':<32}{'wall':>8}{'processor':>12}")

    score(model, copying(2))
    scored = rate(lambda episodes: score(model, episodes), STRINGS, arguments.repeats)
    report("teacher-forced", scored)
    decoded = []
    for size in arguments.batches:
        decoded.append(rate(lambda strings: generate(model, strings), size, arguments.repeats))
        report(f"generate, batch of {size}", decoded[-1])
    batched = max(decoded, key=lambda found: found.wall)
    single = rate(lambda strings: generate(model, strings), 1, arguments.repeats)
    report("generate, one by one", single)

    print("ratios")
    for name, other in (("batched", batched), ("one by one", single)):
        report(f"over generate {name} (aim {TARGETS[name]})", scored.over(other))


if __name__ == "__main__":
    main()
