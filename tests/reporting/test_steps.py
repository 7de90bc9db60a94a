"""Checkpoints are put in the order of their steps, and every effect follows them."""

import pytest

from claimkit.evidence.verdicts import Estimate, Interval, Judgement, Verdict
from claimkit.reporting.records import ClaimRecord, RunRecord
from claimkit.reporting.sides import Side
from claimkit.reporting.steps import effects, in_order, step_of


@pytest.mark.parametrize(
    "name, step",
    [
        ("checkpoint-500", 500),
        ("step_500", 500),
        ("step500", 500),
        ("global_step1000", 1000),
        ("my-model-143000", 143000),
        ("500", 500),
        ("epoch=3", 3),
        ("forward-born", None),
        ("gpt2", None),
        ("llama3.2-1b", None),
    ],
)
def test_a_name_tells_its_step(name, step):
    """The number that a checkpoint's name ends with, set off by a mark or a usual word."""
    assert step_of(name) == step


def sides(*names):
    return [Side(name, RunRecord(())) for name in names]


def test_steps_are_ordered_as_numbers():
    """Step 9 comes before step 10, whatever order they were given in."""
    found = in_order(sides("step-10", "step-9", "step-100"))

    assert [(side.name, side.step) for side in found] == [
        ("step-9", 9),
        ("step-10", 10),
        ("step-100", 100),
    ]


@pytest.mark.parametrize("names", [("b-2", "a"), ("b-2", "a-2"), ("late", "early")])
def test_without_a_step_for_each_the_given_order_stays(names):
    """An order that the names do not tell is the caller's."""
    found = in_order(sides(*names))

    assert [(side.name, side.step) for side in found] == [(name, None) for name in names]


def judged(label, value):
    return Judgement(
        verdict=Verdict.HOLDS,
        label=label,
        needs="> 0",
        alpha=0.001,
        estimate=Estimate(value, Interval(value - 0.1, value + 0.1), 64),
    )


def side(name, *labels, value=0.5):
    claims = [
        ClaimRecord(f"t{n}", "A10", "Right wins.", "", False, "holds", "", "", False, (judgement,))
        for n, judgement in enumerate(judged(label, value) for label in labels)
    ]
    return Side(name, RunRecord(tuple(claims)))


def test_lengths_are_lines_of_one_panel():
    """What differs in length alone is drawn together, the shortest first."""
    one = side("a", "UR − UL at length 30, template rule", "UR − UL at length 5, template rule")

    (panel,) = effects([one])

    assert (panel.claim, panel.what, panel.says) == ("A10", "UR − UL, template rule", "Right wins.")
    assert [line.name for line in panel.lines] == ["length 5", "length 30"]


def test_an_effect_over_drawn_settings_has_no_length():
    """Its panel has one line without a name."""
    (panel,) = effects([side("a", "UR − UL over 8 drawn settings")])

    assert (panel.what, [line.name for line in panel.lines]) == (
        "UR − UL over 8 drawn settings",
        [""],
    )


def test_what_one_run_did_not_judge_is_a_gap():
    """A line has a place for every run; missing is not zero."""
    found = effects([side("a", "UR − UL at length 5"), side("b"), side("c", "UR − UL at length 5")])

    assert [j is None for j in found[0].lines[0].judgements] == [False, True, False]
