"""The elicitation floor: was the model brought to do the task at all?

Where the better of two tasks does no better than the best position heuristic, a difference between
the tasks says nothing about direction, and the claim is not applicable. Comparisons are paired by
string. With E the advantage of the better task over the best heuristic:

- E > 0 is asserted when one task's lower bounds against *all* heuristics are above 0. If E ≤ 0,
  each task has a heuristic that it does not beat, so each errs with its own share, half the tail.
- E < margin is asserted when each task has an upper bound against *some* heuristic below the
  margin. If E ≥ margin, one task beats all of them by that, and it errs if any one of as many
  bounds as there are heuristics does; each has its share of the tail.

Which task is better and which heuristic is best is never chosen before the bounds are taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from claimkit.evidence.intervals import paired_difference
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.verdicts import Interval, Verdict, judge_above
from claimkit.tasks import Strings, Task
from claimkit.tasks.heuristics import heuristic_outcomes

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Floor:
    """Whether one of two tasks clears every position heuristic.

    Attributes:
        verdict: *holds*: one does; *fails*: none does, by the margin; *undecided* otherwise.
        reason: The sentence to print where none does.
    """

    verdict: Verdict
    reason: str


def floor(
    tasks: tuple[Task, Task],
    outcomes: tuple[Outcomes, Outcomes],
    strings: Strings,
    *,
    tail: float,
    margin: float,
) -> Floor:
    """Compare two tasks with the position heuristics on the same strings.

    Args:
        tasks: The two tasks.
        outcomes: Of the same strings, one for each task.
        strings: The questions.
        tail: Error that each bound may spend at this look.
        margin: Below this advantage a model counts as no better than a heuristic.
    """
    lows, highs, sentences = [], [], []
    for task, found in zip(tasks, outcomes, strict=True):
        guesses = heuristic_outcomes(task, strings)
        lows.append(min(_advantage(found.right, g, tail / 2).low for g in guesses.values()))
        share = tail / len(guesses)
        highs.append(min(_advantage(found.right, g, share).high for g in guesses.values()))
        sentences.append(_sentence(task, found.right, guesses))
    better = int(outcomes[1].right.mean() > outcomes[0].right.mean())
    bounds = Interval(max(lows), max(*highs, *lows))
    return Floor(judge_above(bounds, 0.0, margin), sentences[better])


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
