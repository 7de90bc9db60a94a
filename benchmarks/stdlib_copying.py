"""What a model of text copies: random token sequences, begun again in the same order or in reverse.

stdlib-born was trained on Python source and on no task. Each source holds different tokens, drawn
from the whole vocabulary; it is shown once, then repeated, and each token of the second time but
the first is asked for with all before it given. A model that copies no order is right as often as
chance, one that notes which tokens were there is right once in as many as the source has. About a
minute on one core. Prints Markdown:

    python benchmarks/stdlib_copying.py [--model DIR] [--lengths 5,10,20,50] [--sequences 1024]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel

from claimkit.models.bundled import bundled_models
from claimkit.training.text.copying import DIRECTIONS, Ints, continued_right, repeated

ROWS = 64
SEED = 2025


def nats(model: PreTrainedModel, sequences: Ints) -> tuple[float, float]:
    """Return the mean loss per token of the sources and of their repetition, first tokens left out.

    Both in nats; what the second is lower by was learned from the first.
    """
    length = sequences.shape[1] // 2
    sums = np.zeros(2)
    with torch.no_grad():
        for rows in torch.split(torch.from_numpy(sequences), ROWS):
            scores = model(input_ids=rows).logits[:, :-1].float().log_softmax(-1)
            losses = -scores.gather(-1, rows[:, 1:, None])[..., 0]
            sums += [float(losses[:, 1:length].sum()), float(losses[:, length + 1 :].sum())]
    first, second = sums / (len(sequences) * (length - 1))
    return float(first), float(second)


def row(model: PreTrainedModel, tokens: Ints, begin: int, length: int, sequences: int) -> str:
    """Return a line of the table: both directions at one length."""
    cells = [str(length)]
    for direction in DIRECTIONS:
        asked = repeated(tokens, direction, length, sequences, SEED, begin)
        shares = continued_right(model, asked).mean(axis=1)
        error = shares.std(ddof=1) / np.sqrt(len(shares))
        first, second = nats(model, asked)
        cells += [f"{shares.mean():.2%} ± {1.96 * error:.2%}", f"{first:.2f} → {second:.2f}"]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure a model and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--model", type=Path, default=bundled_models() / "stdlib-born")
    options.add_argument("--lengths", default="5,10,20,50")
    options.add_argument("--sequences", type=int, default=1024)
    chosen = options.parse_args()
    torch.set_num_threads(1)
    model = AutoModelForCausalLM.from_pretrained(chosen.model).eval()
    tokenizer = AutoTokenizer.from_pretrained(chosen.model)
    special = set(tokenizer.all_special_ids)
    tokens = np.array([i for i in range(len(tokenizer)) if i not in special])
    print(f"{chosen.model.name}: chance is {1 / len(tokens):.2%}; {chosen.sequences} sequences\n")
    print("| length | forward: right | nats | backward: right | nats |")
    print("|---|---|---|---|---|")
    for length in map(int, chosen.lengths.split(",")):
        print(row(model, tokens, tokenizer.bos_token_id, length, chosen.sequences), flush=True)


if __name__ == "__main__":
    main()
