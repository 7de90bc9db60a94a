"""Seeded samplers of strings: string i depends on the setting, the seed and i, on nothing else.

Strings are drawn in blocks of 256 by a counter-based generator (Philox, keyed by the seed and set
to the block's number), always a whole block at a time, so neither batch sizes nor the order of
requests change a string. Only the generator's raw bits are used, whose stream numpy guarantees;
the maps from bits to symbols are written here, because those of ``numpy.random.Generator`` may
change between releases.

Source: arXiv:2505.21785, the published generator of the prompting experiments.
Differs: where that generator is silent on non-unique sources of at most 5 symbols, two random
places are made equal and the rest is uniform; a set of k non-adjacent places is uniform over all
such sets. Far retrieval is ours.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum
from hashlib import sha256

import numpy as np
import numpy.typing as npt

from claimkit.errors import InvalidInput, NotApplicable
from claimkit.tasks.base import Group
from claimkit.tasks.places import first_place, last_place, most_occurrences, pool_size
from claimkit.tasks.setting import Setting
from claimkit.tasks.strings import Ints, Strings

SAMPLER_VERSION = 1
"""Raised when a seed would give other strings; evidence of another version is not comparable."""

BLOCK = 256

Floats = npt.NDArray[np.float64]


class Uniforms:
    """A stream of uniform numbers whose values depend on (key, counter) alone."""

    def __init__(self, key: int, counter: int) -> None:
        """Start the stream of this 128-bit key at this 64-bit block counter."""
        self._bits = np.random.Philox(key=key, counter=[0, 0, 0, counter])

    def floats(self, *shape: int) -> Floats:
        """Return float64 uniform on [0, 1)."""
        raw = self._bits.random_raw(int(np.prod(shape)))
        return (np.asarray(raw) >> np.uint64(11)).astype(np.float64).reshape(shape) * 2.0**-53

    def below(self, bound: int | Ints, *shape: int) -> Ints:
        """Return ints uniform on 0 … bound − 1; ``bound`` may vary by row."""
        return np.floor(self.floats(*shape) * bound).astype(np.int64)


def stream_seed(group: StrEnum, setting: Setting, purpose: str = "claim") -> int:
    """Return the seed of a stream of strings, which follows from the setting and the group.

    Args:
        group: The group whose tasks share the strings, of symbols or of texts.
        setting: Every field counts: another template asks about other strings.
        purpose: ``claim`` for what verdicts read; another word gives fresh strings.
    """
    key = json.dumps([purpose, group.value, setting.canonical()], sort_keys=True)
    return int.from_bytes(sha256(key.encode()).digest()[:8], "little")


def shortest(group: Group) -> int:
    """Return the least length at which the group has strings."""
    return {
        Group.UNIQUE_RETRIEVAL: 3,
        Group.NON_UNIQUE_RETRIEVAL: 6,
        Group.FAR_RETRIEVAL: 6,
        Group.UNIQUE_COPYING: 1,
        Group.NON_UNIQUE_COPYING: 2,
    }[group]


def symbols_needed(group: Group, length: int) -> int:
    """Return the least size of the alphabet from which strings of this length can be drawn."""
    return length if group is Group.UNIQUE_COPYING else 2


def check_drawable(group: Group, length: int, symbols: int) -> None:
    """Raise if the group has no strings of this length over so many symbols.

    Raises:
        NotApplicable: With the number found and the number needed.
    """
    if length < shortest(group):
        raise NotApplicable(f"{group} needs at least {shortest(group)} symbols, length is {length}")
    if symbols < symbols_needed(group, length):
        raise NotApplicable(
            f"too few symbols: {group} of length {length} needs an alphabet of "
            f"{symbols_needed(group, length)}, found {symbols}"
        )


def sample(
    group: Group, length: int, symbols: int, seed: int, stop: int, start: int = 0
) -> Strings:
    """Return strings start … stop − 1 of a stream.

    Args:
        group: Which kind of strings.
        length: Symbols of each context or source.
        symbols: Size of the alphabet; symbols are 0 … symbols − 1.
        seed: Of the stream, from :func:`stream_seed`.
        stop: One past the last string wanted.
        start: The first string wanted.

    Raises:
        NotApplicable: If there are no such strings; see :func:`check_drawable`.
        InvalidInput: If the range is empty or negative.
    """
    check_drawable(group, length, symbols)
    if not 0 <= start < stop:
        raise InvalidInput(f"a range of strings is 0 ≤ start < stop, got start={start} stop={stop}")
    key = _key(group, length, symbols, seed)
    draw = _DRAW[group]
    first, last = start // BLOCK, (stop - 1) // BLOCK
    numbers = range(first, last + 1)
    blocks = [draw(Uniforms(key, block), BLOCK, length, symbols) for block in numbers]
    contexts = np.concatenate([b.contexts for b in blocks])
    queries = (
        np.concatenate([b.queries for b in blocks if b.queries is not None])
        if group.is_retrieval
        else None
    )
    offset = first * BLOCK
    return Strings(contexts, queries)[start - offset : stop - offset]


def _key(group: Group, length: int, symbols: int, seed: int) -> int:
    """Return the generator's key: everything that a stream of strings depends on."""
    text = json.dumps([SAMPLER_VERSION, group.value, length, symbols, seed])
    return int.from_bytes(sha256(text.encode()).digest()[:16], "little")


