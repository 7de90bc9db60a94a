"""What measuring is refused, and how a decision that ran out of time ends."""

import time

import pytest

from claimkit.auditing.audit import Audit
from claimkit.auditing.grids import BARE_GRID
from claimkit.auditing.limits import Limits
from claimkit.auditing.observing import Observer
from claimkit.auditing.speed import estimated_speed, known_speed
from claimkit.errors import BudgetUsedUp
from claimkit.evidence.looks import Looks
from claimkit.evidence.verdicts import Verdict
from claimkit.tasks import UB, UF, UL, UR, Setting

LOOKS = Looks(max_samples=128, alpha=0.001)


@pytest.fixture
def audit(open_subject):
    return Audit(Observer(open_subject()), LOOKS)


def test_nothing_is_refused_without_limits():
    """Who sets no limit may measure all."""
    limits = Limits()

    limits.require(10**9)

    assert not limits.refused


@pytest.mark.parametrize("limits", [Limits(most=64), Limits(deadline=0.0)])
def test_what_is_refused_is_remembered(limits):
    """Strings beyond the number or the time that is set are refused, which can be seen later."""
    with pytest.raises(BudgetUsedUp, match="before string 65 was measured"):
        limits.require(65)

    assert limits.refused


def test_without_time_nothing_is_loaded(audit):
    """Before the first look a claim is undecided, with the reason, and the weights stay on disk."""
    audit.observer.limits.deadline = 0.0

    judgement = audit.decide(audit.paired_gap(UR, UL, length=10), above=0.0)

    assert judgement.verdict is Verdict.UNDECIDED
    assert judgement.reason == "the time budget was used up before the first look"
    assert "language_model" not in vars(audit.observer.subject)
    assert audit.describe().keys() == {"model", "fingerprint"}


def test_a_claim_is_judged_from_the_looks_that_are_there(audit):
    """After one look the estimate is kept, and undecided says that time was lacking."""
    audit.observer.limits.most = 64

    # Random weights guess one of 62 symbols, which is near enough to stay open.
    judgement = audit.decide(audit.accuracy(UR, length=10), at_least=0.02)

    assert judgement.verdict is Verdict.UNDECIDED
    assert judgement.estimate.samples == 64
    assert judgement.reason == "the time budget was used up after 64 strings"


def test_what_the_store_decides_needs_no_time(audit):
    """A verdict from stored strings is the same whatever the limits are."""
    request = audit.paired_gap(UR, UL, length=10)
    before = audit.decide(request, above=0.0)
    audit.observer.limits.deadline = time.time() - 1

    after = audit.decide(request, above=0.0)

    assert not audit.observer.limits.refused
    assert (after.verdict, after.estimate, after.reason) == (
        before.verdict,
        before.estimate,
        before.reason,
    )


def test_drawn_settings_say_that_time_was_lacking(audit):
    """The counts of drawn settings come with the reason of the one that is shown."""
    audit.observer.limits.deadline = 0.0
    request = audit.drawn(lambda **options: audit.paired_gap(UF, UB, **options), BARE_GRID)

    judgement = audit.decide(request, above=0.0)

    assert judgement.verdict is Verdict.UNDECIDED
    assert "drawn settings hold" in judgement.reason
    assert judgement.reason.endswith("the time budget was used up before the first look")


def test_the_speed_of_measuring_is_remembered(audit, open_subject):
    """After the first piece, which waits for the weights, tokens and seconds are kept."""
    subject = audit.observer.subject
    setting = Setting(length=10, symbols=62)
    audit.observer.outcomes(UR, setting, 64)
    assert known_speed(subject) is None
    begun = time.perf_counter()

    audit.observer.outcomes(UR, setting, 128)

    longest = subject.prompter(UR, setting).longest(UR, setting)
    assert known_speed(open_subject()) == known_speed(subject)
    assert known_speed(subject) > 64 * longest / (time.perf_counter() - begun)


def test_a_larger_model_is_estimated_to_be_slower(open_subject):
    """Ten times the parameters take about ten times as long; the margin is for the clock."""
    subject = open_subject()

    small, large = (estimated_speed(subject, count) for count in (10**6, 10**9))

    assert small > 30 * large > 0
