"""The elicitation floor: was the model brought to do the task at all?

Where the better of two tasks does no better than the best position heuristic, a difference between
the tasks says nothing about them, and the claim is not applicable. A task is compared with the
heuristics on its own strings, pair by pair; the tasks need not share theirs. With E the advantage
over the best heuristic, of the task for which it is largest:

- E > 0 is asserted when one task's lower bounds against *all* heuristics are above 0. If E ≤ 0,
  each task has a heuristic that it does not beat, so each errs with its own share of the tail.
- E < :data:`CLEAR` is asserted when each task has an upper bound against *some* heuristic below
  it. If E ≥ CLEAR, one task beats all of them by that, and it errs if any one of as many bounds as
  there are heuristics does; each has its share of the tail.

Which task is better and which heuristic is best is never chosen before the bounds are taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from claimkit.evidence.intervals import paired_difference
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.verdicts import Interval, Verdict, judge_above
from claimkit.tasks import Strings, Task
from claimkit.tasks.heuristics import heuristic_outcomes

Bools = npt.NDArray[np.bool_]

CLEAR = 0.1
"""An advantage over the heuristics that is surely less than this is too faint to compare tasks by.

Larger than a claim's margin, since it is looked for in every claim: whether a model is brought to
do a task at all shows in some 128 strings; whether it does by 0.02 would take thousands.
"""


@dataclass(frozen=True)
class Floor:
    """Whether one of some tasks clears every position heuristic.

    Attributes:
        verdict: *holds*: one does; *fails*: none does by :data:`CLEAR`; *undecided* otherwise.
        reason: The sentence to print where none does.
    """

    verdict: Verdict
    reason: str


def floor(
    tasks: Sequence[Task],
    outcomes: Sequence[Outcomes],
    strings: Sequence[Strings],
    *,
    tail: float,
) -> Floor:
    """Compare tasks with the position heuristics, each on the strings that it was asked about.

    Args:
        tasks: At least one.
        outcomes: One for each task.
        strings: The questions, one collection for each task; of a pair, twice the same.
        tail: Error that each bound may spend at this look.
    """
    lows, highs, sentences = [], [], []
    for task, found, asked in zip(tasks, outcomes, strings, strict=True):
        guesses = heuristic_outcomes(task, asked)
        share = tail / len(tasks)
        lows.append(min(_advantage(found.right, g, share).low for g in guesses.values()))
        share = tail / len(guesses)
        highs.append(min(_advantage(found.right, g, share).high for g in guesses.values()))
        sentences.append(_sentence(task, found.right, guesses))
    better = int(np.argmax([found.right.mean() for found in outcomes]))
    bounds = Interval(max(lows), max(highs))
    return Floor(judge_above(bounds, 0.0, CLEAR), sentences[better])


def _advantage(right: Bools, guess: Bools, tail: float) -> Interval:
    """Return the interval of a task's accuracy minus a heuristic's, on the same strings."""
    wins, losses = int(np.sum(right & ~guess)), int(np.sum(guess & ~right))
    return paired_difference(wins, losses, len(right), tail)


def _sentence(task: Task, right: Bools, guesses: dict[str, Bools]) -> str:
    name = max(guesses, key=lambda guess: float(guesses[guess].mean()))
    return (
        f"not elicited: {task.name} is right on {right.mean():.3f} of {len(right)} strings, "
        f"answering with the {name} on {guesses[name].mean():.3f}"
    )
