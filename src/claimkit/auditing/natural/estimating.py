"""The value of each kind of request about texts, with its interval; and where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from claimkit.auditing.elicitation import CLEAR, Floor, floor
from claimkit.auditing.natural.requests import GlitchExcess, SettledText, TextAccuracy, TextGap
from claimkit.errors import NotApplicable
from claimkit.evaluation.glitches.counting import glitches
from claimkit.evaluation.glitches.rates import Rates
from claimkit.evidence.answers import Answers
from claimkit.evidence.intervals import paired_difference, proportion, unpaired_difference
from claimkit.evidence.resampling import share_excess, share_excess_interval
from claimkit.evidence.verdicts import EACH, Estimate, Verdict, number
from claimkit.tasks import Strings, Task

RESAMPLING_SEED: Final = 2025
"""The same answers give the same interval."""

SPEAKS_FOR: Final = 1
"""A copy counts once, however often it goes wrong; so one that goes to pieces decides nothing."""

_COUNTS: Final = ("ambiguous_transitions", "transitions", "ambiguous_aligned", "aligned")


@final
@dataclass(frozen=True)
class TextSight:
    """What one look sees.

    Attributes:
        request: What is asked.
        found: Answers to as many texts for each of its asks.
        tail: The error that each bound may spend.
        strings: For each of its asks the strings of symbols that were asked about, or None.
    """

    request: SettledText
    found: Sequence[Answers]
    tail: float
    strings: Sequence[Strings | None] = ()

    @cached_property
    def rates(self) -> Rates:
        """What became of the paragraphs that were to be copied.

        What is not where an answer should be is no copy, whatever it holds.
        """
        parsed = [one for one in self.found[0].answers if one.parsed]
        rates = Rates.of(glitches(one.gold, one.given) for one in parsed)
        return replace(rates, left_out=rates.left_out + self.found[0].unparsed)

    @property
    def right(self) -> list[NDArray[np.bool_]]:
        """Which texts each ask is right on."""
        return [answers.outcomes.right for answers in self.found]

    def estimate(self, tails: int) -> Estimate:
        """Return the value of the request, its error shared by so many bounds.

        Raises:
            NotApplicable: If there are too few copies, or glitches, to tell where these start.
        """
        tail = self.tail / tails
        if isinstance(self.request, GlitchExcess):
            return _excess(self.rates, tail)
        size = len(self.right[0])
        if isinstance(self.request, TextAccuracy):
            successes = int(self.right[0].sum())
            interval = proportion(successes, size, tail)
            unit = "strings" if isinstance(self.request.task, Task) else "texts"
            return Estimate(successes / size, interval, size, unit=unit, signed=False)
        return _difference(self.request, *self.right, tail=tail)

    @property
    def floor(self) -> Floor:
        """Whether this look shows the model able to do what the request rests on.

        An accuracy is about just that. A gap needs one task that is surely done on a share of more
        than :data:`CLEAR`, and glitches need as many outputs that are copies; where that is surely
        less, it was not elicited. Of symbols, a position heuristic may be right on that many: there
        one task has to clear all of these, as where answers are scored.
        """
        if isinstance(self.request, TextAccuracy):
            return Floor(Verdict.HOLDS, "")
        if isinstance(self.request, TextGap) and isinstance(self.request.first, Task):
            return self._elicited(self.request)
        if isinstance(self.request, GlitchExcess):
            done = [np.arange(len(self.found[0])) < len(self.rates.kept)]
            how = "copied, as far as its length tells,"
        else:
            done, how = self.right, "right"
        bounds = [proportion(int(d.sum()), len(d), self.tail / len(done)) for d in done]
        best = int(np.argmax([each.mean() for each in done]))
        verdict = Verdict.UNDECIDED
        if max(bound.low for bound in bounds) > CLEAR:
            verdict = Verdict.HOLDS
        elif max(bound.high for bound in bounds) < CLEAR:
            verdict = Verdict.FAILS
        said = (
            f"not elicited: {self.request.asks[best].task.name} is {how} on "
            f"{done[best].mean():.3f} of {len(done[best])} texts"
        )
        return Floor(verdict, "; ".join([said, *self.unparsed]))

    def _elicited(self, request: TextGap) -> Floor:
        """Return whether one of two tasks of symbols clears the position heuristics."""
        tasks = [task for task in (request.first, request.second) if isinstance(task, Task)]
        strings = [asked for asked in self.strings if asked is not None]
        outcomes = [answers.outcomes for answers in self.found]
        bar = floor(tasks, outcomes, strings, tail=self.tail)
        return replace(bar, reason="; ".join([bar.reason, *self.unparsed]))

    @property
    def unparsed(self) -> list[str]:
        """A sentence for each ask of which answers were not where they should be."""
        return [
            f"{answers.unparsed} of {len(answers)} answers of {ask.task.name} were not where they "
            "should be and count as wrong"
            for ask, answers in zip(self.request.asks, self.found, strict=True)
            if answers.unparsed
        ]

    @property
    def aside(self) -> str:
        """What a reader wants to know besides the estimate, or nothing."""
        told = [_told(self.rates)] if isinstance(self.request, GlitchExcess) else []
        return "; ".join(filter(None, [*self.unparsed, *told]))


def _difference(
    request: TextGap, first: NDArray[np.bool_], second: NDArray[np.bool_], *, tail: float
) -> Estimate:
    size = len(first)
    if request.paired:
        wins, losses = int(np.sum(first & ~second)), int(np.sum(second & ~first))
        interval = paired_difference(wins, losses, size, tail)
        return Estimate((wins - losses) / size, interval, size)
    one, other = int(first.sum()), int(second.sum())
    interval = unpaired_difference(one, size, other, size, tail)
    return Estimate((one - other) / size, interval, size, unit=EACH)


def _excess(rates: Rates, tail: float) -> Estimate:
    if not rates.kept:
        raise NotApplicable(
            f"none of {rates.left_out} outputs is a copy: each is shorter than 75 % of its "
            "paragraph, or longer than as much more, or not where an answer should be"
        )
    glitchy = np.flatnonzero(rates.column("transitions"))
    if not len(glitchy):
        raise NotApplicable(f"no glitch in {len(rates.kept)} copies")
    # What is expected is told by the same copies: others may have fewer ambiguous tokens.
    hits, trials, base_hits, base_trials = (rates.column(name)[glitchy] for name in _COUNTS)
    interval = share_excess_interval(
        hits,
        trials,
        base_hits,
        base_trials,
        tail=tail,
        generator=np.random.default_rng(RESAMPLING_SEED),
        most=SPEAKS_FOR,
    )
    value = share_excess(hits, trials, base_hits, base_trials, SPEAKS_FOR)
    return Estimate(value, interval, len(glitchy), unit="glitchy copies")


def _told(rates: Rates) -> str:
    """Return the shares that an excess is the difference of, and what was left out."""
    if not rates.total("transitions"):
        return ""
    glitchy = rates.total("transitions")
    said = (
        f"{rates.total('ambiguous_transitions')} of {glitchy} glitches start at ambiguous tokens, "
        f"which are {number(rates.expected_share)} of all copied"
    )
    try:
        shares = [number(rates.success_rate(ambiguous), 4) for ambiguous in (True, False)]
    except NotApplicable:
        return said
    said += f"; copying goes on right after {shares[0]} of them and {shares[1]} of the others"
    said += _as_published(rates)
    if rates.left_out:
        said += f"; {rates.left_out} outputs were no copies"
    return said


def _as_published(rates: Rates) -> str:
    """Return the paper's score, for comparison with its figures only; nothing without types."""
    try:
        scores = [number(rates.published_rate(ambiguous)) for ambiguous in (True, False)]
    except NotApplicable:
        return ""
    return (
        f"; the published score, which counts glitches against unambiguous types, is {scores[0]} "
        f"at ambiguous tokens and {scores[1]} at others"
    )
