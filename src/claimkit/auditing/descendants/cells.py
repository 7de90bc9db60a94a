"""Cells: what descendants can do in each bin beside what their base could, for reports."""

from __future__ import annotations

from typing import Final

from claimkit.auditing.descendants.family import Family, Line
from claimkit.auditing.descendants.strings import DOUBLED, TRAINED
from claimkit.crasp.registry import expressibility
from claimkit.evidence.learning import FINETUNED, Learning, RunFigure

_PERFECT: Final = 1.0
"""The paper's figure for every expressible task at doubled lengths; for others it shows drops."""


def cells_of(family: Family, line: Line) -> tuple[Learning, ...]:
    """Return the figures of the doubled lengths, which are judged, and of those trained on."""
    before = float(family.before(line.task).right.mean())
    expressible = expressibility(line.task.name).expressible
    doubled = tuple(float(found.right.mean()) for found in family.doubled(line))
    return (
        _cell(family, line, DOUBLED, doubled, _PERFECT if expressible else None, before),
        _cell(family, line, TRAINED, line.shares),
    )


def _cell(
    family: Family,
    line: Line,
    place: int,
    shares: tuple[float, ...],
    published: float | None = None,
    before: float | None = None,
) -> Learning:
    low, high = line.recipe.strings_of(place)
    strings = len(line.trained[0])
    figures = (
        RunFigure(run.recipe.seed, share, strings, learned, run.curve(place))
        for run, share, learned in zip(line.runs, shares, line.learned, strict=True)
    )
    return Learning(
        task=line.task.name,
        architecture=family.name,
        place=place,
        shortest=low,
        longest=high,
        runs=tuple(figures),
        published=published,
        kind=FINETUNED,
        before=before,
        judged=place == DOUBLED,
    )
