"""How far measuring may go: until when, and how many strings of a stream."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Final, final

from claimkit.errors import BudgetUsedUp

BUDGET_USED_UP: Final = "the time budget was used up"
"""How the reason of a verdict begins that lacked the time for more strings."""


LACK_OF_TIME: Final = "for lack of time"
"""How the reason counts drawn settings whose verdict lacked the time for more strings."""


def lacked_time(reason: str) -> bool:
    """Return whether a verdict's reason says that there was no time for more strings.

    >>> lacked_time(f"{BUDGET_USED_UP} after 64 strings")
    True
    """
    return BUDGET_USED_UP in reason or LACK_OF_TIME in reason


@final
@dataclass
class Limits:
    """What an observer asks before it measures a piece; may be changed between decisions.

    What is stored already is read whatever the limits say.

    Attributes:
        deadline: No piece is begun from this moment on; seconds as of ``time.time()``, which all
            processes of a machine share.
        most: No stream is measured beyond so many strings.
        refused: Whether anything was refused since somebody made this false.
    """

    deadline: float = math.inf
    most: float = math.inf
    refused: bool = False

    @property
    def in_time(self) -> bool:
        """Whether there is time left."""
        return time.time() < self.deadline

    def require(self, strings: int) -> None:
        """Raise if a stream may not be measured now, up to so many strings.

        Raises:
            BudgetUsedUp: If it may not.
        """
        if strings <= self.most and self.in_time:
            return
        self.refused = True
        raise BudgetUsedUp(f"{BUDGET_USED_UP} before string {strings} was measured")

    def require_time_for(self, name: str) -> None:
        """Raise if a model may be trained no longer; what was saved of it is gone on with later.

        Raises:
            BudgetUsedUp: If there is no time left.
        """
        if self.in_time:
            return
        self.refused = True
        raise BudgetUsedUp(f"{BUDGET_USED_UP} before {name} was trained")
