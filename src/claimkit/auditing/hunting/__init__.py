"""Hunts for counterexamples: find a question with a wrong answer and make it as small as can be.

Nothing here knows of models: see :mod:`claimkit.auditing.hunting.questions` for what is asked, and
:func:`claimkit.auditing.hunting.hunt` for the hunt itself.
"""

from claimkit.auditing.hunting.database import Examples
from claimkit.auditing.hunting.hunting import hunt
from claimkit.auditing.hunting.questions import Found, Hunt, Oracle, Question

__all__ = ["Examples", "Found", "Hunt", "Oracle", "Question", "hunt"]
