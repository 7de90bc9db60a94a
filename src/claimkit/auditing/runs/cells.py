"""Cells: what the runs of one task did in each bin, for verdicts, and in words and figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from claimkit.auditing.runs.published import published
from claimkit.auditing.runs.reading import Question, Reader, ScratchRun
from claimkit.auditing.runs.requests import BINS
from claimkit.evidence.learning import Learning, RunFigure
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.verdicts import number
from claimkit.tasks import Copying
from claimkit.tasks.setting import plural
from claimkit.training.runs import LEARNED


@final
@dataclass(frozen=True)
class Ran:
    """What one run did.

    Attributes:
        run: Which.
        own: Its outcomes on its own task at the lengths it was trained on.
        found: Its outcomes in every bin, on whatever it was asked.
    """

    run: ScratchRun
    own: Outcomes
    found: tuple[Outcomes, ...]

    @property
    def learned(self) -> bool:
        """Whether the run counts."""
        return accuracy(self.own) >= LEARNED


@final
@dataclass(frozen=True)
class Runs:
    """What all runs of one task did.

    Attributes:
        ran: By seed; at least one.
        copied: UF or UB where they were asked for every token of a copy, one by one.
    """

    ran: tuple[Ran, ...]
    copied: Copying | None = None

    @staticmethod
    def read(reader: Reader, runs: Sequence[ScratchRun], copied: Copying | None = None) -> Runs:
        """Ask all runs about all bins.

        Args:
            reader: Who asks.
            runs: Of one task, at least one.
            copied: As of :class:`Runs`.
        """
        return Runs(tuple(_ran(reader, run, copied) for run in runs), copied)

    def counting(self, place: int) -> list[Outcomes]:
        """Return the outcomes in one bin of the runs that count."""
        return [ran.found[place - 1] for ran in self.ran if ran.learned]

    def cells(self, judged: int) -> tuple[Learning, ...]:
        """Return the figures of all bins, of which one is judged."""
        return tuple(self._cell(place, place == judged) for place in BINS)

    def published(self, place: int) -> float | None:
        """Return the paper's figure, or None."""
        recipe, by_tokens = self.ran[0].run.recipe, self.copied is not None
        return published(self._task, recipe.architecture, place, step=by_tokens)

    def figures(self, place: int) -> str:
        """Return what the runs that count did, such as ``seeds 1, 2 have 0.999, 1.000``."""
        return _figures([(ran.run.recipe.seed, ran.found[place - 1]) for ran in self._counting])

    def left_out(self) -> str:
        """Say which runs do not count, and why; empty if all do."""
        others = [ran for ran in self.ran if not ran.learned]
        if not others:
            return ""
        recipe = self.ran[0].run.recipe
        low, high = recipe.bins[0]
        told = _figures([(ran.run.recipe.seed, ran.own) for ran in others])
        none = f"no run of {recipe.task} learned its task"
        some = f"{plural(len(others), 'run')} of {recipe.task} left out"
        return (
            f"{some if self._counting else none}: {told} at lengths {low}–{high}, where a run "
            f"counts from {LEARNED} on"
        )

    @property
    def _counting(self) -> list[Ran]:
        return [ran for ran in self.ran if ran.learned]

    @property
    def _task(self) -> str:
        return self.ran[0].run.recipe.task if self.copied is None else self.copied.name

    def _cell(self, place: int, judged: bool) -> Learning:
        recipe = self.ran[0].run.recipe
        low, high = recipe.bins[place - 1]
        return Learning(
            task=self._task,
            architecture=recipe.architecture,
            place=place,
            shortest=low,
            longest=high,
            runs=tuple(_figure(ran, place, self.copied is None) for ran in self.ran),
            published=self.published(place),
            preset=recipe.preset,
            means="" if self.copied is None else f"{recipe.task}, token by token",
            judged=judged,
        )


def accuracy(outcomes: Outcomes) -> float:
    """Return the share of strings that are right."""
    return float(np.mean(outcomes.right))


def _ran(reader: Reader, run: ScratchRun, copied: Copying | None) -> Ran:
    found = tuple(reader.outcomes(Question(run, place, copied)) for place in BINS)
    own = found[0] if copied is None else reader.outcomes(Question(run, 1))
    return Ran(run, own, found)


def _figure(ran: Ran, place: int, trained: bool) -> RunFigure:
    """Return what a run did in a bin, with its exams if they were about the same."""
    found = ran.found[place - 1]
    exams = ran.run.curve(place) if trained else ()
    return RunFigure(ran.run.recipe.seed, accuracy(found), len(found), ran.learned, exams)


def _figures(seeds: Sequence[tuple[int, Outcomes]]) -> str:
    """Return e.g. ``seeds 1, 2 have 0.999, 1.000``."""
    named = ", ".join(str(seed) for seed, _ in seeds)
    told = ", ".join(number(accuracy(found), 3) for _, found in seeds)
    return f"seed{'s' if len(seeds) > 1 else ''} {named} ha{'ve' if len(seeds) > 1 else 's'} {told}"
