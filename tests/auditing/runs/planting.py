"""Runs whose weights are written by hand, so that what they can do is known and takes no training.

A GPT-2 of two layers. In the first, one head brings every token the one before it and one the token
two before. In the second, a query looks for its own symbol, or for what followed it, and takes what
stands beside it. An answer that stands two behind the separating mark is followed by the end.

Every space of the residual stream holds one-hot vectors, so layer norms only scale and shift.
"""

import json

import torch
from transformers import GPT2Config, GPT2LMHeadModel

from claimkit.training.runs import scratch_folder
from claimkit.training.scratch.examples import Marks
from claimkit.training.scratch.recipe import Learning, ScratchRecipe, Sizes
from claimkit.training.scratch.tokenizing import save_tokenizer

BINS = ((6, 8), (9, 12), (13, 16))
SHARP = 40.0
"""By how much a match beats all others, in logits of attention."""


def tiny_recipe(task, architecture="gpt2", seed=1, bins=BINS, symbols=None):
    """A recipe whose strings are short, and which nobody trains."""
    unique = task in ("UR", "UL", "UF", "UB")
    return ScratchRecipe(
        task,
        architecture,
        seed,
        "small",
        Sizes(2, 2, 64),
        Learning(1e-3),
        bins=bins,
        symbols=symbols or (bins[-1][1] if unique else 5),
    )


def write_run(root, recipe, model):
    """Write a run folder as a finished training leaves it."""
    folder = scratch_folder(root, recipe)
    folder.mkdir(parents=True)
    save_tokenizer(folder, recipe)
    (folder / "recipe.json").write_text(json.dumps(recipe.as_dict()))
    exam = {"bin 1": 1.0, "bin 2": 0.5, "bin 3": 0.25}
    (folder / "log.jsonl").write_text(json.dumps({"step": 100, "loss": 0.1, "exam": exam}) + "\n")
    model.save_pretrained(str(folder))
    return folder


def plant(root, task, *, upto=None, **recipe):
    """Write a run that can do UR, UL, NRFirst, NLFirst or NRLast at all lengths.

    Args:
        root: Of the runs.
        task: What it can do.
        upto: From this position on it no longer knows where it is, and answers wrongly.
        recipe: As for :func:`tiny_recipe`.
    """
    made = tiny_recipe(task, **recipe)
    return write_run(root, made, solver(made, upto=upto))


def solver(recipe, *, upto=None):
    """A model that does a retrieval task by construction."""
    vocabulary, places = Marks.behind(recipe.symbols).vocabulary, recipe.positions
    spaces = _spaces(tok=vocabulary, pos=places, prev=vocabulary, prev2=vocabulary, out=vocabulary)
    width = 2 * -(-max(space.stop for space in spaces.values()) // 2)
    model = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=vocabulary,
            n_positions=places,
            n_embd=width,
            n_layer=2,
            n_head=2,
            n_inner=1,
            tie_word_embeddings=False,
            bos_token_id=recipe.symbols,
            eos_token_id=recipe.symbols + 2,
        )
    ).requires_grad_(False)
    for name, weight in model.named_parameters():
        weight.fill_(1.0 if ".ln_" in name and name.endswith("weight") else 0.0)
    body = model.transformer
    body.wte.weight[:, spaces["tok"]] = torch.eye(vocabulary)
    body.wpe.weight[:, spaces["pos"]] = torch.eye(places)
    if upto is not None:
        body.wpe.weight[upto:] = body.wpe.weight[0]
    first, second = (layer.attn for layer in body.h)
    for head, (back, space) in enumerate(((1, "prev"), (2, "prev2"))):
        shift = torch.eye(places).roll(-back, dims=1)
        shift[:back] = 0.0
        shift[:back, 0] = 1.0
        _attend(first, head, 2, spaces["pos"], shift, spaces["pos"], torch.eye(places))
        _move(first, head, 2, spaces["tok"], spaces[space])
    sought, taken = ("prev", "tok") if recipe.known.step > 0 else ("tok", "prev")
    same = torch.eye(vocabulary)
    _attend(second, 0, 4, spaces["tok"], same, spaces[sought], same)
    _prefer(second, spaces["pos"], {"first": -1.0, "last": 1.0}.get(recipe.known.occurrence, 0.0))
    _move(second, 0, 4, spaces[taken], spaces["out"])
    _answer(model, recipe, spaces)
    return model


def _spaces(**sizes):
    """Where each space lies in the residual stream."""
    spaces, start = {}, 0
    for name, size in sizes.items():
        spaces[name] = slice(start, start + size)
        start += size
    return spaces


def _norm(width, ones):
    """What a layer norm makes of a one and of a zero, where so many entries are ones."""
    mean = ones / width
    scale = (mean - mean**2 + 1e-5) ** -0.5
    return (1 - mean) * scale, -mean * scale


def _attend(attention, head, ones, queries, want, keys, have):
    """Let a head attend where ``want`` of the query's space agrees with ``have`` of the key's."""
    width = attention.embed_dim
    hot, cold = _norm(width, ones)
    size, size_needed = width // attention.num_heads, want.shape[1]
    assert size_needed <= size
    strength = (SHARP * size**0.5) ** 0.5 / (hot - cold)
    start = head * size
    weight = attention.c_attn.weight
    weight[queries, start : start + size_needed] = strength * want
    weight[keys, width + start : width + start + size_needed] = strength * have


def _prefer(attention, positions, sign):
    """Let the second layer's first head lean to later keys, or to earlier ones."""
    width = attention.embed_dim
    size = width // attention.num_heads
    places = positions.stop - positions.start
    hot, cold = _norm(width, 4)
    last = size - 1
    lean = sign * SHARP / 2 * torch.arange(places) / places
    attention.c_attn.bias[last] = size**0.5
    attention.c_attn.weight[positions, width + last] = lean / (hot - cold)


def _move(attention, head, ones, source, target):
    """Let a head write what it attends to from one space into another, one-hot again."""
    width = attention.embed_dim
    hot, cold = _norm(width, ones)
    count, start = source.stop - source.start, head * (width // attention.num_heads)
    column = 2 * width + start
    attention.c_attn.weight[source, column : column + count] = torch.eye(count) / (hot - cold)
    attention.c_attn.bias[column : column + count] = -cold / (hot - cold)
    attention.c_proj.weight[start : start + count, target] = torch.eye(count)


def _answer(model, recipe, spaces):
    """Name the symbol that was found; behind an answer, the end."""
    marks, out, prev2 = Marks.behind(recipe.symbols), spaces["out"], spaces["prev2"]
    for symbol in range(recipe.symbols):
        model.lm_head.weight[symbol, out.start + symbol] = 1.0
    model.lm_head.weight[marks.eos, prev2.start + marks.sep] = 3.0
