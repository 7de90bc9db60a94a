"""From an interval to a verdict, and from a verdict to the sentence that reports it.

A verdict is licensed by a whole interval lying on one side of what a claim needs. Undecided and not
applicable are never a pass.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from claimkit.errors import InvalidInput
from claimkit.evidence.counterexamples import Counterexample
from claimkit.evidence.glimpses import Glimpse
from claimkit.evidence.head_map import HeadMap
from claimkit.evidence.learning import Learning
from claimkit.evidence.samples import Sample

_MOST_DECIMALS = 6

EACH: Final = "strings each"
"""The unit of a sample of so many strings of each of two tasks."""


class Verdict(StrEnum):
    """What the evidence licenses to say about a claim."""

    HOLDS = "holds"
    FAILS = "fails"
    UNDECIDED = "undecided"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class Interval:
    """A closed interval, in the unit of the estimate (fractions, never percent).

    Raises:
        InvalidInput: If an end is not finite or the ends are exchanged.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse what is not an interval, NaN included."""
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low <= self.high):
            raise InvalidInput(
                f"an interval needs finite low <= high, got [{self.low}, {self.high}]"
            )


@dataclass(frozen=True)
class Estimate:
    """A measured value with its interval.

    Attributes:
        value: The point estimate, a fraction or a difference of fractions.
        interval: Where the truth lies, up to the error spent.
        samples: How many strings or pairs were read.
        unit: What ``samples`` counts: ``"pairs"``, ``"strings"``, or :data:`EACH` where two tasks
            have strings of their own.
        signed: Whether the value is a difference, which is printed with its sign.
    """

    value: float
    interval: Interval
    samples: int
    unit: str = "pairs"
    signed: bool = True

    def phrase(self, thresholds: Iterable[float] = ()) -> str:
        """Return e.g. ``−0.04 [−0.07, −0.01] from 2048 pairs``.

        Two decimals, or as many more (up to six) as keep both ends on their side of every
        threshold.
        """
        ends = (self.interval.low, self.interval.high)
        places = _decimals(ends, tuple(thresholds))
        value, low, high = (number(x, places, signed=self.signed) for x in (self.value, *ends))
        measured = f"{value} [{low}, {high}]"
        # An interval of the caller's own comes without a sample.
        return f"{measured} from {self.samples} {self.unit}" if self.samples else measured


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A verdict with everything a report says about it; crosses process borders as a dict.

    Attributes:
        verdict: What the evidence licenses.
        label: What was measured, e.g. ``UR − UL at length 30``.
        needs: What the claim needs, e.g. ``> 0``.
        alpha: Largest probability that this verdict is wrong.
        estimate: The measured value; None if nothing was observed, or there is nothing to estimate.
        thresholds: The numbers that an end of the interval was compared with; they set the
            decimals.
        reason: Why, where the numbers do not say it (not applicable, not elicited).
        seconds: Wall time that the decision took.
        streams: What was read of the streams that the request names, as far as the decision read
            them; settings that only a search tried are left out.
        counterexample: A minimal question that shows why a risk fails, if one was found.
        heads: Every head's mean scores, where heads at one setting were compared.
        learning: What trained models can do, task by task and bin by bin, where they were judged.
        glimpse: Where one output first goes wrong, of those that were read.
    """

    verdict: Verdict
    label: str
    needs: str
    alpha: float
    estimate: Estimate | None = None
    thresholds: tuple[float, ...] = ()
    reason: str = ""
    seconds: float = 0.0
    streams: tuple[Sample, ...] = ()
    counterexample: Counterexample | None = None
    heads: HeadMap | None = None
    learning: tuple[Learning, ...] = ()
    glimpse: Glimpse | None = None

    @property
    def exact(self) -> bool:
        """Whether it is decided without an estimate: a law of theory, checked case by case."""
        return self.estimate is None and self.verdict in (Verdict.HOLDS, Verdict.FAILS)

    def sentence(self) -> str:
        """Return the one line that reports this judgement.

        >>> gap = Estimate(-0.04, Interval(-0.07, -0.01), 2048)
        >>> print(Judgement(verdict=Verdict.FAILS, label="UR − UL at length 30", needs="> 0",
        ...                 alpha=0.001, estimate=gap, thresholds=(0.0, 0.02)).sentence())
        UR − UL at length 30: −0.04 [−0.07, −0.01] from 2048 pairs; the claim needs > 0
        """
        if self.estimate is None:
            return f"{self.label}: {self.reason or 'nothing was observed'}"
        measured = (
            f"{self.label}: {self.estimate.phrase(self.thresholds)}; the claim needs {self.needs}"
        )
        return f"{measured}; {self.reason}" if self.reason else measured

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe primitives from which :meth:`from_dict` rebuilds this judgement."""
        plain = {
            name: getattr(self, name) for name in ("label", "needs", "alpha", "reason", "seconds")
        }
        return {
            **plain,
            "verdict": self.verdict.value,
            "thresholds": list(self.thresholds),
            "estimate": None if self.estimate is None else _estimate_to_dict(self.estimate),
            "streams": [sample.to_dict() for sample in self.streams],
            "counterexample": self.counterexample and self.counterexample.to_dict(),
            "heads": self.heads and self.heads.to_dict(),
            "learning": [cell.to_dict() for cell in self.learning],
            "glimpse": self.glimpse and self.glimpse.to_dict(),
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Judgement:
        """Rebuild a judgement from what :meth:`to_dict` returned."""
        estimate, found = record["estimate"], record["counterexample"]
        # Journals of earlier versions have no heads and no glimpses, and know of no runs.
        heads, learning = record.get("heads"), record.get("learning", ())
        glimpse = record.get("glimpse")
        return cls(
            **{
                **record,
                "verdict": Verdict(record["verdict"]),
                "thresholds": tuple(record["thresholds"]),
                "estimate": None if estimate is None else _estimate_from_dict(estimate),
                "streams": tuple(map(Sample.from_dict, record["streams"])),
                "counterexample": None if found is None else Counterexample.from_dict(found),
                "heads": None if heads is None else HeadMap.from_dict(heads),
                "learning": tuple(map(Learning.from_dict, learning)),
                "glimpse": None if glimpse is None else Glimpse.from_dict(glimpse),
            }
        )


def judge_above(interval: Interval, above: float = 0.0, margin: float = 0.02) -> Verdict:
    """Judge the claim that a value is above ``above``.

    It fails when the interval excludes ``above + margin`` and everything larger, so that "no
    difference worth the name" is a decision too. Holding goes first: a value surely above ``above``
    is above it, however little.

    >>> judge_above(Interval(-0.01, 0.018)).value, judge_above(Interval(-0.01, 0.05)).value
    ('fails', 'undecided')

    Raises:
        InvalidInput: If ``margin`` is negative or not finite; then a verdict could not be wrong or
            right.
    """
    if not (math.isfinite(above) and math.isfinite(margin) and margin >= 0):
        raise InvalidInput(
            f"above is finite and margin at least 0, got above={above}, margin={margin}; try 0.02"
        )
    if interval.low > above:
        return Verdict.HOLDS
    return Verdict.FAILS if interval.high < above + margin else Verdict.UNDECIDED


def judge_at_least(interval: Interval, at_least: float) -> Verdict:
    """Judge the claim that a value is at least ``at_least`` (reliability, near perfect).

    >>> judge_at_least(Interval(0.96, 0.99), 0.95).value
    'holds'

    Raises:
        InvalidInput: If ``at_least`` is not finite.
    """
    if not math.isfinite(at_least):
        raise InvalidInput(f"at_least is a finite number, got {at_least}; write e.g. 0.95")
    if interval.low >= at_least:
        return Verdict.HOLDS
    return Verdict.FAILS if interval.high < at_least else Verdict.UNDECIDED


def judge_at_most(interval: Interval, at_most: float) -> Verdict:
    """Judge the claim that a value is at most ``at_most`` (a weakness).

    >>> judge_at_most(Interval(0.10, 0.40), 0.5).value, judge_at_most(Interval(0.4, 0.6), 0.5).value
    ('holds', 'undecided')

    Raises:
        InvalidInput: If ``at_most`` is not finite.
    """
    if not math.isfinite(at_most):
        raise InvalidInput(f"at_most is a finite number, got {at_most}; write e.g. 0.5")
    if interval.high <= at_most:
        return Verdict.HOLDS
    return Verdict.FAILS if interval.low > at_most else Verdict.UNDECIDED


def judge_within(interval: Interval, within: float) -> Verdict:
    """Judge the claim that a value is nearer to 0 than ``within``, on either side (equivalence).

    It fails when the whole interval lies on one side, at ``within`` or beyond. So a value nearer to
    0 can be wronged by either bound: each may err with half of the error that the verdict may.

    >>> judge_within(Interval(-0.02, 0.04), 0.05).value, judge_within(Interval(0, 0.05), 0.05).value
    ('holds', 'undecided')

    Raises:
        InvalidInput: If ``within`` is not a finite number above 0.
    """
    if not (math.isfinite(within) and within > 0):
        raise InvalidInput(f"within is a finite number above 0, got {within}; write e.g. 0.05")
    if -within < interval.low and interval.high < within:
        return Verdict.HOLDS
    beyond = interval.low >= within or interval.high <= -within
    return Verdict.FAILS if beyond else Verdict.UNDECIDED


def number(value: float, places: int = 2, *, signed: bool = False) -> str:
    """Write a number with a true minus sign (U+2212), and with a plus sign if ``signed``.

    >>> number(-0.04), number(0.0, signed=True), number(0.9)
    ('−0.04', '+0.00', '0.90')
    """
    # Adding 0.0 turns a rounded −0.0 into 0.0, whose sign would otherwise be printed.
    return format(round(value, places) + 0.0, f"{'+' if signed else ''}.{places}f").replace(
        "-", "−"
    )


def _decimals(ends: tuple[float, ...], thresholds: tuple[float, ...]) -> int:
    def side(end: float, threshold: float) -> int:
        return (end > threshold) - (end < threshold)

    pairs = [(end, threshold) for end in ends for threshold in thresholds]
    for places in range(2, _MOST_DECIMALS):
        if all(side(end, t) == side(round(end, places), t) for end, t in pairs):
            return places
    return _MOST_DECIMALS


def _estimate_to_dict(estimate: Estimate) -> dict[str, Any]:
    return {
        "value": float(estimate.value),
        "low": float(estimate.interval.low),
        "high": float(estimate.interval.high),
        "samples": int(estimate.samples),
        "unit": estimate.unit,
        "signed": estimate.signed,
    }


def _estimate_from_dict(record: Mapping[str, Any]) -> Estimate:
    rest = {key: record[key] for key in ("value", "samples", "unit", "signed")}
    return Estimate(interval=Interval(record["low"], record["high"]), **rest)