def _others(uniforms: Uniforms, queries: Ints, length: int, symbols: int) -> Ints:
    """Return ``(string, place)`` uniform over the alphabet without each row's query."""
    drawn = uniforms.below(symbols - 1, len(queries), length)
    return drawn + (drawn >= queries[:, None])


def draw_unique_retrieval(uniforms: Uniforms, n: int, length: int, symbols: int) -> Strings:
    """Return contexts that hold the query once, uniformly among places with two neighbours."""
    queries = uniforms.below(symbols, n)
    places = 1 + uniforms.below(length - 2, n)
    contexts = _others(uniforms, queries, length, symbols)
    contexts[np.arange(n), places] = queries
    return Strings(contexts, queries)


def draw_non_unique_retrieval(uniforms: Uniforms, n: int, length: int, symbols: int) -> Strings:
    """Return contexts that hold the query k ≥ 2 times, at places that are not adjacent.

    k is uniform on 2 … max(2, ⌊length / 5⌋); the first two places and the last stay free, so the
    first occurrence has a left neighbour that is no border and the last has a right one.
    """
    return _draw_repeated(Group.NON_UNIQUE_RETRIEVAL, uniforms, n, length, symbols)


def draw_far_retrieval(uniforms: Uniforms, n: int, length: int, symbols: int) -> Strings:
    """Return contexts that hold the query k ≥ 2 times in their first half, at places not adjacent.

    k is uniform on 2 … max(2, ⌊length / 10⌋), the places are 2 … max(4, ⌊length / 2⌋ − 1): from 12
    symbols on, at least half of the context stands between the answer and the query.
    """
    return _draw_repeated(Group.FAR_RETRIEVAL, uniforms, n, length, symbols)


def _draw_repeated(group: Group, uniforms: Uniforms, n: int, length: int, symbols: int) -> Strings:
    """Return contexts that hold the query as often, and at such places, as the group admits."""
    queries = uniforms.below(symbols, n)
    times = 2 + uniforms.below(most_occurrences(group, length) - 1, n)
    contexts = _others(uniforms, queries, length, symbols)
    free = last_place(group, length) - first_place(group) + 1
    chosen = first_place(group) + spread_places(uniforms.floats(n, free), times)
    rows, columns = np.nonzero(np.arange(chosen.shape[1]) < times[:, None])
    contexts[rows, chosen[rows, columns]] = queries[rows]
    return Strings(contexts, queries)


def spread_places(keys: Floats, times: Ints) -> Ints:
    """Return, for every row, a uniform set of non-adjacent places.

    Choosing k of m places without neighbours is choosing k of m − k + 1 and moving the j-th chosen
    one j places to the right.

    Args:
        keys: Float ``(string, m)``, uniform.
        times: Int ``(string,)``, how many places; at most (m + 1) // 2.

    Returns:
        Int ``(string, max(times))``, ascending; row i means its first ``times[i]`` entries.
    """
    m, most = keys.shape[1], int(times.max())
    allowed = np.arange(m) < (m - times + 1)[:, None]
    order = np.argsort(np.where(allowed, keys, 2.0), axis=1, kind="stable")[:, :most]
    wanted = np.arange(most) < times[:, None]
    return np.sort(np.where(wanted, order, m), axis=1) + np.arange(most)


def draw_unique_copying(uniforms: Uniforms, n: int, length: int, symbols: int) -> Strings:
    """Return sources drawn without replacement, every order equally likely."""
    order = np.argsort(uniforms.floats(n, symbols), axis=1, kind="stable")
    return Strings(order[:, :length].astype(np.int64))


def draw_non_unique_copying(uniforms: Uniforms, n: int, length: int, symbols: int) -> Strings:
    """Return sources with repeats.

    Up to 5 symbols: two random places hold the same symbol, the rest is uniform. Longer: a pool of
    min(⌊N/2⌋, max(2, ⌊N/3⌋), symbols) symbols, each placed twice, the rest drawn from the pool, all
    shuffled.
    """
    if length <= 5:
        contexts = uniforms.below(symbols, n, length)
        pair = np.argsort(uniforms.floats(n, length), axis=1, kind="stable")[:, :2]
        rows = np.arange(n)
        contexts[rows, pair[:, 1]] = contexts[rows, pair[:, 0]]
        return Strings(contexts)
    size = pool_size(length, symbols)
    pool = np.argsort(uniforms.floats(n, symbols), axis=1, kind="stable")[:, :size]
    rest = np.take_along_axis(pool, uniforms.below(size, n, length - 2 * size), axis=1)
    placed = np.concatenate([pool, pool, rest], axis=1)
    shuffle = np.argsort(uniforms.floats(n, length), axis=1, kind="stable")
    return Strings(np.take_along_axis(placed, shuffle, axis=1).astype(np.int64))


_DRAW: dict[Group, Callable[[Uniforms, int, int, int], Strings]] = {
    Group.UNIQUE_RETRIEVAL: draw_unique_retrieval,
    Group.NON_UNIQUE_RETRIEVAL: draw_non_unique_retrieval,
    Group.FAR_RETRIEVAL: draw_far_retrieval,
    Group.UNIQUE_COPYING: draw_unique_copying,
    Group.NON_UNIQUE_COPYING: draw_non_unique_copying,
}
