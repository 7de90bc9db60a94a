"""Deciding: from the looks at one setting to a judgement.

Strings are read in schedule order and the first look that decides ends it, whatever else the store
holds. A judgement needs the model to be able to do what it rests on, see
:mod:`claimkit.auditing.floors`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from claimkit.auditing.circuit_requests import HeadGap, RemovalGap
from claimkit.auditing.elicitation import Floor
from claimkit.auditing.estimates import estimate, head_map
from claimkit.auditing.floors import floor_of
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
    require_fraction(requirement)
    if isinstance(request, HeadlineRequest):
        is_rate = isinstance(request, Accuracy)
        if is_rate == (requirement.relation in ("at_least", "at_most")):
            return request
    raise InvalidInput(
        "an audit decides gaps against above=… or within=… and accuracies against at_least=… or "
        "at_most=…, "
        f"got {request!r}, {requirement.relation}={requirement.threshold}"
    )


def require_fraction(requirement: Requirement) -> None:
    """Refuse a threshold that decides by itself, such as one in percent; NaN is refused, too."""
    relation, threshold = requirement.relation, requirement.threshold
    fits, where = {
        "above": (-1 <= threshold < 1, "[−1, 1)"),
        "within": (0 < threshold < 1, "(0, 1)"),
    }.get(relation, (0 <= threshold <= 1, "[0, 1]"))
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
    able, bar = False, Floor(Verdict.HOLDS, "")
    judgement = _unseen(request, requirement, margin, alpha)
    try:
        for sight in sights:
            # Able once is able: the looks share the error of the floor, too.
            bar = bar if able else floor_of(request, sight)
            able = bar.verdict is Verdict.HOLDS
            if bar.verdict is Verdict.FAILS and isinstance(request, RemovalGap):
                # Whatever a removal would cost need not be measured.
                break
            judgement = _judge(request, sight, requirement, margin, alpha)
            if bar.verdict is Verdict.FAILS or (
                able and judgement.verdict is not Verdict.UNDECIDED
            ):
                break
    except BudgetUsedUp:
        return _out_of_time(judgement)
    return judgement if able else _not_able(judgement, bar, request)


def _judge(
    request: HeadlineRequest, sight: Sight, requirement: Requirement, margin: float, alpha: float
) -> Judgement:
    found = estimate(request, sight, sight.tail / requirement.tails)
    return replace(
        _unseen(request, requirement, margin, alpha),
        verdict=requirement.judge(found.interval, margin),
        estimate=found,
        heads=head_map(request, sight) if isinstance(request, HeadGap) else None,
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


def _not_able(judgement: Judgement, bar: Floor, request: HeadlineRequest) -> Judgement:
    """Return what can be said where the floor was not cleared, with what was measured."""
    # Of tasks to be elicited all looks have shown none; an ability that is open is just that.
    is_open = isinstance(request, RemovalGap) and bar.verdict is Verdict.UNDECIDED
    verdict = Verdict.UNDECIDED if is_open else Verdict.NOT_APPLICABLE
    return replace(judgement, verdict=verdict, reason=bar.reason)
