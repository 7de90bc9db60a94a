"""Copies of the bundled model that are worse by a known change, and what they do.

For benchmarks/gate.py, which prints what the gate says of them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from claimkit.auditing.observing import Observer
from claimkit.auditing.subject import Subject
from claimkit.evidence.samples import Sample
from claimkit.models.spec import ModelSpec
from claimkit.tasks import TASKS, Setting, Task

MODEL = Path("fixtures/models/forward-born")
LAYERS, HEADS, WIDTH = 4, 4, 32
NOISES = (0.05, 0.1, 0.15, 0.2)
NOISE_SEEDS = 2
LENGTHS, SIZE = (10, 30), 64
PURPOSES = ("claim", "fresh")

Change = Callable[[str, np.ndarray], np.ndarray]


def samples(folder: Path, store: Path) -> Iterator[list[Sample]]:
    """Yield a checkpoint's samples of all tasks, bare: the claims' strings, then fresh ones."""
    prepared = Subject.prepare(ModelSpec(str(folder), device="cpu"), store)
    observer = Observer(Subject.open(prepared, store))
    for purpose in PURPOSES:
        yield [
            sample(observer, task, length, purpose) for task in TASKS.values() for length in LENGTHS
        ]


def sample(observer: Observer, task: Task, length: int, purpose: str) -> Sample:
    """Return a model's sample of one stream."""
    symbols = len(observer.subject.prompter(task, Setting(length, 2)).tokens.symbols)
    setting = Setting(length, symbols)
    outcomes = observer.outcomes(task, setting, SIZE, purpose)
    return Sample.of(observer.subject.key(task, setting, purpose), purpose, outcomes)


def degraded(change: Change, folder: Path) -> Path:
    """Write a copy of the model whose weights are changed one by one, by name."""
    shutil.copytree(MODEL, folder)
    weights = load_file(MODEL / "model.safetensors")
    changed = {name: np.ascontiguousarray(change(name, w)) for name, w in weights.items()}
    save_file(changed, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def noised(size: float, seed: int) -> Change:
    """Add Gaussian noise to every matrix, ``size`` times the spread of its own numbers."""
    rng = np.random.default_rng(seed)

    def change(name: str, weight: np.ndarray) -> np.ndarray:
        noise = rng.standard_normal(weight.shape).astype(weight.dtype)
        return weight + size * weight.std() * noise if weight.ndim == 2 else weight

    return change


def without_head(layer: int, head: int) -> Change:
    """Zero what one head writes."""

    def change(name: str, weight: np.ndarray) -> np.ndarray:
        if name != f"model.layers.{layer}.self_attn.o_proj.weight":
            return weight
        kept = weight.copy()
        kept[:, head * WIDTH : (head + 1) * WIDTH] = 0.0
        return kept

    return change


def degradations() -> Iterator[tuple[str, Change]]:
    """Yield every degradation by name."""
    for size in NOISES:
        for seed in range(NOISE_SEEDS):
            yield f"noise {size} (seed {seed})", noised(size, seed)
    for layer in range(LAYERS):
        for head in range(HEADS):
            yield f"head {head} of layer {layer} zeroed", without_head(layer, head)
