"""The strings that models are fine-tuned on and asked about, of many lengths at once.

Source: arXiv:2505.21785, §4.3 and Appendix B.
Differs: every string of a non-unique task draws its small pool of symbols from the whole alphabet,
so that all symbols are learned.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from claimkit.errors import NotApplicable
from claimkit.tasks import Group
from claimkit.tasks.sampling import Uniforms
from claimkit.tasks.strings import Ints
from claimkit.training.scratch.recipe import Lengths
from claimkit.training.scratch.strings import NOTHING, Drawn, draw


def check_alphabet(group: Group, longest: int, symbols: int, pool: int) -> None:
    """Raise if the alphabet is too small for strings up to this length.

    Raises:
        NotApplicable: With the number found and the number needed.
    """
    unique = group is Group.UNIQUE_COPYING
    needed = longest if unique else pool
    if symbols < needed:
        what = f"{group} up to length {longest}" if unique else f"fine-tuning on {group}"
        raise NotApplicable(
            f"too few symbols: {what} needs an alphabet of {needed}, this tokenizer has {symbols}"
        )


def training_strings(
    group: Group,
    uniforms: Uniforms,
    n: int,
    lengths: Lengths,
    symbols: int,
    pool: int,
    questions: int = 1,
) -> Drawn:
    """Return strings to learn from.

    Args:
        group: Whose tasks share them.
        uniforms: Where random numbers come from.
        n: How many strings.
        lengths: The shortest and the longest context or source.
        symbols: Size of the alphabet.
        pool: Symbols of one string of a non-unique task.
        questions: The most questions about one context, all different.
    """
    if group is Group.UNIQUE_RETRIEVAL:
        return _planted(uniforms, n, lengths, symbols, questions)
    if group is Group.UNIQUE_COPYING:
        return draw(group, uniforms, n, lengths, symbols)
    return _renamed(uniforms, draw(group, uniforms, n, lengths, pool, questions), symbols, pool)


def asked_strings(
    group: Group, uniforms: Uniforms, n: int, lengths: Lengths, symbols: int, pool: int
) -> Drawn:
    """Return strings to ask about: every occurrence of a query is in its context's first half."""
    if not group.is_retrieval:
        return training_strings(group, uniforms, n, lengths, symbols, pool)
    if group is Group.UNIQUE_RETRIEVAL:
        return _planted(uniforms, n, lengths, symbols, 1, half=True)
    return _renamed(uniforms, _repeated_in_first_half(uniforms, n, lengths, pool), symbols, pool)


def _planted(
    uniforms: Uniforms, n: int, lengths: Lengths, symbols: int, questions: int, half: bool = False
) -> Drawn:
    """Return contexts with one symbol that occurs once, all others uniform over the rest.

    Symbols that happen to occur once are asked about, too, if there is room for more questions.
    """
    low, high = lengths
    sizes = low + uniforms.below(high + 1 - low, n)
    asked = uniforms.below(symbols, n)
    last = sizes // 2 if half else sizes - 1
    places = 1 + uniforms.below(last - 1, n)
    others = uniforms.below(symbols - 1, n, high)
    contexts = others + (others >= asked[:, None])
    contexts[np.arange(n), places] = asked
    contexts = np.where(np.arange(high) < sizes[:, None], contexts, NOTHING)
    keys = np.where(_once(contexts, sizes), uniforms.floats(n, high), 2.0)
    keys[np.arange(n), places] = -1.0
    order = np.argsort(keys, axis=1, kind="stable")[:, :questions]
    there = np.take_along_axis(keys, order, axis=1) < 1.0
    return Drawn(contexts, sizes, np.where(there, order, NOTHING))


def _once(contexts: Ints, lengths: Ints) -> npt.NDArray[np.bool_]:
    """Return bool ``(string, place)``: symbols with two neighbours that occur nowhere else."""
    times = (contexts[:, :, None] == contexts[:, None, :]).sum(axis=2)
    places = np.arange(contexts.shape[1])
    once: npt.NDArray[np.bool_] = (
        (times == 1) & (places >= 1) & (places <= lengths[:, None] - 2) & (contexts != NOTHING)
    )
    return once


def _repeated_in_first_half(uniforms: Uniforms, n: int, lengths: Lengths, pool: int) -> Drawn:
    """Return contexts over 0 … pool − 1 whose query occurs in the first half alone, at least twice.

    There it stands where an independent draw would put it, and at the places of the two smallest
    of the numbers that decide.
    """
    low, high = lengths
    sizes = low + uniforms.below(high + 1 - low, n)
    asked = uniforms.below(pool, n)
    others = uniforms.below(pool - 1, n, high)
    contexts = others + (others >= asked[:, None])
    places = np.arange(high)
    inside = (places >= 1) & (places < sizes[:, None] // 2)
    keys = np.where(inside, uniforms.floats(n, high), 2.0)
    second = np.sort(keys, axis=1)[:, [1]]
    here = (keys <= second) | (keys < 1 / pool)
    contexts = np.where(here, asked[:, None], contexts)
    contexts = np.where(places < sizes[:, None], contexts, NOTHING)
    return Drawn(contexts, sizes, np.argmax(here, axis=1)[:, None])


def _renamed(uniforms: Uniforms, drawn: Drawn, symbols: int, pool: int) -> Drawn:
    """Return strings over a small pool with symbols of the whole alphabet, drawn for each."""
    n = len(drawn.lengths)
    names = np.argsort(uniforms.floats(n, symbols), axis=1, kind="stable")[:, :pool]
    found = np.take_along_axis(names, np.clip(drawn.contexts, 0, None), axis=1)
    contexts = np.where(drawn.contexts == NOTHING, NOTHING, found).astype(np.int64)
    return Drawn(contexts, drawn.lengths, drawn.queries)
