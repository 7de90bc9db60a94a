"""The elicitation floor: a model must beat the best position heuristic on the same strings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.auditing.elicitation import floor
from claimkit.evidence.intervals import paired_difference
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.verdicts import Verdict
from claimkit.tasks import NB, UF, UL, UR, Group, NLFirst, NRFirst, sample

STRINGS = sample(Group.UNIQUE_RETRIEVAL, length=5, symbols=20, seed=1, stop=1024)
PAIR = (STRINGS, STRINGS)


def outcomes(right):
    right = np.asarray(right, bool)
    return Outcomes(
        right,
        np.where(right, -1, 0),
        np.where(right, 1.0, -1.0),
        np.arange(len(right), dtype=np.uint64),
    )


def last_symbol_is_right(task):
    return task.answers(STRINGS)[:, 0] == STRINGS.contexts[:, -1]


@pytest.mark.parametrize(
    "right, left, verdict",
    [
        (np.ones(1024), np.zeros(1024), Verdict.HOLDS),
        (np.zeros(1024), np.ones(1024), Verdict.HOLDS),
        (np.zeros(1024), np.zeros(1024), Verdict.FAILS),
        (last_symbol_is_right(UR), np.zeros(1024), Verdict.FAILS),
    ],
    ids=["right task perfect", "left task perfect", "nothing right", "only the heuristic"],
)
def test_the_better_task_must_beat_the_best_heuristic(right, left, verdict):
    """Perfect answers clear the floor in either direction; the heuristic's own answers do not."""
    found = floor((UR, UL), (outcomes(right), outcomes(left)), PAIR, tail=1e-4)

    assert found.verdict is verdict


def slow_floor(tasks, rights, strings, tail, margin):
    """The floor by its definition, string by string, heuristics spelled out."""

    def most_frequent(context):
        return max(context, key=lambda symbol: (context.count(symbol), -context.index(symbol)))

    guessers = [lambda context: context[0], lambda context: context[-1], most_frequent]
    cleared, short = [], []
    for task, right, asked in zip(tasks, rights, strings, strict=True):
        lows, highs = [], []
        for guess in guessers:
            wins = losses = 0
            for row, context in enumerate(asked.contexts.tolist()):
                if asked.queries is None:
                    gold = task.answer(context)
                else:
                    gold = [task.answer(context, int(asked.queries[row]))]
                guessed = all(symbol == guess(context) for symbol in gold)
                wins += bool(right[row]) and not guessed
                losses += guessed and not right[row]
            n = len(right)
            lows.append(paired_difference(wins, losses, n, tail / len(tasks)).low)
            highs.append(paired_difference(wins, losses, n, tail / len(guessers)).high)
        cleared.append(all(low > 0 for low in lows))
        short.append(any(high < margin for high in highs))
    if any(cleared):
        return Verdict.HOLDS
    return Verdict.FAILS if all(short) else Verdict.UNDECIDED


@pytest.mark.parametrize("tasks", [(UR, NRFirst), (UF, UR), (NB, NLFirst), (UR,)], ids=str)
@given(rates=st.tuples(st.floats(0, 1), st.floats(0, 1)), seed=st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_tasks_with_strings_of_their_own_are_compared_on_these(tasks, rates, seed):
    """Each task is compared with the heuristics on its own strings, as the definition says."""
    rng = np.random.default_rng(seed)
    strings = [sample(task.group, length=6, symbols=8, seed=seed, stop=256) for task in tasks]
    # Low rates are as likely as high ones, since there the floor is.
    rights = [rng.random(256) < rate**3 for rate, _ in zip(rates, tasks, strict=False)]

    found = floor(tasks, [outcomes(right) for right in rights], strings, tail=0.01)

    assert found.verdict is slow_floor(tasks, rights, strings, 0.01, 0.1)


def test_the_floor_is_cleared_by_luck_no_more_often_than_stated():
    """Two tasks exactly as good as the best heuristic clear it in at most the tail of all runs.

    The heuristic is right on a third of the strings; 2,000 runs at a tail of 0.05 allow
    0.05 + 3.3 * sqrt(0.05 * 0.95 / 2000) = 0.066.
    """
    rng, cleared, runs = np.random.default_rng(1), 0, 2000
    rate = last_symbol_is_right(UR).mean()
    for _ in range(runs):
        rows = rng.permutation(1024)[:64]
        right, left = (outcomes(rng.random(64) < rate) for _ in range(2))
        found = floor((UR, UL), (right, left), [STRINGS[rows]] * 2, tail=0.05)
        cleared += found.verdict is Verdict.HOLDS

    assert cleared / runs <= 0.066


def test_the_reason_gives_both_figures():
    """The sentence names the task, its accuracy, the heuristic and the heuristic's accuracy."""
    guessed = last_symbol_is_right(UR)
    share = f"{guessed.mean():.3f}"

    found = floor((UR, UL), (outcomes(guessed), outcomes(np.zeros(1024))), PAIR, tail=1e-4)

    assert found.reason == (
        f"not elicited: UR is right on {share} of 1024 strings, "
        f"answering with the last symbol on {share}"
    )
