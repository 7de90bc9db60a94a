"""Error rates of the gate: runs without a change are called worse no more often than alpha."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom

from claimkit.evidence.comparison import Change, compare, decide_all
from claimkit.evidence.gate_simulation import Gate, Population
from claimkit.evidence.samples import Sample
from claimkit.tasks import Setting

ALPHA = 0.05
RUNS = 500
SIZE = 64
# A true rate of alpha gives more than this many of 500 runs once in 2,000 tests.
MOST = int(binom.isf(1 / 2000, RUNS, ALPHA))


def made_up():
    """Streams of four tasks, two of which share their strings, at accuracies from 0.05 to 1."""
    rng = np.random.default_rng(7)
    return Population.of(
        (
            Sample(
                task=task,
                setting=json.dumps(Setting(length=length, symbols=62).canonical()),
                purpose="claim",
                sampler_version=1,
                prompt="9a5e",
                opening=f"{'U' if task in ('UR', 'UL') else task} {length}",
                right=tuple((rng.random(SIZE) < accuracy).tolist()),
            )
            for task, accuracies in {
                "UR": (1.0, 0.98, 0.9, 0.7),
                "UL": (0.8, 0.4, 0.2, 0.05),
                "NF": (0.95, 0.95, 0.95, 0.5),
                "NB": (0.3,),
            }.items()
            for length, accuracy in zip((10, 20, 30, 50), accuracies, strict=False)
        ),
        SIZE,
    )


POPULATION = made_up()
NULLS = {
    "1 in 100 flips": POPULATION.flipped(0.01),
    "1 in 5 flips": POPULATION.flipped(0.2),
    "half drawn anew": POPULATION.redrawn(0.5),
    "all drawn anew": POPULATION.redrawn(1.0),
}


def compared(base, new, paired):
    """Name the rows that the gate calls worse, from Bool outcomes ``(stream, string)``."""
    version = 1 if paired else 2
    comparisons = [
        compare(
            replace(sample, right=tuple(before.tolist())),
            replace(sample, right=tuple(after.tolist()), sampler_version=version),
        )
        for sample, before, after in zip(POPULATION.samples, base, new, strict=True)
    ]
    rows = decide_all(comparisons, ALPHA)
    return {row.comparison.stream for row in rows if row.change is Change.WORSE}


@pytest.mark.parametrize("paired", [True, False], ids=["paired", "unpaired"])
@pytest.mark.parametrize("null", NULLS)
def test_a_run_without_a_change_is_called_worse_no_more_often_than_alpha(null, paired):
    """Both arms err independently at equal rates: 500 runs of the whole family."""
    gate, chances = Gate(POPULATION, paired, ALPHA), NULLS[null]
    runs = gate.worse_rows(chances, chances, RUNS, np.random.default_rng(1))

    wrong = sum(int(rows.any(axis=1).sum()) for rows in runs)

    assert wrong <= MOST


@pytest.mark.parametrize("paired", [True, False], ids=["paired", "unpaired"])
@pytest.mark.parametrize("drop", [0.0, 0.3, 0.6])
def test_simulated_decisions_are_those_of_the_gate(paired, drop):
    """The same outcomes, decided at once by scipy and one by one by the gate, row by row."""
    gate, chances = Gate(POPULATION, paired, ALPHA), POPULATION.redrawn(0.2)
    base, new = gate.draw(chances, chances * (1 - drop), 10, np.random.default_rng(2))
    tasks = [POPULATION.samples[pool[0]].task for pool in POPULATION.pools]
    names = np.array([*(sample.stream for sample in POPULATION.samples), *tasks])

    decided = gate.decide(base, new)

    assert [set(names[row]) for row in decided] == [
        compared(*arms, paired) for arms in zip(base, new, strict=True)
    ]
    assert decided.any() == (drop > 0)


def test_the_simulation_has_a_pooled_row_for_each_task_with_two_streams():
    """Thirteen streams and three pooled rows are decided together."""
    assert (len(POPULATION.samples), POPULATION.rows) == (13, 16)


def test_streams_of_the_same_strings_share_what_is_drawn():
    """Where a string decides its outcome, two tasks on the same strings err together."""
    right = replace(POPULATION.samples[0], right=tuple([True, False] * 32))
    twin = replace(right, task="UL")
    gate = Gate(Population((right, twin)), paired=True, alpha=ALPHA)
    certain = gate.population.flipped(0.0)

    base, new = gate.draw(certain, certain, 3, np.random.default_rng(3))

    assert np.array_equal(base[:, 0], base[:, 1])
    assert np.array_equal(base, new)
    assert 0 < base.mean() < 1


def drawn(task, accuracy=0.5, settings=8):
    """Streams of one task at the settings of a drawn claim, all of one accuracy."""
    right = tuple((np.arange(SIZE) < accuracy * SIZE).tolist())
    return tuple(
        replace(
            POPULATION.samples[0],
            task=task,
            setting=json.dumps(Setting(length=length, symbols=62).canonical()),
            opening=f"{task} {length}",
            right=right,
        )
        for length in range(10, 10 + settings)
    )


@pytest.mark.parametrize("paired", [True, False], ids=["paired", "unpaired"])
@pytest.mark.parametrize("failing", [0.1, 0.2, 0.3])
@pytest.mark.parametrize(
    "tasks, most", [(("UR", "UL"), ALPHA), (("UR",), 0.06)], ids=["a gap", "at most"]
)
def test_a_drawn_claim_that_ends_early_hardly_raises_the_error(tasks, most, failing, paired):
    """The baseline holds its settings up to the first that fails, whatever that favours.

    The claim is the whole run: of an accuracy that is at most something the baseline fails where it
    was lucky; of a gap, where one task was lucky or the other was not.
    """
    population = Population(tuple(sample for task in tasks for sample in drawn(task)))
    chances, runs = population.redrawn(1.0), 4000
    base, new = Gate(population, paired, ALPHA).draw(
        chances, chances, runs, np.random.default_rng(5)
    )
    right = base.sum(axis=2).reshape(runs, len(tasks), -1)
    value = right[:, 0] - right[:, 1] if len(tasks) == 2 else -right[:, 0]
    fails = value <= np.quantile(value, failing)
    read = np.where(fails.any(axis=1), fails.argmax(axis=1) + 1, fails.shape[1])

    wrong = 0
    for some in np.unique(read):
        streams = [i for i in range(base.shape[1]) if i % fails.shape[1] < some]
        part = Population(tuple(population.samples[i] for i in streams))
        arms = (arm[read == some][:, streams] for arm in (base, new))
        wrong += int(Gate(part, paired, ALPHA).decide(*arms).any(axis=1).sum())

    assert wrong <= binom.isf(1 / 2000, runs, most)
