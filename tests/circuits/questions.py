"""Copies in the circuits' line, for the bundled controls' tokenizer."""

import numpy as np

from claimkit.circuits.layout import Layout
from claimkit.models.bundled import bundled_models
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.language_model import load
from claimkit.models.spec import ModelSpec
from claimkit.prompts.episodes import Episodes
from claimkit.prompts.tokens import FrameTokens
from claimkit.tasks import UF, UR
from claimkit.training import vocabulary

IDS = vocabulary.ids()
LETTERS = [IDS[letter] for letter in "abcdefghijklmnopqrstuvwxyz"]


def control(name):
    """A bundled control on the CPU."""
    spec = ModelSpec(str(bundled_models() / name), device="cpu")
    return load(Checkpoint.find(spec), spec)


def layout(task, length):
    """Where things stand in these lines, whose marks are one token each."""
    colon = (7,) if task.group.is_retrieval else ()
    return Layout.of(task, length, FrameTokens(("a", "b"), (1, 2), (), (), (9,), colon, (8,)))


def copies(task, length, strings=48, demonstrations=10, seed=0):
    """Questions ``<bos> a b , a b . … x y , x y``, all as long."""
    generator = np.random.default_rng(seed)
    rows = []
    for _ in range(strings):
        row = [IDS["<bos>"]]
        for place in range(demonstrations + 1):
            source = generator.permutation(LETTERS)[:length].tolist()
            row += [IDS["."]] * bool(place)
            row += [*source, IDS[","], *(source if task is UF else source[::-1])]
        rows.append(row)
    tokens = np.array(rows)
    return Episodes(tokens, np.full(strings, tokens.shape[1]), tokens[:, -length:])


def of_two_lengths(task):
    """Questions of the same task, half of them with fewer demonstrations, padded."""
    long, short = copies(task, 6, 4), copies(task, 6, 4, demonstrations=7, seed=1)
    width = long.tokens.shape[1]
    tokens = np.zeros((8, width), np.int64)
    tokens[:4], tokens[4:, : short.tokens.shape[1]] = long.tokens, short.tokens
    lengths = np.concatenate([long.lengths, short.lengths])
    return Episodes(tokens, lengths, np.concatenate([long.answers, short.answers]))


def retrievals(task, length, strings=8, demonstrations=4, seed=0):
    """Questions ``<bos> a b c | b : c`` and so on, in lines of their own."""
    generator = np.random.default_rng(seed)
    rows = []
    for _ in range(strings):
        row = [IDS["<bos>"]]
        for line in range(demonstrations + 1):
            context = generator.permutation(LETTERS)[:length].tolist()
            place = int(generator.integers(1, length - 1))
            answer = context[place + (1 if task is UR else -1)]
            row += [IDS["\n"]] * bool(line)
            row += [*context, IDS["|"], context[place], IDS[":"], answer]
        rows.append(row)
    tokens = np.array(rows)
    return Episodes(tokens, np.full(strings, tokens.shape[1]), tokens[:, -1:])
