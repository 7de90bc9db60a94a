"""The elicitation floor: a model must beat the best position heuristic on the same strings."""

import numpy as np
import pytest

from claimkit.auditing.elicitation import floor
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.verdicts import Verdict
from claimkit.tasks import UL, UR, Group, sample

STRINGS = sample(Group.UNIQUE_RETRIEVAL, length=5, symbols=20, seed=1, stop=1024)


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
    found = floor((UR, UL), (outcomes(right), outcomes(left)), STRINGS, tail=1e-4, margin=0.02)

    assert found.verdict is verdict


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
        found = floor((UR, UL), (right, left), STRINGS[rows], tail=0.05, margin=0.02)
        cleared += found.verdict is Verdict.HOLDS

    assert cleared / runs <= 0.066


def test_the_reason_gives_both_figures():
    """The sentence names the task, its accuracy, the heuristic and the heuristic's accuracy."""
    guessed = last_symbol_is_right(UR)
    share = f"{guessed.mean():.3f}"

    found = floor(
        (UR, UL), (outcomes(guessed), outcomes(np.zeros(1024))), STRINGS, tail=1e-4, margin=0.02
    )

    assert found.reason == (
        f"not elicited: UR is right on {share} of 1024 strings, "
        f"answering with the last symbol on {share}"
    )
