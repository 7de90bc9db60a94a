"""What is said of descendants: every kind of claim holds for some of them and fails for others."""

import numpy as np
import pytest

from claimkit.errors import InvalidInput, NotApplicable
from claimkit.evidence.verdicts import Verdict
from claimkit.tasks import NF, UB, UF, UL, UR, NRLast

HOLDS, FAILS, UNDECIDED = Verdict.HOLDS, Verdict.FAILS, Verdict.UNDECIDED
KEEPS, LOSES, ZERO = {"at_least": 0.95}, {"at_most": 0.95}, {"at_most": 0.1}


@pytest.mark.parametrize(
    "doubled, keeps, loses",
    [(1.0, HOLDS, FAILS), (0.95, UNDECIDED, UNDECIDED), (0.6, FAILS, HOLDS)],
)
def test_a_task_is_kept_or_lost_at_doubled_lengths(house, doubled, keeps, loses):
    """Of 2,000 strings all, 95 % and 60 %: kept, too close to tell, and lost."""
    house.learned(UR, doubled)
    house.answers(None, UR, 2, 0.0)
    audit = house.audit()

    kept, lost = (audit.decide(audit.accuracy(UR), **needs) for needs in (KEEPS, LOSES))

    assert (kept.verdict, lost.verdict) == (keeps, loses)
    assert kept.label == "UR at doubled lengths, after fine-tuning"
    assert (kept.estimate.samples, kept.estimate.unit) == (2000, "strings")


@pytest.mark.parametrize("share, verdict", [(0.0, HOLDS), (0.1, UNDECIDED), (0.5, FAILS)])
def test_before_fine_tuning_the_base_is_asked(house, share, verdict):
    """It needs no descendant; a base that can do the task already fails the claim."""
    house.answers(None, UR, 2, share)
    audit = house.audit()

    judgement = audit.decide(audit.accuracy(UR, when="before"), **ZERO)

    assert judgement.verdict is verdict
    assert judgement.learning == ()


def test_what_descendants_can_do_stands_beside_their_base(house):
    """A judgement carries both bins, the base's accuracy and the paper's figure."""
    house.learned(UR, doubled=0.9, trained=0.995)
    house.answers(None, UR, 2, 0.25)
    audit = house.audit()

    doubled, trained = audit.decide(audit.accuracy(UR), **KEEPS).learning

    assert (doubled.place, doubled.accuracy, doubled.before, doubled.published) == (2, 0.9, 0.25, 1)
    assert (trained.place, trained.accuracy, trained.before) == (1, 0.995, None)
    assert (doubled.bin, trained.bin) == ("31–60", "6–30")
    assert (doubled.kind, doubled.architecture) == ("finetuned", "tiny-born")
    assert (doubled.judged, trained.judged) == (True, False)


def test_who_did_not_learn_its_task_is_not_judged(house):
    """98 % at the lengths trained on is too little, whatever it does at longer ones."""
    house.learned(UR, doubled=1.0, trained=0.98)
    house.answers(None, UR, 2, 0.0)
    audit = house.audit()

    judgement = audit.decide(audit.accuracy(UR), **KEEPS)

    assert judgement.verdict is Verdict.NOT_APPLICABLE
    assert "right on 0.980 (seed 1) of the strings" in judgement.reason
    assert [run.learned for run in judgement.learning[0].runs] == [False]


def test_of_several_descendants_those_count_that_learned(house):
    """Seeds 1 and 3 give (1.0 + 0.8) / 2; seed 2 did not learn and is only shown."""
    house.learned(UR, doubled=1.0, seed=1)
    house.learned(UR, doubled=0.0, trained=0.5, seed=2)
    house.learned(UR, doubled=0.8, seed=3)
    house.answers(None, UR, 2, 0.0)
    audit = house.audit()

    judgement = audit.decide(audit.accuracy(UR), **LOSES)

    assert judgement.verdict is HOLDS
    assert judgement.estimate.value == pytest.approx(0.9)
    assert [(run.seed, run.learned) for run in judgement.learning[0].runs] == [
        (1, True),
        (2, False),
        (3, True),
    ]


@pytest.mark.parametrize("left, verdict", [(0.99, HOLDS), (0.9, FAILS), (0.95, UNDECIDED)])
def test_directions_are_alike_or_not(house, left, verdict):
    """Right on all strings to the right, and on so many of the same to the left."""
    house.learned(UR, doubled=1.0)
    house.learned(UL, doubled=left)
    audit = house.audit()

    judgement = audit.decide(audit.gap(UR, UL), within=0.05)

    assert judgement.verdict is verdict
    assert judgement.estimate.unit == "pairs"


