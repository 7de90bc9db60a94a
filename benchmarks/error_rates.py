"""How often verdicts are wrong, and how many pairs a verdict takes.

Prints Markdown; about one minute on one core:

    python benchmarks/error_rates.py > docs/error-rates.md
"""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from claimkit.evidence.intervals import proportion_bounds
from claimkit.evidence.looks import Looks
from claimkit.evidence.simulation import (
    Procedure,
    above,
    at_least,
    paired,
    paired_step,
    single,
    single_step,
    unpaired,
    unpaired_step,
)

EXPERIMENTS = 100_000
MARGIN = 0.02
THRESHOLDS = (0.0, 0.02, -0.02, 0.05, -0.05)
DISCORDANCES = (0.0, 0.02, 0.05, 0.1, 0.3, 0.5)
LEVELS = (0.05, 0.1, 0.5, 0.9, 0.95)
SEED = 20_250_521
INTRODUCTION = """# Error rates of the verdicts

`python benchmarks/error_rates.py > docs/error-rates.md`

A verdict *holds* is wrong when the true effect is at most the threshold, *fails* when it is at
least threshold + 0.02. Errors are likeliest on those two borders, so the tables sit on them. Each
entry is the share of sequential experiments that end in the wrong verdict, at whichever of six
looks they stop; it must not exceed alpha. A dash: the effect does not fit the discordance d."""
EFFORT = f"""## Pairs to show a gap of 0.1 (above 0, alpha = 0.001, independent errors)

With 4,000 experiments under the default looks, {Looks().sizes};
and the smallest sample that one look at alpha/6 decides in half and in 90 % (to 8 pairs)."""


def plain(wins, losses, size, tail):
    """Two Clopper-Pearson intervals, of wins and of losses, at half the error each."""
    (win_low, win_high), (loss_low, loss_high) = (
        proportion_bounds(counts, size, tail / 2) for counts in (wins, losses)
    )
    return win_low - loss_high, win_high - loss_low


def wald(wins, losses, size, tail):
    """The textbook interval, which errs."""
    gap = (wins - losses) / size
    reach = norm.isf(tail) * np.sqrt(((wins + losses) / size - gap**2) / size)
    return gap - reach, gap + reach


