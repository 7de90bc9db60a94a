"""The summary as text."""

import re
from dataclasses import replace

import pytest

from claimkit.evidence.verdicts import Estimate, Interval, Judgement, Verdict
from claimkit.reporting.summary import NOT_REPORTED, Row, Summary, error_rate, render

REASON = "only 7 symbols are one token each, and unique copying at length 100 needs 100 of them"
SUBJECT = {
    "model": "forward-born",
    "fingerprint": "0123456789abcdef0123456789abcdef",
    "dtype": "float32",
    "device": "cpu",
    "bos": "once",
}


def judged(verdict, label="UR − UL at length 30", reason="", seconds=1.25):
    """A judgement of a gap of −0.04; of nothing if not applicable."""
    estimate = Estimate(-0.04, Interval(-0.07, -0.01), 2048)
    return Judgement(
        verdict=verdict,
        label=label,
        needs="> 0",
        alpha=0.001,
        estimate=None if verdict is Verdict.NOT_APPLICABLE else estimate,
        reason=reason,
        seconds=seconds,
    )


ROWS = [
    Row.of("A10", judged(Verdict.HOLDS, "NRFirst − NLFirst at length 100")),
    Row.of("A10", judged(Verdict.FAILS)),
    Row.of("A10", judged(Verdict.UNDECIDED)),
    Row.of("A11", judged(Verdict.NOT_APPLICABLE, "UF − UB at length 100", REASON)),
    Row(
        "A11", NOT_REPORTED, "claims/test_bias.py::test_forward_beats_backward[A11-UF-UB-length=5]"
    ),
]


def words(text):
    """The words of a text, however its lines are folded."""
    return re.sub(r"\s+", "", text)


def test_a_row_fits_eighty_columns():
    """A row of the shortest task names takes one line of an ordinary terminal."""
    text = render(Summary(ROWS[1:2], alpha=0.001), width=80, color=False)

    row = r"^A10 +fails +UR − UL at length 30: −0\.04 \[−0\.07, −0\.01\] \(> 0\) +2048 +1\.2s$"
    assert re.search(row, text, flags=re.M)


@pytest.mark.parametrize(
    "unit, signed, shown",
    [
        ("pairs", True, r"−0\.04 \[−0\.07, −0\.01\] \(> 0\) +2048 "),
        ("strings each", True, r"−0\.04 \[−0\.07, −0\.01\] \(> 0\) +2×2048 "),
        ("strings", False, r"−0\.04 \[−0\.07, −0\.01\] \(> 0\) +2048 "),
    ],
)
def test_strings_are_counted_as_they_were_asked(unit, signed, shown):
    """Two tasks with strings of their own were asked twice as many as two that share them."""
    estimate = Estimate(-0.04, Interval(-0.07, -0.01), 2048, unit=unit, signed=signed)
    row = Row.of("A12", replace(judged(Verdict.FAILS), estimate=estimate))

    text = render(Summary([row], alpha=0.001), width=80, color=False)

    assert re.search(shown, text)
    assert unit not in text.partition("\n")[2]


def test_a_verdict_over_drawn_settings_counts_once():
    """Several settings share the error of one verdict, whichever of them is shown."""
    drawn = judged(Verdict.FAILS, "UR − UL at 8 drawn settings", "drawn setting 3 of 8 fails (…)")
    rows = [*ROWS, Row.of("A10", drawn)]

    assert "over 4 verdicts at most 0.004 wrong" in error_rate(rows, 0.001)
    assert "8 drawn settings: −0.04 [−0.07, −0.01] (> 0); drawn setting 3" in rows[-1].text


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_nothing_is_cut_off(width):
    """At any width every line fits, and every reason is there to its last word."""
    text = render(Summary(ROWS, alpha=0.001, subject=SUBJECT), width=width, color=False)

    assert max(map(len, text.splitlines())) <= width
    folded = words(re.sub(r"^(A\d+|not|applicable|reported| )+", "", text, flags=re.M))
    for word in REASON.split():
        assert word in folded


def test_counts_are_stated_per_verdict():
    """The line below the table says how many claims have each verdict."""
    text = render(Summary(ROWS, alpha=0.001), width=120, color=False)

    assert "1 holds, 1 fails, 1 undecided, 1 not applicable, 1 not reported; 5.0 s" in text


def test_the_error_rate_counts_verdicts_that_looked_at_data():
    """The error rate is alpha for each verdict that rests on data; a chance is at most 1."""
    assert "over 3 verdicts at most 0.003 wrong" in error_rate(ROWS, 0.001)
    assert "at most 1.2 wrong" in error_rate(ROWS, 0.4)
    assert error_rate(ROWS, 0.4).endswith("at most 1")


def test_verdicts_about_theory_have_no_error_rate():
    """What was checked case by case is not wrong with some probability; it is counted apart."""
    law = Judgement(
        verdict=Verdict.HOLDS, label="UR by its program", needs="", alpha=0.0, reason="right on all"
    )
    rows = [Row.of("A1", law), Row.of("A1", replace(law, verdict=Verdict.FAILS))]

    alone = error_rate(rows, 0.001)
    assert alone == "error rate: none over 2 verdicts about theory, where nothing is estimated"
    beside = error_rate([*ROWS, rows[0]], 0.001)
    assert "over 3 verdicts at most 0.003 wrong" in beside
    assert beside.endswith("not counted: 1 verdict about theory, where nothing is estimated")


def test_the_model_is_named():
    """A summary can be read without its command line."""
    text = render(
        Summary(ROWS, alpha=0.001, subject=SUBJECT, evidence="/kept"), width=120, color=False
    )

    assert (
        "model: forward-born, fingerprint 0123456789ab, float32 on cpu, bos once\nevidence: /kept"
        in text
    )


def test_an_early_end_is_admitted():
    """A run that was stopped says how many claims it did not come to."""
    text = render(Summary([], alpha=0.001, unreached=3), width=80, color=False)

    assert "no verdicts" in text
    assert "stopped early; claims not reached: 3" in text
