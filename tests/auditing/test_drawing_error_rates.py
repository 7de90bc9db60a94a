"""How often claims tried at drawn settings are judged wrongly, on models whose truth is known."""

from functools import lru_cache

import numpy as np
import pytest
from scipy.stats import binom

from claimkit.auditing.drawing import decide_drawn, draw
from claimkit.auditing.drawing_simulation import (
    found_by,
    rate,
    shares,
    simulate,
)
from claimkit.auditing.grids import RETRIEVAL_GRID, in_words
from claimkit.evidence.intervals import paired_difference
from claimkit.evidence.looks import Looks
from claimkit.evidence.verdicts import Estimate, Judgement, Verdict, judge_above

RUNS = 2000
DRAWN = 300
# Large, so that errors are frequent enough to be counted: each of 8 settings may spend 0.05.
ALPHA = 0.4
MARGIN = 0.02
POINTS = RETRIEVAL_GRID.points()


@lru_cache
def some_draws():
    return [draw(POINTS, 8, seed) for seed in range(DRAWN)]


def draws(runs):
    """Return lists of drawn settings, the same 300 again and again."""
    return [some_draws()[run % DRAWN] for run in range(runs)]


def most(alpha, runs):
    """Return a count that an event of probability alpha exceeds once in 10,000 tests."""
    return binom.ppf(1 - 1e-4, runs, alpha)


def in_corner(options):
    """The longest third of the lengths: 80 of 240 points."""
    return options["length"] in (40, 50)


@pytest.mark.parametrize("discordance", [0.0, 0.02, 0.1, 0.5])
def test_a_model_without_any_effect_never_holds(discordance):
    """Null models end undecided or failed; all eight settings never hold by chance."""
    runs = simulate(
        RETRIEVAL_GRID,
        lambda options: (0.0, discordance),
        draws(RUNS),
        np.random.default_rng(1),
        alpha=ALPHA,
    )

    assert rate(runs, Verdict.HOLDS) == 0
    assert rate(runs, Verdict.FAILS) + rate(runs, Verdict.UNDECIDED) == 1


@pytest.mark.parametrize("discordance", [0.02, 0.1, 0.5])
def test_one_setting_without_effect_is_enough_to_keep_a_claim_from_holding(discordance):
    """The hardest null: perfect at seven drawn settings, false at the last; alpha/8 bounds it."""
    rng = np.random.default_rng(2)
    holding = 0
    for drawn in draws(RUNS):
        flat = drawn[-1]

        def truth(options, flat=flat):
            return (0.0, discordance) if options == flat else (0.9, 0.9)

        runs = simulate(RETRIEVAL_GRID, truth, [drawn], rng, alpha=ALPHA)
        holding += runs[0].verdict is Verdict.HOLDS

    assert 0 < holding <= most(ALPHA / 8, RUNS)


@pytest.mark.parametrize("discordance", [0.02, 0.1, 0.5])
def test_a_claim_that_is_true_everywhere_fails_no_more_often_than_alpha(discordance):
    """An effect of just the margin, where failing is likeliest: eight chances stay within alpha."""
    runs = simulate(
        RETRIEVAL_GRID,
        lambda options: (MARGIN, discordance),
        draws(RUNS),
        np.random.default_rng(3),
        alpha=ALPHA,
    )
    failing = sum(run.verdict is Verdict.FAILS for run in runs)

    assert failing <= most(ALPHA, RUNS)
    assert failing > 0 or discordance == 0.02


@pytest.mark.parametrize("discordance", [0.1, 0.5])
def test_simplifying_reports_a_true_setting_no_more_often_than_alpha(discordance):
    """False in a corner, barely true elsewhere: selection among 20 settings adds no error."""

    def truth(options):
        return (-0.4, 0.5) if in_corner(options) else (MARGIN, discordance)

    runs = simulate(RETRIEVAL_GRID, truth, draws(RUNS), np.random.default_rng(4), alpha=ALPHA)
    wrong = [r for r in runs if r.verdict is Verdict.FAILS and not in_corner(r.reported)]

    assert 0 < len(wrong) <= most(ALPHA, RUNS)


