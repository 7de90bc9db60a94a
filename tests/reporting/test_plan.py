"""The plan as text."""

import pytest

from claimkit.reporting.plan import Amount, Left, Plan, PlanRow, amount, minutes, render_plan

ROW = PlanRow("A10", 3, 4, Amount(256, 8192), Amount(12_800, 4_096_000))
PLAN = Plan(
    rows=[ROW],
    total=PlanRow("all", 3, 4, Amount(256, 8192), Amount(12_800, 4_096_000)),
    speed=1000.0,
    basis="as this model was measured here before",
    model="born",
    evidence="/evidence",
    decided=1,
    inapplicable={"test_a": "too few symbols", "test_b": "too few symbols", "test_c": "window"},
    unplanned={"test_d": "it uses the fixture 'other'"},
    left=Left(theory=3, others=2),
)


@pytest.mark.parametrize(
    "least, most, text",
    [
        (0, 0, "0"),
        (64, 64, "64"),
        (64, 999_999, "64–999,999"),
        (64, 1_500_000, "64–1.5 M"),
        (2_000_000, 9_000_000, "2.0–9.0 M"),
        (2_000_000, 3_000_000_000, "2.0 M–3.0 G"),
    ],
)
def test_amounts_are_short(least, most, text):
    """Large numbers are rounded; a unit that both share stands once."""
    assert amount(Amount(least, most)) == text


@pytest.mark.parametrize(
    "tokens, text", [(0, "0"), (60, "<0.1"), (6000, "0.1"), (90_000, "1.5"), (90_000_000, "1,500")]
)
def test_minutes_have_as_many_digits_as_they_deserve(tokens, text):
    """At 1,000 tokens per second."""
    assert minutes(Amount(tokens, tokens), 1000.0) == text


def test_the_plan_tells_costs_and_what_has_none():
    """Rows, total, speed, and the tests that cannot be asked or planned, grouped by reason."""
    text = render_plan(PLAN, width=200, color=False)

    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "A10 3 4 256–8,192 12,800–4.1 M 0.2–68" in lines
    assert "all 3 4 256–8,192 12,800–4.1 M 0.2–68" in lines
    assert "minutes: of one process, at 1,000 tokens/s, as this model was measured here before" in (
        lines
    )
    assert "evidence: /evidence; it suffices for 1 test already" in lines
    assert "not applicable: test_a and 1 more: too few symbols" in lines
    assert "not applicable: test_c: window" in lines
    assert "cannot be planned: test_d: it uses the fixture 'other'" in lines
    assert "3 tests about theory, where nothing is measured" in lines
    assert "2 tests with no judgement to plan" in lines


@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_plan_fits_its_width(width):
    """Lines are folded, never cut."""
    text = render_plan(PLAN, width=width, color=False)

    assert max(map(len, text.splitlines())) <= width
    assert "was measured here before" in " ".join(text.split())
