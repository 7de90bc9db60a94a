"""How fast ``generate`` of claimkit writes against that of transformers, and what is wasted.

The same prompts in the same single batch, no settings, three ways: all answers as long; answers
that end anywhere up to the cap, as those of real prompts do; and the same with a stop string that
is looked for and seldom there. Rates count the tokens of answers, not those behind their end. Both
take turns in every repeat, so that their ratios can be compared between machines. What claimkit
does once for all prompts of a call, finding out how they may be batched, is told apart.

    python benchmarks/generation.py [--device cuda --dtype bfloat16 --width 2048 --layers 16]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from claimkit.evaluation.generation.answers import Answer, Effort
from claimkit.evaluation.generation.generating import generate
from claimkit.models.language_model import LanguageModel
from claimkit.training.text.tokenizer import train_tokenizer

# Its last letter is not rare, so it is looked for now and then.
STOP = ["}\n\nend"]


@dataclass(frozen=True)
class Work:
    """Prompts, how long each answer is, and the model that writes them."""

    model: LanguageModel
    tokenizer: PreTrainedTokenizerFast
    prompts: list[list[int]]
    caps: list[int]
    stop: list[str]

    @property
    def tokens(self) -> int:
        """The tokens of all answers."""
        return sum(self.caps)


def build(arguments: argparse.Namespace) -> tuple[LanguageModel, PreTrainedTokenizerFast]:
    """Return a random Llama, and a tokenizer with a token for each of its ids."""
    text = [" ".join(f"{a}{b}{c}" for a in "abcdefgh" for b in "aeiou" for c in "lmnrst")]
    tokenizer = train_tokenizer(text, vocabulary=400, window=arguments.prompt + arguments.tokens)
    tokenizer.add_tokens([f" word{i}" for i in range(arguments.vocabulary - len(tokenizer))])
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=arguments.vocabulary,
        hidden_size=arguments.width,
        intermediate_size=3 * arguments.width,
        num_hidden_layers=arguments.layers,
        num_attention_heads=arguments.width // 64,
        num_key_value_heads=max(1, arguments.width // 256),
        max_position_embeddings=arguments.prompt + arguments.tokens,
        pad_token_id=0,
        eos_token_id=None,
    )
    model = LlamaForCausalLM(config).to(arguments.device, getattr(torch, arguments.dtype))
    return LanguageModel.of(model, name="random Llama"), tokenizer


# Seconds of each call before its first batch.
BEFORE: list[float] = []


def ours(work: Work) -> Effort:
    """Let claimkit write; return what it took."""
    efforts: list[Effort] = []
    start = time.perf_counter()
    answers: tuple[Answer, ...] = generate(
        work.model,
        work.prompts,
        work.caps,
        tokenizer=work.tokenizer,
        stop=work.stop,
        ends=(),
        batch_size=len(work.prompts),
        progress=efforts.append,
    )
    BEFORE.append(time.perf_counter() - start - sum(effort.seconds for effort in efforts))
    assert [len(answer.tokens) for answer in answers] == work.caps, "a stop string was written"
    assert len(efforts) == 1, f"memory was too small for one batch, {len(efforts)} were made"
    return efforts[0]


def theirs(work: Work) -> Effort:
    """Let transformers write until the longest answer is there; return what it took."""
    model, device = work.model.model, work.model.device
    longest = max(map(len, work.prompts))
    rows = [[0] * (longest - len(prompt)) + prompt for prompt in work.prompts]
    mask = [[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in work.prompts]
    model.generation_config = GenerationConfig(do_sample=False, pad_token_id=0, eos_token_id=None)
    start = time.perf_counter()
    with torch.inference_mode():
        written = model.generate(
            torch.tensor(rows, device=device),
            attention_mask=torch.tensor(mask, device=device),
            max_new_tokens=max(work.caps),
        )[:, longest:].tolist()
    seconds = time.perf_counter() - start
    tokens = sum(map(len, written))
    return Effort(len(rows), tokens, tokens - work.tokens, seconds, "padded")


def compare(label: str, work: Work, repeats: int) -> None:
    """Print one line: the median of each repeat's ratio, and what both wasted."""
    found: dict[Callable[[Work], Effort], list[Effort]] = {ours: [], theirs: []}
    for repeat in range(repeats + 1):
        # Whichever goes first may find a machine that is not warm.
        for one in (ours, theirs) if repeat % 2 else (theirs, ours):
            found[one].append(one(work))
    # The first repeat warms up.
    mine, other = found[ours][1:], found[theirs][1:]
    ratios = [b.seconds / a.seconds for a, b in zip(mine, other, strict=True)]
    rates = [work.tokens / statistics.median(e.seconds for e in some) for some in (mine, other)]
    wasted = f"{mine[0].share_wasted:.3f} and {other[0].share_wasted:.3f}"
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    print(
        f"{label:<14}{rates[0]:9.0f}{rates[1]:14.0f}{statistics.median(ratios):8.2f}"
        f"   {spread:<14}{wasted}",
        flush=True,
    )


def main() -> None:
    """Print the rates, their ratios and the wasted shares."""
    parser = argparse.ArgumentParser(description="generate of claimkit against transformers.")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--rows", type=int, default=16)
    parser.add_argument("--prompt", type=int, default=96, help="the longest; the shortest is half")
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--vocabulary", type=int, default=8000)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    model, tokenizer = build(arguments)
    generator = np.random.default_rng(0)
    lengths = generator.integers(arguments.prompt // 2, arguments.prompt, size=arguments.rows)
    prompts = [generator.integers(3, arguments.vocabulary, size=n).tolist() for n in lengths]
    equal = [arguments.tokens] * arguments.rows
    varied = generator.integers(1, arguments.tokens + 1, size=arguments.rows).tolist()

    parameters = sum(weight.numel() for weight in model.model.parameters()) / 1e6
    print(
        f"Llama, {parameters:.0f} M parameters, {arguments.dtype} on {arguments.device}; "
        f"{arguments.rows} rows, up to {arguments.tokens} tokens after {arguments.prompt}"
    )
    print("tokens/s    claimkit  transformers   ratio   from to        wasted")
    cases = {"equal": (equal, []), "varied": (varied, []), "stop string": (varied, STOP)}
    for label, (caps, stop) in cases.items():
        compare(label, Work(model, tokenizer, prompts, caps, stop), arguments.repeats)
    print(f"once for all prompts of a call: {statistics.median(BEFORE):.2f} s")


if __name__ == "__main__":
    main()
