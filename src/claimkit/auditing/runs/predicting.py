"""What theory predicts of models trained from scratch: which tasks last on longer strings."""

from __future__ import annotations

from claimkit.crasp.registry import expressibility
from claimkit.tasks import TASKS, Task


def predicted(*, keep: bool) -> tuple[Task, ...]:
    """Return the tasks that keep their accuracy on longer strings, or the others.

    A task keeps it if C-RASP[pos] expresses it; the registry says which are.

    Args:
        keep: Which of the two.

    Source: arXiv:2410.02140, Theorem 7, for absolute positions. Its converse is a conjecture, and
    so are both for rotary ones.

    >>> [task.name for task in predicted(keep=False)]
    ['NRLast', 'NLLast', 'NF', 'NB']
    """
    return tuple(task for task in TASKS.values() if expressibility(task.name).expressible is keep)