@pytest.mark.parametrize("repeated, verdict", [(0.6, HOLDS), (1.0, FAILS), (0.97, UNDECIDED)])
def test_unique_symbols_are_easier_or_not(house, repeated, verdict):
    """UR and NRLast have strings of their own: 98 % against 60 %, 100 % and 97 %."""
    house.learned(UR, doubled=0.98)
    house.learned(NRLast, doubled=repeated)
    audit = house.audit()

    judgement = audit.decide(audit.gap(UR, NRLast), above=0.0)

    assert judgement.verdict is verdict
    assert judgement.estimate.unit == "strings each"


def test_a_gap_of_tasks_exchanged_is_turned(house):
    """Unpaired: what one side has more the other has less, bounds included."""
    for seed, right, wrong in ((1, 1.0, 0.5), (2, 0.9, 0.4)):
        house.learned(UR, doubled=right, seed=seed)
        house.learned(NRLast, doubled=wrong, seed=seed)
    audit = house.audit()

    there = audit.decide(audit.gap(UR, NRLast), above=0.0).estimate
    back = audit.decide(audit.gap(NRLast, UR), above=0.0).estimate

    assert there.value == pytest.approx(0.5)
    assert back.value == pytest.approx(-0.5)
    assert there.interval.low == pytest.approx(-back.interval.high)
    assert 0.4 < there.interval.low < 0.5 < there.interval.high < 0.6


def test_a_gap_needs_both_to_be_learned(house):
    """The reason names the one that was not."""
    house.learned(UR, doubled=1.0)
    house.learned(UL, doubled=1.0, trained=0.4)
    audit = house.audit()

    with pytest.raises(NotApplicable, match=r"UL was not learned: .* 0\.400 \(seed 1\)"):
        audit.decide(audit.gap(UR, UL), within=0.05)


@pytest.mark.parametrize("after, verdict", [(0.9, HOLDS), (0.4, FAILS), (0.1, FAILS)])
def test_fine_tuning_strengthens_heads_or_not(house, after, verdict):
    """The base's two strongest heads attend with 0.4, and those of its descendant with so much.

    An untrained copy of the base, 0.4, fails.
    """
    folder = house.learned(UF, doubled=1.0)
    house.attends(None, UF, "induction", {(1, 1): 0.4, (2, 2): 0.4})
    house.attends(folder, UF, "induction", {(3, 0): after, (3, 1): after})
    audit = house.audit()

    judgement = audit.decide(audit.head_change(UF, "induction"), above=0.0)

    assert judgement.verdict is verdict
    assert judgement.estimate.value == pytest.approx(after - 0.4, abs=1e-4)
    assert judgement.estimate.samples == 500


def test_heads_of_the_other_kind_are_no_heads_of_the_task(house):
    """A model that was fine-tuned to copy backward fails where UF should have been learned."""
    folder = house.learned(UF, doubled=1.0)
    house.attends(None, UF, "induction", {(1, 1): 0.4, (2, 2): 0.4})
    house.attends(folder, UF, "anti-induction", {(3, 0): 0.9, (3, 1): 0.9})
    audit = house.audit()

    assert audit.decide(audit.head_change(UF, "induction"), above=0.0).verdict is FAILS


@pytest.mark.parametrize("anti, verdict", [(0.75, HOLDS), (0.4, FAILS)])
def test_the_imbalance_is_gone_or_not(house, anti, verdict):
    """Before, 0.6 against 0.1; after, 0.8 against so much."""
    forward, backward = house.learned(UF, doubled=1.0), house.learned(UB, doubled=1.0)
    house.attends(None, UF, "induction", {(1, 1): 0.6, (2, 2): 0.6})
    house.attends(None, UB, "anti-induction", {(1, 0): 0.1, (2, 0): 0.1})
    house.attends(forward, UF, "induction", {(3, 0): 0.8, (3, 1): 0.8})
    house.attends(backward, UB, "anti-induction", {(3, 2): anti, (3, 3): anti})
    audit = house.audit()

    assert audit.decide(audit.head_imbalance(UF, UB), within=0.1).verdict is verdict


@pytest.mark.parametrize("induction, anti", [(0.6, 0.6), (0.45, 0.37)])
def test_without_an_imbalance_none_is_lost(house, induction, anti):
    """A base whose heads are equally strong, or nearly so that it counts as gone, loses nothing."""
    forward, backward = house.learned(UF, doubled=1.0), house.learned(UB, doubled=1.0)
    for folder in (None, forward):
        house.attends(folder, UF, "induction", {(1, 1): induction, (2, 2): induction})
    for folder in (None, backward):
        house.attends(folder, UB, "anti-induction", {(1, 0): anti, (2, 0): anti})
    audit = house.audit()

    with pytest.raises(NotApplicable, match="no imbalance to lose: induction heads on UF − anti"):
        audit.decide(audit.head_imbalance(UF, UB), within=0.1)


def test_heads_that_attend_to_all_alike_sit_nowhere(house):
    """The strongest tenth of a model without such heads is picked all the same."""
    folder = house.learned(UB, doubled=1.0)
    house.attends(folder, UB, "anti-induction", {(2, 0): 0.02, (3, 0): 0.02})
    audit = house.audit()

    with pytest.raises(NotApplicable, match="no anti-induction heads to place"):
        audit.decide(audit.head_depth(UB, "anti-induction"), at_least=0.75)