def print_table(title, head, rows):
    """Print one Markdown table."""
    print(f"\n{title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def signed(value):
    """Write a difference with its sign."""
    return f"{value:+.2f}".replace("-", "−") if value else "0"


def share(outcome, border):
    """Write the share of wrong verdicts: of holds at the threshold, of fails at the margin."""
    wrong = outcome.holds if border == "threshold" else outcome.fails
    return f"{max(wrong, 0.0):.5f}"


def paired_rows(run, bounds, looks):
    """Yield a row per threshold and border, a column per discordance."""
    for threshold in THRESHOLDS:
        for border, effect in (("threshold", threshold), ("margin", threshold + MARGIN)):
            procedure = Procedure(bounds, looks, above(threshold, MARGIN))
            cells = (
                share(run(procedure, paired_step(effect, d)), border)
                if abs(effect) <= d + 1e-12
                else "–"
                for d in DISCORDANCES
            )
            yield [signed(threshold), signed(effect), *cells]


def unpaired_rows(run, looks):
    """Yield a row per threshold and border, a column per mean accuracy."""
    for threshold in THRESHOLDS:
        for border, effect in (("threshold", threshold), ("margin", threshold + MARGIN)):
            procedure = Procedure(unpaired, looks, above(threshold, MARGIN))
            steps = (unpaired_step(a + effect / 2, a - effect / 2) for a in LEVELS)
            yield [
                signed(threshold),
                signed(effect),
                *(share(run(procedure, step), border) for step in steps),
            ]


def single_rows():
    """Yield a row per threshold and alpha: both kinds of error, summed over all states."""
    for threshold in (0.95, 0.99):
        for alpha in (0.05, 0.001):
            outcome = Procedure(single, Looks(alpha=alpha), at_least(threshold)).enumerate(
                single_step(threshold)
            )
            yield [f"{threshold}", f"{alpha}", f"{outcome.holds:.5f}", f"{outcome.fails:.5f}"]


def simulated(procedure, step):
    """Run the stated number of experiments from the stated seed."""
    return procedure.simulate(step, EXPERIMENTS, np.random.default_rng(SEED))


def enumerated(procedure, step):
    """Sum over all states."""
    return procedure.enumerate(step)


def independent(mean, gap):
    """Return the step of two tasks whose errors on a string have nothing to do with each other."""
    p, q = mean + gap / 2, mean - gap / 2
    return paired_step(p - q, p * (1 - q) + q * (1 - p))


def quantile(outcome, sizes, at):
    """Return the look by which a share ``at`` of all experiments has ended."""
    return sizes[int(np.searchsorted(np.cumsum(outcome.ended), at - 1e-12))]


def needed(bounds, step, power, tail):
    """Return the smallest fixed sample (to 8) that holds with probability ``power`` at one look."""
    low, high = 8, 4096
    while high - low > 8:
        size = (low + high) // 2
        rng = np.random.default_rng(SEED)
        kinds = rng.multinomial(size, step.ravel(), size=4000)
        states, where = np.unique(kinds, axis=0, return_inverse=True)
        holds = (bounds(states[:, 2], states[:, 1], size, tail)[0] > 0)[where.ravel()]
        low, high = (low, size) if holds.mean() >= power else (size, high)
    return high


def effort_rows():
    """Yield, for a gap of 0.1, how many pairs each construction takes."""
    for mean in (0.5, 0.95):
        step = independent(mean, 0.1)
        discordance = step[1, 0] + step[0, 1]
        for name, bounds in (("claimkit", paired), ("plain Clopper–Pearson", plain)):
            outcome = Procedure(bounds, Looks(), above(0.0, MARGIN)).simulate(
                step, 4000, np.random.default_rng(SEED)
            )
            fixed = (needed(bounds, step, power, 0.001 / 6) for power in (0.5, 0.9))
            expected = float(outcome.ended @ np.array(Looks().sizes))
            quantiles = (quantile(outcome, Looks().sizes, at) for at in (0.5, 0.9))
            yield [
                f"{mean}",
                f"{discordance:.3f}",
                name,
                f"{expected:.0f}",
                *(f"{size}" for size in quantiles),
                f"{outcome.holds:.3f}",
                *(f"{size}" for size in fixed),
            ]


def agreement_rows():
    """Yield how many pairs it takes to fail a claim of a gap between tasks that have none."""
    for discordance in (0.0, 0.01, 0.02, 0.04, 0.06):
        cells = []
        for bounds in (paired, plain):
            outcome = Procedure(bounds, Looks(), above(0.0, MARGIN)).simulate(
                paired_step(0.0, discordance), 4000, np.random.default_rng(SEED)
            )
            expected = float(outcome.ended @ np.array(Looks().sizes))
            cells += [f"{expected:.0f}", f"{outcome.fails:.3f}"]
        yield [f"{discordance}", *cells]


def main() -> None:
    """Print everything."""
    small, strict = (Looks(max_samples=256, alpha=alpha, first=8) for alpha in (0.05, 0.001))
    print(INTRODUCTION)
    columns = [f"d = {d}" for d in DISCORDANCES]
    print_table(
        f"## Paired, alpha = 0.05, looks {Looks().sizes}, {EXPERIMENTS:,} simulations",
        ["threshold", "true effect", *columns],
        paired_rows(simulated, paired, Looks(alpha=0.05)),
    )
    for alpha, looks in ((0.05, small), (0.001, strict)):
        print_table(
            f"## Paired, alpha = {alpha}, looks {looks.sizes}, exact (all states summed)",
            ["threshold", "true effect", *columns],
            paired_rows(enumerated, paired, looks),
        )
    print_table(
        f"## Unpaired, alpha = 0.05, looks {Looks(128, 0.05, 4).sizes} per task, exact",
        ["threshold", "true effect", *(f"mean {level}" for level in LEVELS)],
        unpaired_rows(enumerated, Looks(128, 0.05, 4)),
    )
    print_table(
        f"## A proportion on its threshold, looks {Looks().sizes}, exact",
        ["threshold", "alpha", "said to hold", "said to fail"],
        single_rows(),
    )
    print_table(
        f"## Not used: a Wald interval, alpha = 0.001, looks {strict.sizes}, exact",
        ["threshold", "true effect", *columns],
        paired_rows(enumerated, wald, strict),
    )
    head = ["mean accuracy", "discordance", "bounds", "expected", "median", "90 % quantile"]
    fixed = ["share that holds", "one look, half", "one look, 90 %"]
    print_table(EFFORT, [*head, *fixed], effort_rows())
    columns = ["expected pairs", "share that fails"]
    print_table(
        "## Pairs to show that there is no gap of 0.02 (true effect 0, alpha = 0.001)",
        ["discordance", *columns, *(f"Clopper–Pearson: {column}" for column in columns)],
        agreement_rows(),
    )


if __name__ == "__main__":
    main()
