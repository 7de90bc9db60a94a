"""Steps: which checkpoint of a training run a name stands for, and every effect over the steps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, final

from claimkit.evidence.verdicts import Judgement
from claimkit.reporting.sides import Side

_STEP: Final = re.compile(r"(?:^|[-_.=]|step|checkpoint|iter|epoch)(\d+)(?:-hf)?$")
_LENGTH: Final = re.compile(r" at length (\d+)(?:, )?")


def step_of(name: str) -> int | None:
    """Return the step that a checkpoint's name ends with, or None.

    >>> [step_of(name) for name in ("checkpoint-500", "step_500", "tiny-lm-1000", "step50", "tiny")]
    [500, 500, 1000, 50, None]
    """
    found = _STEP.search(name.rstrip("/"))
    return int(found[1]) if found else None


def in_order(sides: Sequence[Side]) -> tuple[Side, ...]:
    """Return sides with their steps, the earliest first; as given unless each has its own step."""
    steps = [step_of(side.name) for side in sides]
    if None in steps or len(set(steps)) < len(steps):
        return tuple(sides)
    stepped = [replace(side, step=step) for side, step in zip(sides, steps, strict=True)]
    return tuple(sorted(stepped, key=lambda side: side.step or 0))


@final
@dataclass(frozen=True)
class Line:
    """One effect over some runs.

    Attributes:
        name: Such as ``length 30``; empty if the effect has no length of its own.
        judgements: One per run, in their order; None where a run did not judge it.
    """

    name: str
    judgements: tuple[Judgement | None, ...]


@final
@dataclass(frozen=True)
class Panel:
    """The effects that one claim compares in one way, at all lengths.

    Attributes:
        claim: The claim's number; may be empty.
        says: The claim in words.
        what: Such as ``UR − UL, template rule``.
        needs: What the claim needs, such as ``> 0``.
        lines: By length, the shortest first.
    """

    claim: str
    says: str
    what: str
    needs: str
    lines: tuple[Line, ...]


def effects(sides: Sequence[Side]) -> tuple[Panel, ...]:
    """Return every effect that some of the runs measured, in the order of the claims."""
    panels: dict[tuple[str, str, str], dict[str, list[Judgement | None]]] = {}
    says: dict[str, str] = {}
    for place, side in enumerate(sides):
        for record in side.run.claims:
            for judgement in record.judgements:
                if judgement.estimate is not None:
                    what, length = _split(judgement.label)
                    lines = panels.setdefault((record.claim, what, judgement.needs), {})
                    nothing: list[Judgement | None] = [None] * len(sides)
                    lines.setdefault(length, nothing)[place] = judgement
                    says.setdefault(record.claim, record.says)
    return tuple(
        Panel(claim, says[claim], what, needs, _lines(lines))
        for (claim, what, needs), lines in panels.items()
    )


def _split(label: str) -> tuple[str, str]:
    """Return a label without its length, and the length in words."""
    found = _LENGTH.search(label)
    if found is None:
        return label, ""
    rest = label[found.end() :]
    return f"{label[: found.start()]}{', ' if rest else ''}{rest}", f"length {found[1]}"


def _lines(found: dict[str, list[Judgement | None]]) -> tuple[Line, ...]:
    ordered = sorted(found, key=lambda name: int(name.rpartition(" ")[2] or 0))
    return tuple(Line(name, tuple(found[name])) for name in ordered)