def test_a_simplified_setting_without_confirmation_would_err_more_often():
    """What the fresh strings are for: the search alone reports true settings beyond alpha."""

    def truth(options):
        return (-0.4, 0.5) if in_corner(options) else (MARGIN, 0.5)

    rng, wrong = np.random.default_rng(5), [0, 0]
    for drawn in draws(RUNS):
        for sabotaged in (0, 1):
            reported = failing_setting(drawn, truth, rng, believe=bool(sabotaged))
            wrong[sabotaged] += reported is not None and not in_corner(reported)

    assert wrong[1] > 2 * wrong[0]


def failing_setting(drawn, truth, rng, *, believe):
    """Return the setting that is reported to fail; ``believe`` confirms whatever was found."""
    asked = {}

    def decide(options, purpose, alpha):
        asked[in_words(options)] = options
        fails = shares(*truth(options), alpha)[1]
        failed = (believe and purpose == "confirm") or rng.random() < fails
        return Judgement(
            verdict=Verdict.FAILS if failed else Verdict.UNDECIDED,
            label=in_words(options),
            needs="> 0",
            alpha=alpha,
        )

    found = decide_drawn(drawn, decide, RETRIEVAL_GRID, alpha=ALPHA)
    return asked[found.label] if found.verdict is Verdict.FAILS else None


@pytest.mark.parametrize("effect, least", [(0.2, 0.75), (0.3, 0.99), (0.5, 0.999)])
def test_a_claim_that_is_true_everywhere_holds(effect, least):
    """An effect of 0.3 in half-discordant pairs holds at all eight settings at alpha 0.001."""
    discordance = max(effect, 0.3)
    runs = simulate(
        RETRIEVAL_GRID,
        lambda options: (effect, discordance),
        draws(1000),
        np.random.default_rng(6),
    )

    assert rate(runs, Verdict.HOLDS) >= least
    assert rate(runs, Verdict.FAILS) == 0


CORNERS = [
    (lambda o: o["length"] in (40, 50), 80),
    (lambda o: o["length"] == 50, 40),
    (lambda o: o["length"] == 50 and not o["separator"], 20),
]


@pytest.mark.parametrize("corner, size", CORNERS, ids=["1/3", "1/6", "1/12"])
def test_a_claim_that_is_false_in_a_corner_is_found_as_often_as_the_corner_is_drawn(corner, size):
    """Reversed in a corner of the grid: it fails at the hypergeometric rate, within 4.5 sigma."""
    runs = simulate(
        RETRIEVAL_GRID,
        lambda options: (-0.4, 0.5) if corner(options) else (0.4, 0.5),
        draws(DRAWN),
        np.random.default_rng(7),
    )
    expected = found_by(8, size, len(POINTS))
    failing = [run for run in runs if run.verdict is Verdict.FAILS]

    assert abs(len(failing) / DRAWN - expected) < 4.5 * np.sqrt(expected * (1 - expected) / DRAWN)
    assert all(corner(run.reported) for run in failing)
    assert rate(runs, Verdict.FAILS) + rate(runs, Verdict.HOLDS) == 1


def test_the_exact_shares_agree_with_counted_strings():
    """The verdicts that the simulation draws are those of an audit that counts string by string."""
    rng, looks = np.random.default_rng(8), Looks(max_samples=256, alpha=ALPHA / 8)
    p10, p01 = 0.2, 0.1

    def decide(options, purpose, alpha):
        wins, losses = np.cumsum(
            [rng.multinomial(n, [p10, p01, 1 - p10 - p01])[:2] for n in (64, 64, 128)], axis=0
        ).T
        for (size, tail), won, lost in zip(looks.schedule, wins, losses, strict=True):
            interval = paired_difference(int(won), int(lost), size, tail)
            verdict = judge_above(interval, 0.0, MARGIN)
            if verdict is not Verdict.UNDECIDED:
                break
        return Judgement(
            verdict=verdict,
            label="",
            needs="> 0",
            alpha=alpha,
            estimate=Estimate(0.1, interval, size),
            thresholds=(0.0, MARGIN),
        )

    counted = [
        decide_drawn([POINTS[0]], decide, RETRIEVAL_GRID, alpha=ALPHA / 8) for _ in range(2000)
    ]
    holding = sum(judgement.verdict is Verdict.HOLDS for judgement in counted) / 2000
    expected = shares(p10 - p01, p10 + p01, ALPHA / 8)[0]

    assert abs(holding - expected) < 4.5 * np.sqrt(expected * (1 - expected) / 2000)
