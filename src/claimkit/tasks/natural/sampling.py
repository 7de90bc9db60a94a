"""Seeded passages: passage i depends on the group, the length, the seed and i, on nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b, sha256
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from claimkit.errors import InvalidInput
from claimkit.tasks.natural.base import NaturalGroup
from claimkit.tasks.natural.commits import draw_commits
from claimkit.tasks.natural.exact import draw_dna, draw_hash, draw_uuids
from claimkit.tasks.natural.lorem import draw_lorem
from claimkit.tasks.natural.prose import draw_prose, prose_starts
from claimkit.tasks.sampling import Uniforms

NATURAL_SAMPLER_VERSION = 1
"""Raised when a seed would give other passages, also by a change of the words or texts shipped."""

_DRAW: Mapping[NaturalGroup, Callable[[Uniforms, int], str]] = MappingProxyType(
    {
        NaturalGroup.LOREM: draw_lorem,
        NaturalGroup.PROSE: draw_prose,
        NaturalGroup.COMMITS: draw_commits,
        NaturalGroup.HASHES: draw_hash,
        NaturalGroup.DNA: draw_dna,
        NaturalGroup.UUIDS: draw_uuids,
    }
)


def check_passages(group: NaturalGroup, length: int) -> None:
    """Raise if the group has no passages of this length.

    Raises:
        InvalidInput: If the length is less than 1.
        NotApplicable: If claimkit ships no prose of this length.
    """
    if length < 1:
        raise InvalidInput(f"a passage has at least 1 {group.unit}, got length={length}")
    if group is NaturalGroup.PROSE:
        prose_starts(length)


def draw_passages(
    group: NaturalGroup, length: int, seed: int, stop: int, start: int = 0
) -> tuple[str, ...]:
    """Return what is shown in questions start … stop − 1 of a stream.

    Args:
        group: Which kind of passages.
        length: In the group's unit. Where that is a token, a passage has at least so many words,
            and the prompt cuts it.
        seed: Of the stream.
        stop: One past the last passage wanted.
        start: The first passage wanted.

    Raises:
        InvalidInput: If the length is less than 1, or the range is empty or negative.
        NotApplicable: If claimkit ships no prose of this length.
    """
    check_passages(group, length)
    if not 0 <= start < stop:
        raise InvalidInput(
            f"a range of passages is 0 ≤ start < stop, got start={start} stop={stop}"
        )
    key = _key(group, length, seed)
    return tuple(
        draw_passage(group, Uniforms(key, number), length) for number in range(start, stop)
    )


def draw_passage(group: NaturalGroup, uniforms: Uniforms, length: int) -> str:
    """Return one passage, as random numbers from elsewhere have it.

    Args:
        group: Which kind of passage.
        uniforms: Where random numbers come from.
        length: In the group's unit; see :func:`draw_passages`.

    Raises:
        NotApplicable: If claimkit ships no prose of this length.
    """
    return _DRAW[group](uniforms, length)


def _key(group: NaturalGroup, length: int, seed: int) -> int:
    """Return the generator's key: everything that a stream of passages depends on."""
    text = json.dumps(["natural", NATURAL_SAMPLER_VERSION, group.value, length, seed])
    return int.from_bytes(sha256(text.encode()).digest()[:16], "little")


def passage_digests(passages: Sequence[str]) -> npt.NDArray[np.uint64]:
    """Return a 64-bit digest of every passage, the same on every machine; uint64 ``(passage,)``."""
    parts = [blake2b(shown.encode(), digest_size=8).digest() for shown in passages]
    return np.frombuffer(b"".join(parts), dtype="<u8").astype(np.uint64)
