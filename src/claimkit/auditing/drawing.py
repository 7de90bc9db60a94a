"""Drawn settings: a claim is tried where nobody chose to try it.

Besides its headline settings a claim is judged at a few settings that Hypothesis draws from a
finite grid (see :mod:`claimkit.auditing.grids`), in the order drawn, each at the error alpha/draws.
One that fails makes the claim *fail*; the claim *holds* only if every drawn setting does. The seed
depends on the grid alone, so all claims on a grid whose tasks can be asked at the same points of it
are tried at the same settings and share strings.

A failing setting is simplified: factor by factor, towards simpler values, as long as the claim
still fails. What was found by searching is then confirmed on fresh strings; if it is not, the
setting that was drawn is reported.

Nothing here supplies strings or counts them: Hypothesis draws settings, never the sample of a rate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from claimkit.auditing.grids import Grid, Options, in_words
from claimkit.auditing.indices import drawn_indices
from claimkit.auditing.limits import LACK_OF_TIME, lacked_time
from claimkit.errors import InvalidInput, NotApplicable
from claimkit.evidence.verdicts import Interval, Judgement, Verdict

Decide = Callable[[Options, str, float], Judgement]
"""(setting, purpose, alpha) to a judgement of that setting that is wrong with probability alpha.

The purpose is :data:`CLAIM`, or :data:`CONFIRM` for strings that nothing else has read. A setting
that cannot be asked is judged *not applicable*, not raised.
"""

Slack = Callable[[Judgement], float]
"""A judgement that holds to how clearly it does."""

CLAIM: Final = "claim"
CONFIRM: Final = "confirm"
DRAWS: Final = 8
"""Settings drawn for a claim."""
PAIRS: Final = 256
"""Strings at which a drawn setting stays undecided."""
SIMPLIFY: Final = 20
"""Further settings that simplifying may try."""


def draw(points: Sequence[Options], count: int, seed: int) -> tuple[Options, ...]:
    """Return distinct points, drawn by Hypothesis; all of them if there are no more than ``count``.

    Every process draws the same: the seed is given, no database is read, nothing is shrunk. Only
    another version of Hypothesis may draw others.
    All points are equally likely, to what ``benchmarks/drawn_settings.py`` can see.

    Raises:
        InvalidInput: If there is nothing to draw, or no draw is wanted.
    """
    if not points or count < 1:
        raise InvalidInput(
            f"drawing takes 1 or more of 1 or more settings, got {count} of {len(points)}"
        )
    if len(points) <= count:
        return tuple(points)
    return tuple(points[i] for i in drawn_indices(len(points), count, seed))


def slack(judgement: Judgement) -> float:
    """Return how far a holding interval lies from its first threshold, on either side of it."""
    interval, thresholds = _found(judgement)
    return max(interval.low - thresholds[0], thresholds[0] - interval.high)


def slack_within(judgement: Judgement) -> float:
    """Return how far a holding interval lies from the nearer one of two thresholds around it."""
    interval, thresholds = _found(judgement)
    return min(interval.low - thresholds[0], thresholds[1] - interval.high)


def _found(judgement: Judgement) -> tuple[Interval, tuple[float, ...]]:
    if judgement.estimate is None or not judgement.thresholds:
        raise InvalidInput(f"{judgement.label} holds without an interval or without a threshold")
    return judgement.estimate.interval, judgement.thresholds


def decide_drawn(
    drawn: Sequence[Options],
    decide: Decide,
    grid: Grid,
    *,
    alpha: float,
    simplify: int = SIMPLIFY,
    slack: Slack = slack,
) -> Judgement:
    """Judge a claim at drawn settings; wrong with probability at most ``alpha`` in all.

    *Proof.* Let k settings be drawn; they depend on no model's answers. ``decide`` errs at any one
    with probability at most alpha/k, whatever the claim compares and in whichever direction.

    *holds*: if the claim is false at some drawn setting, that one has to be judged wrongly, which
    has probability at most alpha/k.

    *fails*, with the setting reported: say the claim is true at t of the drawn settings. One of
    these is judged to fail with probability at most t alpha/k, by the union bound. If t = k, every
    wrong report is of this kind, for without a failing setting nothing is simplified. If t < k,
    the drawn setting may fail rightly and the simpler one be reported wrongly. Its search reads
    many verdicts and keeps one that fails, so that these license nothing; but the confirmation
    reads fresh strings, which depend on nothing the search has read, so whatever setting was
    found, it errs with probability at most alpha/k. There is one confirmation at most: in all
    (t + 1) alpha/k <= alpha.

    *undecided* and *not applicable* assert nothing. The bounds need no independence between
    settings, so strings may be shared with other claims.

    What is *not* bounded by alpha: a claim that is false at settings that were not drawn. A corner
    of a share f of the grid is missed by all k draws with probability about (1 − f)^k.

    Args:
        drawn: The settings, in order.
        decide: Judges one setting.
        grid: Where simpler settings are looked for.
        alpha: Error of the whole.
        simplify: Most further settings to try once one has failed; the grid may allow fewer.
        slack: Tells the weakest of the settings that hold: :func:`slack`, or :func:`slack_within`
            where the claim is that a value is within two thresholds.

    Returns:
        The judgement of one setting, with that setting and all counts in its reason: the simplest
        that fails, the weakest of all that hold, or the first that is undecided (or, if there is
        none, not applicable).

    Raises:
        InvalidInput: If no setting was drawn.
    """
    if not drawn:
        raise InvalidInput("a claim is judged at one or more drawn settings, got none")
    share, judged = alpha / len(drawn), []
    for place, options in enumerate(drawn, start=1):
        judgement = decide(options, CLAIM, share)
        if judgement.verdict is Verdict.FAILS:
            found = f"drawn setting {place} of {len(drawn)} fails ({in_words(options)})"
            tries = simplify if grid.simplify is None else min(simplify, grid.simplify)
            simplest = _simplest(options, decide, grid, share, tries)
            return replace(
                _failing(judgement, found, options, simplest, decide, share), alpha=alpha
            )
        judged.append((options, judgement))
    return replace(_without_failure(judged, slack), alpha=alpha)


def inapplicable(label: str, needs: str, reason: NotApplicable, alpha: float) -> Judgement:
    """Return what is said of a drawn setting at which a model cannot be asked."""
    return Judgement(
        verdict=Verdict.NOT_APPLICABLE, label=label, needs=needs, alpha=alpha, reason=str(reason)
    )


def _simplest(failing: Options, decide: Decide, grid: Grid, share: float, tries: int) -> Options:
    """Return a setting that fails: each factor at its simplest failing value, until none changes.

    One round over the factors comes before the next, so that a long factor leaves tries for others.
    """
    current, before, tried = failing, None, [failing]
    while current != before:
        before = current
        for factor, _ in grid.factors:
            for candidate in grid.simpler_in(factor, current):
                if candidate in tried:
                    continue
                if len(tried) > tries:
                    return current
                tried.append(candidate)
                if decide(candidate, CLAIM, share).verdict is Verdict.FAILS:
                    current = candidate
                    break
    return current


def _failing(
    judgement: Judgement,
    found: str,
    options: Options,
    simplest: Options,
    decide: Decide,
    share: float,
) -> Judgement:
    """Return the simpler setting's judgement if fresh strings confirm it, else the drawn one's."""
    if simplest == options:
        return _because(judgement, found)
    confirmed = decide(simplest, CONFIRM, share)
    if confirmed.verdict is not Verdict.FAILS:
        why = f", since {confirmed.reason}" if lacked_time(confirmed.reason) else ""
        return _because(
            judgement, f"{found}; a simpler one was not confirmed on fresh strings{why}"
        )
    simpler = f"simplified to {in_words(simplest)} and confirmed on fresh strings"
    return _because(confirmed, f"{found}, {simpler}")


def _without_failure(judged: Sequence[tuple[Options, Judgement]], slack: Slack) -> Judgement:
    counts = Counter(judgement.verdict for _, judgement in judged)
    if counts[Verdict.HOLDS] == len(judged):
        options, weakest = min(judged, key=lambda pair: slack(pair[1]))
        found = f"all {len(judged)} drawn settings hold"
        return _because(weakest, f"{found}, by the least at {in_words(options)}")
    some = Verdict.UNDECIDED if counts[Verdict.UNDECIDED] else Verdict.NOT_APPLICABLE
    options, shown = next(pair for pair in judged if pair[1].verdict is some)
    if counts[Verdict.NOT_APPLICABLE] == len(judged):
        found = f"none of {len(judged)} drawn settings is applicable"
        return _because(shown, f"{found}, the first being {in_words(options)}")
    found = f"{_counted(judged, counts)}; shown is {in_words(options)}"
    if some is Verdict.NOT_APPLICABLE:
        # Its reason stands among the counts.
        return replace(shown, verdict=Verdict.UNDECIDED, reason=found)
    return _because(shown, found)


def _counted(judged: Sequence[tuple[Options, Judgement]], counts: Counter[Verdict]) -> str:
    """Return e.g. ``5 of 8 drawn settings hold, 2 undecided, 1 not applicable (…)``."""
    said = [f"{counts[Verdict.HOLDS]} of {len(judged)} drawn settings hold"]
    if counts[Verdict.UNDECIDED]:
        late = sum(lacked_time(j.reason) for _, j in judged if j.verdict is Verdict.UNDECIDED)
        why = f" ({late} of them {LACK_OF_TIME})" if late else ""
        said.append(f"{counts[Verdict.UNDECIDED]} undecided{why}")
    if counts[Verdict.NOT_APPLICABLE]:
        first = next(j for _, j in judged if j.verdict is Verdict.NOT_APPLICABLE)
        said.append(f"{counts[Verdict.NOT_APPLICABLE]} not applicable ({first.reason})")
    return ", ".join(said)


def _because(judgement: Judgement, found: str) -> Judgement:
    """Return a judgement with what was found before its own reason."""
    return replace(judgement, reason=f"{found}: {judgement.reason}" if judgement.reason else found)
