"""Peak memory of scoring does not grow with vocabulary × prompt length beyond the weights' share.

For each vocabulary and prompt length one subprocess builds a small random-weight Llama, scores
strings with it on the CPU, and reports its peak resident memory, and how much of it came beside
what it had before: interpreter, libraries and weights. Answers have 100 tokens. Linux only, for the
kernel counts the peak.

    python benchmarks/memory.py [--strings 16]
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
from pathlib import Path

WIDTH = 100
SHAPES = [(32_000, 256), (64_000, 256), (32_000, 1024), (64_000, 512), (128_000, 256)]
# Peaks of one shape differ by this much from run to run.
SLACK = 1.25


def resident() -> float:
    """Return the MiB that this process has resident now."""
    import psutil

    return psutil.Process().memory_info().rss / 2**20


def peak() -> float:
    """Return the most MiB that this process had resident since its peak was reset."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 2**10


def measure(vocabulary: int, length: int, strings: int) -> dict[str, float]:
    """Score strings in this process and return what it took, in MiB."""
    import numpy as np
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from claimkit.evaluation.scoring import score
    from claimkit.models.language_model import LanguageModel
    from claimkit.prompts.episodes import Episodes

    torch.set_num_threads(1)
    torch.manual_seed(0)
    shape = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2}
    shape |= {"num_attention_heads": 4, "max_position_embeddings": length + WIDTH}
    config = LlamaConfig(vocab_size=vocabulary, pad_token_id=0, eos_token_id=None, **shape)
    model = LanguageModel.of(LlamaForCausalLM(config), window=length + WIDTH)

    def draw(size: int, count: int) -> Episodes:
        tokens = np.random.default_rng(size).integers(1, vocabulary, size=(count, size))
        return Episodes(tokens, np.full(count, size), tokens[:, -min(WIDTH, size - 1) :])

    # What is loaded at the first pass belongs to the libraries.
    score(model, draw(8, 2))
    gc.collect()
    # From here on, the peak is that of what follows.
    Path("/proc/self/clear_refs").write_text("5")
    before = resident()
    score(model, draw(length + WIDTH, strings))
    weights = sum(weight.nbytes for weight in model.model.parameters()) / 2**20
    return {"weights": weights, "before": before, "peak": peak(), "extra": peak() - before}


def in_subprocess(vocabulary: int, length: int, strings: int) -> dict[str, float]:
    """Return what a process of its own measures."""
    command = [sys.executable, __file__, "--one", str(vocabulary), str(length)]
    done = subprocess.run(
        [*command, "--strings", str(strings)], check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Print the table, or measure one shape."""
    parser = argparse.ArgumentParser(description="Peak resident memory of scoring.")
    parser.add_argument("--strings", type=int, default=16)
    parser.add_argument("--one", type=int, nargs=2, metavar=("VOCABULARY", "LENGTH"))
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(*arguments.one, arguments.strings)))
        return
    print(f"{arguments.strings} strings, answers of {WIDTH} tokens; MiB")
    print(f"{'vocabulary':>10}{'prompt':>8}{'product':>9}{'weights':>9}{'peak':>8}{'extra':>8}")
    extras = []
    for vocabulary, length in SHAPES:
        found = in_subprocess(vocabulary, length, arguments.strings)
        product = vocabulary * length / (SHAPES[0][0] * SHAPES[0][1])
        print(
            f"{vocabulary:>10}{length:>8}{product:>8.0f}×{found['weights']:>9.0f}"
            f"{found['peak']:>8.0f}{found['extra']:>8.0f}",
            flush=True,
        )
        extras.append((product, found["extra"]))
    first = extras[0][1]
    fourfold = max(extra for product, extra in extras if product == 4)
    verdict = "reached" if fourfold <= SLACK * first else "MISSED"
    print(
        f"extra at 4 times vocabulary × prompt: {fourfold / first:.2f} of the first, "
        f"target at most {SLACK}: {verdict}"
    )


if __name__ == "__main__":
    main()
