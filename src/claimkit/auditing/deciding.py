"""Deciding: from the looks at one setting to a judgement.

Strings are read in schedule order and the first look that decides ends it, whatever else the store
holds. A judgement needs the tasks that it rests on to be elicited, see
:mod:`claimkit.auditing.elicitation`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from claimkit.auditing.elicitation import Floor, floor
from claimkit.auditing.estimates import estimate
from claimkit.auditing.limits import BUDGET_USED_UP
from claimkit.auditing.looking import Sight
from claimkit.auditing.requests import Accuracy, HeadlineRequest
from claimkit.errors import BudgetUsedUp, InvalidInput
from claimkit.evidence.requirement import Requirement
from claimkit.evidence.verdicts import Judgement, Verdict


def require_decidable(request: object, requirement: Requirement) -> HeadlineRequest:
    """Return a request whose value can meet the requirement.

    Raises:
        InvalidInput: If it is something else, with what can be decided, or the threshold is no
            fraction.
    """
    _require_fraction(requirement)
    if isinstance(request, HeadlineRequest):
        is_rate = isinstance(request, Accuracy)
        if is_rate != (requirement.relation == "above"):
            return request
    raise InvalidInput(
        "an audit decides gaps against above=… and accuracies against at_least=… or at_most=…, "
        f"got {request!r}, {requirement.relation}={requirement.threshold}"
    )


def _require_fraction(requirement: Requirement) -> None:
    """Refuse a threshold that decides by itself, such as one in percent; NaN is refused, too."""
    relation, threshold = requirement.relation, requirement.threshold
    fits, where = (
        (-1 <= threshold < 1, "[−1, 1)") if relation == "above" else (0 <= threshold <= 1, "[0, 1]")
    )
    if not fits:
        raise InvalidInput(
            f"{relation} is a fraction in {where}, got {threshold}; write 0.95, not 95"
        )


def decide(
    request: HeadlineRequest,
    sights: Iterable[Sight],
    requirement: Requirement,
    *,
    margin: float,
    alpha: float,
) -> Judgement:
    """Judge a request by looks at growing samples; at least one look is needed.

    Where the time budget ends the looking, the request stays undecided, as of its last look.
    """
    # A request that rests on the elicitation of no task is judged as it is.
    elicited, bar = not request.asks[_elicitation(request)], None
    judgement = _unseen(request, requirement, margin, alpha)
    try:
        for sight in sights:
            judgement = _judge(request, sight, requirement, margin, alpha)
            if not elicited:
                bar = _floor(request, sight)
                if bar.verdict is Verdict.FAILS:
                    break
                # Cleared once is cleared: the looks share the error of the floor, too.
                elicited = bar.verdict is Verdict.HOLDS
            if elicited and judgement.verdict is not Verdict.UNDECIDED:
                break
    except BudgetUsedUp:
        return _out_of_time(judgement)
    return judgement if elicited or bar is None else _not_elicited(judgement, bar)


def _elicitation(request: HeadlineRequest) -> slice:
    """Return which of a request's asks tell whether the model was brought to do the task."""
    return slice(1, 2) if isinstance(request, Accuracy) else slice(0, 2)


def _floor(request: HeadlineRequest, sight: Sight) -> Floor:
    which = _elicitation(request)
    streams = sight.streams[which]
    return floor(
        [stream.task for stream in streams],
        sight.outcomes[which],
        [stream.strings(sight.size) for stream in streams],
        tail=sight.tail,
    )


def _judge(
    request: HeadlineRequest, sight: Sight, requirement: Requirement, margin: float, alpha: float
) -> Judgement:
    found = estimate(request, sight)
    return Judgement(
        verdict=requirement.judge(found.interval, margin),
        label=request.label,
        needs=requirement.needs,
        alpha=alpha,
        estimate=found,
        thresholds=requirement.thresholds(margin),
    )


def _unseen(
    request: HeadlineRequest, requirement: Requirement, margin: float, alpha: float
) -> Judgement:
    """Return what can be said before the first look."""
    return Judgement(
        verdict=Verdict.UNDECIDED,
        label=request.label,
        needs=requirement.needs,
        alpha=alpha,
        thresholds=requirement.thresholds(margin),
    )


def _out_of_time(judgement: Judgement) -> Judgement:
    """Return *undecided* in place of a judgement that more strings might have changed."""
    seen = judgement.estimate
    when = "before the first look" if seen is None else f"after {seen.samples} strings"
    return replace(judgement, verdict=Verdict.UNDECIDED, reason=f"{BUDGET_USED_UP} {when}")


def _not_elicited(judgement: Judgement, bar: Floor) -> Judgement:
    """Return *not applicable* in place of a judgement, with what was measured."""
    return replace(judgement, verdict=Verdict.NOT_APPLICABLE, reason=bar.reason)
