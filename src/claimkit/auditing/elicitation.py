"""The elicitation floor: was the model brought to do the task at all?

Where the better of two tasks does no better than the best position heuristic on the same strings, a
difference between the tasks says nothing about direction, and the claim is not applicable. The
comparison is paired by string, and the heuristic is the best one on these very strings, which makes
the floor higher, never lower.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from claimkit.evidence.intervals import paired_difference
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.verdicts import Verdict, judge_above
from claimkit.tasks import Strings, Task
from claimkit.tasks.heuristics import heuristic_outcomes


@dataclass(frozen=True)
class Floor:
    """Whether a task clears the best position heuristic.

    Attributes:
        verdict: *holds*: it does; *fails*: it does not, by the margin; *undecided* otherwise.
        reason: The sentence to print where it does not.
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
    """Compare the better task with the best position heuristic on the same strings.

    Args:
        tasks: The two tasks.
        outcomes: Of the same strings, one for each task.
        strings: The questions.
        tail: Error that each bound may spend at this look.
        margin: Below this advantage a model counts as no better than the heuristic.
    """
    better = int(outcomes[1].right.mean() > outcomes[0].right.mean())
    task, right = tasks[better], outcomes[better].right
    guesses = heuristic_outcomes(task, strings)
    name = max(guesses, key=lambda guess: float(guesses[guess].mean()))
    guess = guesses[name]
    wins, losses = int(np.sum(right & ~guess)), int(np.sum(guess & ~right))
    interval = paired_difference(wins, losses, len(right), tail)
    return Floor(
        judge_above(interval, 0.0, margin),
        f"not elicited: {task.name} is right on {right.mean():.3f} of {len(right)} strings, "
        f"answering with the {name} on {guess.mean():.3f}",
    )
