"""Estimates of what models wrote, from answers whose values are known beforehand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.auditing.asks import Ask
from claimkit.auditing.natural.asks import TextAsk
from claimkit.auditing.natural.estimating import TextSight
from claimkit.auditing.natural.grids import COMMIT_GRID, PARAGRAPH_GRID
from claimkit.auditing.natural.requests import (
    DrawnTexts,
    GlitchExcess,
    TextAccuracy,
    TextGap,
    require_text_request,
)
from claimkit.errors import InvalidInput, NotApplicable
from claimkit.evidence.answers import Answer, Answers
from claimkit.evidence.intervals import paired_difference, proportion, unpaired_difference
from claimkit.evidence.requirement import Requirement
from claimkit.evidence.verdicts import EACH, Verdict
from claimkit.tasks import UL, UR, NRFirst, Setting
from claimkit.tasks.natural import (
    CHERRY_PICK_ORDER,
    HASH_COPY,
    LOREM_COPY,
    PROSE_COPY,
    REVERT_ORDER,
)
from claimkit.tasks.questions import draw_questions

TAIL = 0.001
# 1 goes on with 2 and with 3, all others with one token.
GOLD = (1, 2, 1, 3, 4, 5, 6, 7, 8, 9)


def answer(given, gold=GOLD, *, parsed=True):
    """Return an answer, right if it is the gold one."""
    right = parsed and tuple(given) == gold
    return Answer(right, "", parsed, "stop", len(given), 1.0, gold, tuple(given))


def answers(*given):
    """Return such answers to strings of their own."""
    return Answers.of(
        [one if isinstance(one, Answer) else answer(one) for one in given],
        np.arange(len(given), dtype=np.uint64),
    )


def seen(request, *found):
    """Return what a look sees of some answers."""
    return TextSight(request, found, TAIL)


def right_or_wrong(flags):
    """Return answers that are right where told."""
    return answers(*(GOLD if flag else (9, 9) for flag in flags))


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_an_accuracy_is_the_share_that_is_right(flags):
    """With the exact interval of a proportion."""
    found = seen(TextAccuracy(PROSE_COPY, 9), right_or_wrong(flags)).estimate(1)

    assert (found.value, found.samples) == (sum(flags) / len(flags), len(flags))
    assert found.interval == proportion(sum(flags), len(flags), TAIL)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_a_gap_is_paired(pairs):
    """Only texts on which the two tasks differ count."""
    sides = [right_or_wrong(side) for side in zip(*pairs, strict=True)]
    found = seen(TextGap(REVERT_ORDER, CHERRY_PICK_ORDER, 9), *sides).estimate(1)
    wins = sum(a and not b for a, b in pairs)
    losses = sum(b and not a for a, b in pairs)

    assert found.value == (wins - losses) / len(pairs)
    assert found.interval == paired_difference(wins, losses, len(pairs), TAIL)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_an_unpaired_gap_is_of_two_samples(pairs):
    """Each task has strings of its own, so it does not matter which were right together."""
    first, second = zip(*pairs, strict=True)
    request = TextGap(HASH_COPY, REVERT_ORDER, 9, paired=False)
    found = seen(request, right_or_wrong(first), right_or_wrong(second)).estimate(1)
    shuffled = seen(request, right_or_wrong(first), right_or_wrong(second[::-1])).estimate(1)
    size, one, other = len(pairs), sum(first), sum(second)

    assert found == shuffled
    assert (found.value, found.unit) == ((one - other) / size, EACH)
    assert found.interval == unpaired_difference(one, size, other, size, TAIL)


@pytest.mark.parametrize(
    "better, verdict",
    [(200, Verdict.HOLDS), (0, Verdict.FAILS), (60, Verdict.FAILS), (110, Verdict.UNDECIDED)],
)
def test_a_gap_of_symbols_needs_more_than_a_position_heuristic(better, verdict):
    """Being right where the first or the last symbol is the answer shows nothing."""
    setting = Setting(6, 8, template="rule+chat")
    drawn = [draw_questions(task.group, setting, 256).strings for task in (UR, NRFirst)]
    sides = [right_or_wrong([i < better for i in range(256)]), right_or_wrong([False] * 256)]
    request = TextGap(UR, NRFirst, 9, paired=False)
    bar = TextSight(request, sides, TAIL, drawn).floor
    by_place = drawn[0].contexts[:, -1] == UR.answers(drawn[0])[:, 0]
    guessed = [right_or_wrong(by_place), right_or_wrong([False] * 256)]
    of_pair = TextSight(TextGap(UR, UL, 9), guessed, TAIL, [drawn[0]] * 2).floor

    assert bar.verdict is verdict
    assert bar.reason.startswith("not elicited: UR is right on ")
    assert by_place.mean() > 0.1
    assert of_pair.verdict is not Verdict.HOLDS


def test_glitches_at_ambiguous_tokens_exceed_an_even_spread():
    """Each copy goes on wrongly behind the first 1, and nowhere else."""
    glitchy = (1, 3, 1, 3, 4, 5, 6, 7, 8, 9)
    found = seen(GlitchExcess(10), answers(*[glitchy] * 200)).estimate(1)
    rates = seen(GlitchExcess(10), answers(glitchy)).rates

    assert rates.share_ambiguous == 1
    assert found.value == pytest.approx(1 - rates.expected_share)
    assert 0 < found.interval.low <= found.value <= found.interval.high


def test_glitches_spread_evenly_do_not():
    """One in ten copies goes wrong behind each token, ambiguous or not."""
    copies = [(*GOLD[:place], 99, *GOLD[place + 1 :]) for place in range(1, 10)]
    found = seen(GlitchExcess(10), answers(*copies * 30)).estimate(1)

    assert found.interval.low < 0 < found.interval.high


def test_what_shows_no_glitch_is_not_applicable():
    """Perfect copies, and what is none."""
    with pytest.raises(NotApplicable, match="no glitch in 20 copies"):
        seen(GlitchExcess(10), answers(*[GOLD] * 20)).estimate(1)
    with pytest.raises(NotApplicable, match="none of 20 outputs is a copy"):
        seen(GlitchExcess(10), answers(*[(1, 2)] * 20)).estimate(1)


@pytest.mark.parametrize(
    "better, size, verdict",
    [
        (0, 256, Verdict.FAILS),
        (3, 256, Verdict.FAILS),
        (30, 256, Verdict.UNDECIDED),
        (64, 256, Verdict.HOLDS),
        (0, 8, Verdict.UNDECIDED),
    ],
)
def test_a_gap_needs_one_task_that_is_done(better, size, verdict):
    """Where surely neither is, nothing can be compared."""
    sides = [right_or_wrong([i < better for i in range(size)]), right_or_wrong([False] * size)]
    bar = seen(TextGap(REVERT_ORDER, CHERRY_PICK_ORDER, 9), *sides).floor

    assert bar.verdict is verdict
    assert bar.reason.startswith("not elicited: RevertOrder is right on ")


def test_answers_that_are_not_where_they_should_be_are_counted_apart():
    """And are wrong."""
    found = answers(GOLD, answer(GOLD, parsed=False), answer((1,), parsed=False))
    sight, glitchy = seen(TextAccuracy(PROSE_COPY, 9), found), seen(GlitchExcess(9), found)

    assert sight.estimate(1).value == pytest.approx(1 / 3)
    assert sight.aside.startswith("2 of 3 answers of ProseCopy were not where")
    assert (len(glitchy.rates.kept), glitchy.rates.left_out) == (1, 2)
    assert "2 of 3 answers" in glitchy.floor.reason


def test_requests_say_what_they_are_about():
    """In the units of their tasks."""
    assert TextAccuracy(PROSE_COPY, 500).label == (
        "accuracy of ProseCopy at 500 tokens, template echo, 3 demonstrations"
    )
    assert TextGap(REVERT_ORDER, CHERRY_PICK_ORDER, 10).label == (
        "RevertOrder − CherryPickOrder at 10 commits, template log, 3 demonstrations"
    )
    assert TextAsk(HASH_COPY, 8, {"demonstrations": 1}).place == (
        "8 digits, template copy, 1 demonstration"
    )


def test_requests_refuse_what_cannot_be_compared():
    """In one sentence each."""
    with pytest.raises(InvalidInput, match="two tasks of one group"):
        TextGap(REVERT_ORDER, HASH_COPY, 9)
    with pytest.raises(InvalidInput, match="copies of paragraphs"):
        GlitchExcess(9, task=HASH_COPY)
    with pytest.raises(InvalidInput, match="got tempo"):
        TextAsk(LOREM_COPY, 9, {"tempo": "slow"})
    with pytest.raises(InvalidInput, match="got separator"):
        TextAsk(LOREM_COPY, 9, {"separator": False})
    with pytest.raises(InvalidInput, match="it has 'copy'"):
        TextAsk(HASH_COPY, 9, {"template": "echo"})
    with pytest.raises(InvalidInput, match="tasks of two groups, got RevertOrder"):
        TextGap(REVERT_ORDER, CHERRY_PICK_ORDER, 9, paired=False)
    with pytest.raises(InvalidInput, match="two about symbols, got HashCopy and UR"):
        TextGap(HASH_COPY, UR, 9, paired=False)
    with pytest.raises(InvalidInput, match=r"a natural task, or in .* of symbols, got None"):
        TextAsk(None, 9)
    with pytest.raises(InvalidInput, match="natural tasks are asked about with the texts fixture"):
        Ask(HASH_COPY, 9)
    with pytest.raises(InvalidInput, match="length='9'"):
        TextAsk(HASH_COPY, "9")
    with pytest.raises(InvalidInput, match="--chat"):
        TextAsk(LOREM_COPY, 9, {"template": "echo+chat"})
    with pytest.raises(InvalidInput, match="at_least"):
        require_text_request(TextAccuracy(LOREM_COPY, 9), Requirement.of(above=0.0))
    with pytest.raises(InvalidInput, match="above"):
        require_text_request(GlitchExcess(9), Requirement.of(at_least=0.5))
    with pytest.raises(InvalidInput, match="TypeError"):
        DrawnTexts(lambda length: None, COMMIT_GRID, 2).at({"width": 2})
    with pytest.raises(InvalidInput, match="got None"):
        DrawnTexts(lambda length: None, COMMIT_GRID, 2).at({"length": 2})


def test_every_point_of_the_grids_makes_a_request():
    """Their factors are what requests take."""
    for point in PARAGRAPH_GRID.points():
        assert GlitchExcess(point["length"], {k: v for k, v in point.items() if k != "length"}).asks
    for point in COMMIT_GRID.points():
        assert TextAsk(REVERT_ORDER, **{"length": point["length"], "options": {}}).setting
