"""Comparison: is a model worse than it was, beyond noise, task by task and setting by setting?

Two samples of the same strings are paired string by string, else they are compared unpaired (see
:mod:`claimkit.evidence.exact_tests`). A run compares many streams; what it calls *worse* is decided
for all of them together, so that the whole run errs with probability at most alpha.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from hashlib import blake2b

from claimkit.errors import InvalidInput
from claimkit.evidence import exact_tests
from claimkit.evidence.changes import Change, Compared, Comparison, sentence
from claimkit.evidence.exact_tests import Chance
from claimkit.evidence.samples import OPENING, Sample
from claimkit.tasks.setting import plural

__all__ = [
    "Change",
    "Compared",
    "Comparison",
    "compare",
    "decide_all",
    "first_lost",
    "pooled",
    "same_strings",
    "sentence",
]


def compare(base: Sample, new: Sample, example: str = "") -> Comparison:
    """Compare two models' samples of one stream.

    They are paired if they are of the same strings, as far as both go; else unpaired. The same
    strings spelt with another alphabet are paired, too: what pairing needs is that the pairs are
    independent of each other, while two models asked the same strings are not, which is what an
    unpaired test would need.

    Args:
        base: The baseline's. Sizes must not depend on outcomes: where one sample was looked at
            until it decided something, only its first look is free of selection.
        new: That of the model under test.
        example: The question that :func:`first_lost` names, with its right answer.

    Raises:
        InvalidInput: If the samples are of different tasks or settings, or one is empty.
    """
    _require_comparable(base, new)
    paired = same_strings(base, new)
    if paired:
        shared = min(base.size, new.size)
        base, new = base.first(shared), new.first(shared)
    pairs = list(zip(base.right, new.right, strict=False))
    flipped = first_lost(base, new)
    figures = Comparison(
        stream=new.stream,
        label=new.label,
        task=_name(new),
        base_right=base.successes,
        base_strings=base.size,
        new_right=new.successes,
        new_strings=new.size,
        lost=pairs.count((True, False)) if paired else None,
        gained=pairs.count((False, True)) if paired else None,
        worse=1.0,
        better=1.0,
        flipped=flipped,
        example="" if flipped is None else example,
    )
    return _with_p_values(figures, figures.chance)


def same_strings(base: Sample, new: Sample) -> bool:
    """Tell whether two samples are of the same strings, as far as both go.

    The sampler's version vouches for that; openings show whether it was raised when it had to be.
    """
    names = ("task", "setting", "purpose", "sampler_version")
    if any(getattr(base, name) != getattr(new, name) for name in names):
        return False
    # Fewer strings have a digest of fewer, which says nothing of another sample's opening.
    return min(base.size, new.size) < OPENING or base.opening == new.opening


def first_lost(base: Sample, new: Sample) -> int | None:
    """Return the number of the first string that was right and is now wrong.

    None if there is none, or if the samples are of other strings.
    """
    if not same_strings(base, new):
        return None
    pairs = enumerate(zip(base.right, new.right, strict=False))
    return next((at for at, (was, now) in pairs if was and not now), None)


def pooled(comparisons: Iterable[Comparison]) -> tuple[Comparison, ...]:
    """Return one comparison per task that has two streams or more, over all its streams.

    A row sums its streams' figures, and its null is that accuracy fell in none of them. Streams of
    one task are drawn from seeds of their own, so no string occurs in two of a row and their new
    successes are independent: the p-values come from their convolution. Where all streams are
    paired that is the sign test of all discordant strings together. A row of streams of which some
    are not paired has neither ``lost`` nor ``gained``.
    """
    tasks = defaultdict[str, list[Comparison]](list)
    # In one order, because sums of floats depend on it.
    for comparison in sorted(_unique(comparisons), key=lambda one: one.stream):
        tasks[comparison.task].append(comparison)
    return tuple(_pool(task, tasks[task]) for task in sorted(tasks) if len(tasks[task]) > 1)


def decide_all(comparisons: Iterable[Comparison], alpha: float) -> tuple[Compared, ...]:
    """Decide for all comparisons of a run, and one pooled row per task, what may be said.

    A stream that several claims read counts once. Whatever the truth is, the probability that a
    row is called worse whose accuracy did not fall is at most ``alpha``; likewise for better.

    Which streams there are must not depend on their outcomes. A drawn claim comes close to that: it
    ends with the first setting that fails, so a stream's own outcomes have no say in whether it is
    there, only in whether the following ones are. That can favour a chance rise of the baseline: in
    the worst simulation a run of nothing but one drawn ``at_most`` claim erred in 5.4 % instead of
    5 %, and one of a drawn gap in 3.6 %. The more other comparisons a run has, the less it matters.

    Args:
        comparisons: One per stream and claim, in any order.
        alpha: Error rate of the whole run, in (0, 1).

    Returns:
        Pooled rows first, then the streams, each by label.

    Raises:
        InvalidInput: If ``alpha`` is no error rate.
    """
    streams = _unique(comparisons)
    rows = [*_by_label(pooled(streams)), *_by_label(streams)]
    worse = exact_tests.holm([row.worse for row in rows], alpha)
    better = exact_tests.holm([row.better for row in rows], alpha)
    return tuple(
        Compared(
            row,
            Change.WORSE if fell else Change.BETTER if rose else Change.SAME,
            _detectable(row, alpha / len(rows)),
            len(rows),
        )
        for row, fell, rose in zip(rows, worse, better, strict=True)
    )


def _with_p_values(figures: Comparison, chance: Chance) -> Comparison:
    return replace(figures, worse=chance.worse, better=chance.better)


def _require_comparable(base: Sample, new: Sample) -> None:
    """Refuse samples of different questions; only alphabet and seed may differ."""
    if not (base.size and new.size):
        raise InvalidInput(
            f"nothing observed cannot be compared, got {base.size} and {new.size} strings of "
            f"{new.label}; measure at least one string"
        )
    if (_name(base), _asked(base)) != (_name(new), _asked(new)):
        raise InvalidInput(
            f"{base.label} is compared with {new.label}, which are other questions; compare "
            "samples of one task at one setting"
        )


def _name(sample: Sample) -> str:
    return sample.task.partition(" ")[0]


def _asked(sample: Sample) -> object:
    return replace(sample.settings, symbols=1)


def _unique(comparisons: Iterable[Comparison]) -> list[Comparison]:
    """Keep one per stream: the larger; of equal figures one with an example."""
    best = dict[str, Comparison]()
    for one in comparisons:
        best[one.stream] = max(one, best.get(one.stream, one), key=_precedence)
    return list(best.values())


def _precedence(one: Comparison) -> tuple[object, ...]:
    # The digest decides blindly between two baselines of one stream, whatever their order. It
    # comes before the example, which only a stream that lost a string has.
    figures = repr(replace(one, example=""))
    digest = blake2b(figures.encode(), digest_size=8).digest()
    return one.base_strings + one.new_strings, digest, one.example


def _by_label(rows: Iterable[Comparison]) -> list[Comparison]:
    """Sort as people do: length 20 before length 100."""

    def natural(row: Comparison) -> tuple[list[tuple[int, str]], str]:
        parts = re.split(r"(\d+)", row.label)
        return [(int(part) if part.isdecimal() else 0, part) for part in parts], row.stream

    return sorted(rows, key=natural)


def _pool(task: str, streams: list[Comparison]) -> Comparison:
    paired = all(one.lost is not None for one in streams)
    # Its example is one of the stream that lost most; it stands in no stream of the row's own.
    worst = max(streams, key=lambda one: (bool(one.example), -one.change, one.stream))
    figures = Comparison(
        stream=task,
        label=f"{task} over {plural(len(streams), 'setting')}",
        task=task,
        base_right=sum(one.base_right for one in streams),
        base_strings=sum(one.base_strings for one in streams),
        new_right=sum(one.new_right for one in streams),
        new_strings=sum(one.new_strings for one in streams),
        lost=sum(one.lost or 0 for one in streams) if paired else None,
        gained=sum(one.gained or 0 for one in streams) if paired else None,
        worse=1.0,
        better=1.0,
        example=worst.example,
    )
    return _with_p_values(figures, exact_tests.together(one.chance for one in streams))


def _detectable(row: Comparison, level: float) -> float | None:
    """Return the smallest drop that is called worse at a level, were no string gained.

    Of a row that pools unpaired streams it is that of the test of their sums.
    """
    if row.lost is not None:
        losses = exact_tests.least_losses(row.base_right, level)
        return None if losses is None else losses / row.base_strings
    most = exact_tests.most_right(row.base_right, row.base_strings, row.new_strings, level)
    if most is None:
        return None
    return row.base_right / row.base_strings - most / row.new_strings
