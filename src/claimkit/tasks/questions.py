"""Questions with their demonstrations: all symbols of a prompt, before any model is chosen.

The demonstrations of string i are drawn afresh for string i, from streams of their own; all tasks
of a group share them, as they share the questions, so that comparisons in a group are paired.
Far retrieval shows demonstrations of non-unique retrieval: it is to differ in the question alone,
and of six or seven symbols only one set of two places is far back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from claimkit.tasks.base import Group
from claimkit.tasks.sampling import Uniforms, check_drawable, sample, stream_seed
from claimkit.tasks.setting import Setting
from claimkit.tasks.strings import Ints, Strings, digests

ABSENT = -1
"""Fills the places of a demonstration that is shorter than others of its stream."""

SHORT_LENGTHS = {
    Group.UNIQUE_RETRIEVAL: (6, 7),
    Group.NON_UNIQUE_RETRIEVAL: (6, 7),
    Group.FAR_RETRIEVAL: (6, 7),
    Group.UNIQUE_COPYING: (5,),
    Group.NON_UNIQUE_COPYING: (5,),
}
"""Lengths of short demonstrations; arXiv:2505.21785, §4.1."""

LONGEST_EXAMPLE = max(SHORT_LENGTHS[Group.UNIQUE_RETRIEVAL])
"""Most symbols of a worked example, which is short whatever the other demonstrations are."""


@dataclass(frozen=True)
class Questions:
    """What a stream asks: strings, and the demonstrations in front of each.

    Attributes:
        strings: The questions.
        demonstrations: One :class:`Strings` per place in the prompt, its contexts padded on the
            right with ``ABSENT``.
    """

    strings: Strings
    demonstrations: tuple[Strings, ...]

    def __getitem__(self, rows: slice) -> Questions:
        """Return some of the questions."""
        return Questions(self.strings[rows], tuple(part[rows] for part in self.demonstrations))

    def digests(self) -> npt.NDArray[np.uint64]:
        """Return a digest per string of all symbols shown, uint64 ``(string,)``."""
        shown = [part.rows() for part in (*self.demonstrations, self.strings)]
        return digests(np.concatenate(shown, axis=1))


def demonstration_lengths(group: Group, setting: Setting) -> tuple[tuple[int, ...], ...]:
    """Return, for each demonstration, the lengths that it may have, each equally likely.

    A template that ends in *+example* shows the first demonstration as a worked example; that one
    is always short.
    """
    short = SHORT_LENGTHS[group]
    others = short if setting.demonstration_length == "short" else (setting.length,)
    first = short if setting.template.endswith("+example") else others
    return (first, *[others] * setting.demonstrations)[: setting.demonstrations]


def shown_group(group: Group) -> Group:
    """Return the group whose strings a group's demonstrations are."""
    return Group.NON_UNIQUE_RETRIEVAL if group is Group.FAR_RETRIEVAL else group


def check_askable(group: Group, setting: Setting) -> None:
    """Raise if the alphabet or the length admits no such question or demonstration.

    Raises:
        NotApplicable: With the number found and the number needed.
    """
    check_drawable(group, setting.length, setting.symbols)
    for length in sorted({n for one in demonstration_lengths(group, setting) for n in one}):
        check_drawable(shown_group(group), length, setting.symbols)


def draw_questions(
    group: Group, setting: Setting, stop: int, start: int = 0, purpose: str = "claim"
) -> Questions:
    """Return questions start … stop − 1 of a stream.

    Args:
        group: The tasks that will share the questions.
        setting: How they will be put.
        stop: One past the last question wanted.
        start: The first question wanted.
        purpose: ``claim`` for what verdicts read; another word gives fresh strings.

    Raises:
        NotApplicable: If there are no such strings.
    """
    check_askable(group, setting)
    seed = stream_seed(group, setting, purpose)
    strings = sample(group, setting.length, setting.symbols, seed, stop, start)
    lengths = demonstration_lengths(group, setting)
    seeds = [stream_seed(group, setting, f"{purpose}/{n}") for n in range(1, len(lengths) + 1)]
    shown = [
        _demonstrations(shown_group(group), drawn, setting.symbols, s, stop, start)
        for drawn, s in zip(lengths, seeds, strict=True)
    ]
    return Questions(strings, tuple(shown))


def _demonstrations(
    group: Group, lengths: tuple[int, ...], symbols: int, seed: int, stop: int, start: int
) -> Strings:
    """Return one demonstration per string, its length drawn from ``lengths``."""
    drawn = [sample(group, length, symbols, seed, stop, start) for length in lengths]
    if len(drawn) == 1:
        return drawn[0]
    widest = max(lengths)
    choice = _choices(seed, len(lengths), stop)[start:]
    padded = [_pad(strings.contexts, widest) for strings in drawn]
    queries = [strings.queries for strings in drawn if strings.queries is not None]
    return Strings(
        np.choose(choice[:, None], padded), np.choose(choice, queries) if queries else None
    )


def _choices(seed: int, options: int, stop: int) -> Ints:
    """Return the first ``stop`` of a stream of choices; a prefix never depends on ``stop``."""
    return Uniforms(seed, 2**32).below(options, stop)


def _pad(contexts: Ints, width: int) -> Ints:
    return np.pad(contexts, ((0, 0), (0, width - contexts.shape[1])), constant_values=ABSENT)