@pytest.mark.parametrize("layer, verdict", [(3, HOLDS), (2, HOLDS), (1, FAILS)])
def test_strong_heads_sit_in_the_top_third_or_not(house, layer, verdict):
    """Of four layers the last two are the top third."""
    folder = house.learned(UB, doubled=1.0)
    house.attends(folder, UB, "anti-induction", {(layer, 0): 0.9, (layer, 1): 0.8})
    audit = house.audit()

    judgement = audit.decide(audit.head_depth(UB, "anti-induction"), at_least=0.75)

    assert judgement.verdict is verdict


@pytest.mark.parametrize("layer, verdict", [(3, HOLDS), (1, FAILS), (0, FAILS)])
def test_induction_heads_sit_later_or_not(house, layer, verdict):
    """Anti-induction heads sit in layer 1; nothing is asked of descendants."""
    house.attends(None, UF, "induction", {(layer, 0): 0.9, (layer, 1): 0.8})
    house.attends(None, UB, "anti-induction", {(1, 2): 0.5, (1, 3): 0.5})
    audit = house.audit()

    judgement = audit.decide(audit.depth_gap(UF, UB), above=0.0)

    assert judgement.verdict is verdict
    assert judgement.estimate.value == pytest.approx((layer - 1) / 4)


def test_a_base_without_anti_induction_heads_has_no_depths_to_compare(house):
    """Its strongest tenth attends less than attention that is spread over the source."""
    house.attends(None, UF, "induction", {(3, 0): 0.9, (3, 1): 0.8})
    house.attends(None, UB, "anti-induction", {(1, 2): 0.05, (1, 3): 0.05})
    audit = house.audit()

    with pytest.raises(NotApplicable, match=r"no anti-induction heads to place: .* 0\.05 "):
        audit.decide(audit.depth_gap(UF, UB), above=0.0)


def test_a_task_without_descendant_is_not_applicable(house):
    """It is said where they were looked for, and how to get one."""
    audit = house.audit()

    with pytest.raises(NotApplicable, match=r"no descendant of tiny-born.*UR in .*--finetune, or"):
        audit.decide(audit.accuracy(UR), **KEEPS)


@pytest.mark.parametrize(
    "changed", [{"fingerprint": "f00d"}, {"preset": "paper"}, {"method": "lora"}], ids=str
)
def test_another_models_descendant_is_none_of_ours(house, changed):
    """Names are not enough: weights, preset and method have to be those asked for."""
    house.add(UR, **changed)
    audit = house.audit()

    with pytest.raises(NotApplicable, match="no descendant of tiny-born"):
        audit.decide(audit.accuracy(UR), **KEEPS)


@pytest.mark.parametrize(
    "make, needs",
    [
        (lambda audit: audit.accuracy(UR), {"above": 0.5}),
        (lambda audit: audit.gap(UR, UL), {"at_least": 0.5}),
        (lambda audit: audit.head_depth(UF, "induction"), {"within": 0.1}),
        (lambda audit: audit.depth_gap(UF, UB), {"at_most": 0.1}),
        (lambda audit: (0.1, 0.2), {"above": 0.0}),
    ],
)
def test_a_requirement_has_to_fit(house, make, needs):
    """Shares are at least or at most a number, differences above or within one."""
    audit = house.audit()

    with pytest.raises(InvalidInput, match="an audit of descendants decides gaps against above"):
        audit.decide(make(audit), **needs)


@pytest.mark.parametrize(
    "make, match",
    [
        (lambda audit: audit.accuracy(UR, when="between"), "when is 'after' or 'before'"),
        (lambda audit: audit.gap(UR, UR), "a gap needs two tasks, got UR twice"),
        (lambda audit: audit.head_change(NF, "induction"), "looked at in UF and UB, got NF"),
        (lambda audit: audit.head_depth(UF, "copying"), "a kind of heads is one of induction"),
        (lambda audit: audit.head_imbalance(UF, UR), "looked at in UF and UB, got UR"),
    ],
)
def test_what_no_descendant_has_is_refused(house, make, match):
    """Requests are checked when they are made, before anything is measured."""
    with pytest.raises(InvalidInput, match=match):
        make(house.audit())


def test_without_time_nothing_is_measured_and_nothing_decided(house):
    """What is stored is read all the same."""
    folder = house.add(UR)
    audit = house.audit(deadline=0.0)

    judgement = audit.decide(audit.accuracy(UR), **KEEPS)

    assert judgement.verdict is UNDECIDED
    assert "budget" in judgement.reason
    for place in (1, 2):
        house.answers(folder, UR, place, np.ones(2000, np.bool_))
        house.answers(None, UR, place, 0.0)
    assert audit.decide(audit.accuracy(UR), **KEEPS).verdict is HOLDS
