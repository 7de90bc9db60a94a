"""The plan of a run, as text: what it would measure, and how long that takes.

Everything here is a pure function of the plan; nothing is measured, and nothing is printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from rich.table import Table


@final
@dataclass(frozen=True)
class Amount:
    """A number that is known to lie between two others."""

    least: int
    most: int


@final
@dataclass(frozen=True)
class PlanRow:
    """What the tests of one claim would take.

    Attributes:
        claim: The claim's number.
        tests: How many tests state it.
        streams: Different streams of strings that its open tests read.
        strings: What is to be measured, in strings.
        tokens: And in the tokens of their prompts.
    """

    claim: str
    tests: int
    streams: int
    strings: Amount
    tokens: Amount


@final
@dataclass(frozen=True)
class Left:
    """Tests that have no part in a plan.

    Attributes:
        theory: How many are about no model.
        runs: How many are about models that were trained for them.
        others: How many ask for no judgement.
    """

    theory: int = 0
    runs: int = 0
    others: int = 0

    def lines(self) -> Iterator[str]:
        """A line for each kind that there is."""
        if self.theory:
            yield f"{_tests(self.theory)} about theory, where nothing is measured"
        if self.runs:
            yield f"{_tests(self.runs)} about trained runs, which are not planned"
        if self.others:
            yield f"{_tests(self.others)} with no judgement to plan"


@final
@dataclass(frozen=True)
class Plan:
    """All that is said instead of a run.

    Attributes:
        rows: One for each claim, by its number.
        total: All of them; streams that claims share are counted once.
        speed: Tokens per second of one process.
        basis: What the speed rests on.
        model: Its name.
        evidence: The folder that keeps the evidence.
        decided: Tests that need no more than the evidence holds.
        inapplicable: Test id to the reason why the model cannot be asked.
        unplanned: Test id to the reason why its cost is not known.
        left: Tests that are not planned.
    """

    rows: Sequence[PlanRow]
    total: PlanRow
    speed: float
    basis: str
    model: str
    evidence: str
    decided: int = 0
    inapplicable: Mapping[str, str] = field(default_factory=dict)
    unplanned: Mapping[str, str] = field(default_factory=dict)
    left: Left = field(default_factory=Left)


def render_plan(plan: Plan, *, width: int, color: bool) -> str:
    """The plan as text of at most ``width`` columns, with ANSI colours if ``color``."""
    # Imported here: a run that is not planned has no use for them.
    from rich.console import Group
    from rich.text import Text

    from claimkit.reporting.console import as_text

    layout = Group(_table(plan), Text(), *(Text(line) for line in plan_lines(plan)))
    return as_text(layout, width=width, color=color)


def _table(plan: Plan) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("claim", "tests", "streams", "strings", "tokens", "minutes"):
        table.add_column(name, justify="left" if name == "claim" else "right")
    for row in (*plan.rows, plan.total):
        table.add_row(
            row.claim,
            str(row.tests),
            str(row.streams),
            amount(row.strings),
            amount(row.tokens),
            minutes(row.tokens, plan.speed),
        )
    return table


def plan_lines(plan: Plan) -> Iterator[str]:
    """The lines below the table."""
    yield (
        "the lower numbers suppose that each claim is decided at its next look at the strings, the "
        "upper ones that it takes all looks; strings that claims share are counted once in the "
        "last line"
    )
    yield f"minutes: of one process, at {plan.speed:,.0f} tokens/s, {plan.basis}"
    yield f"model: {plan.model}; nothing was measured and no weights were loaded"
    yield f"evidence: {plan.evidence}; it suffices for {_tests(plan.decided)} already"
    yield from _listed("not applicable", plan.inapplicable)
    yield from _listed("cannot be planned", plan.unplanned)
    yield from plan.left.lines()


def _listed(what: str, reasons: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each reason, with the tests that it concerns."""
    for reason in dict.fromkeys(reasons.values()):
        tests = [test for test, given in reasons.items() if given == reason]
        more = f" and {len(tests) - 1} more" if len(tests) > 1 else ""
        yield f"{what}: {tests[0]}{more}: {reason}"


def amount(value: Amount) -> str:
    """Write a range of whole numbers.

    >>> amount(Amount(64, 12_345_678)), amount(Amount(1_200_000, 3_400_000)), amount(Amount(0, 0))
    ('64–12.3 M', '1.2–3.4 M', '0')
    """
    least, most = _short(value.least), _short(value.most)
    if least == most:
        return least
    unit = most[-2:] if most.endswith((" M", " G")) else ""
    return f"{least.removesuffix(unit)}–{most}" if unit else f"{least}–{most}"


def minutes(tokens: Amount, speed: float) -> str:
    """Write the minutes that some tokens take.

    >>> minutes(Amount(600, 60_000), speed=100.0)
    '0.1–10'
    """
    least, most = (_minutes(count / speed / 60) for count in (tokens.least, tokens.most))
    return least if least == most else f"{least}–{most}"


def _minutes(value: float) -> str:
    if value >= 10 or value == 0:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 0.1 else "<0.1"


def _short(value: int) -> str:
    if value < 1_000_000:
        return f"{value:,}"
    if value < 1_000_000_000:
        return f"{value / 1e6:,.1f} M"
    return f"{value / 1e9:,.1f} G"


def _tests(count: int) -> str:
    return "1 test" if count == 1 else f"{count} tests"
