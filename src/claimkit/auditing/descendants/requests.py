"""Requests about fine-tuned descendants, as values that cost nothing until they are judged.

A descendant is what fine-tuning on one task made of a base model. It is asked in the format that it
was fine-tuned in, about longer strings than it learned from (the *doubled lengths*); heads are
looked at on strings of the lengths it learned from.

Source: arXiv:2505.21785, §4.3 and §4.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, final, get_args

from claimkit.auditing.deciding import require_fraction
from claimkit.auditing.descendants.head_requests import (
    DepthGap,
    HeadChange,
    HeadDepth,
    HeadImbalance,
)
from claimkit.errors import InvalidInput
from claimkit.evidence.requirement import Requirement
from claimkit.tasks import Task

__all__ = [
    "DepthGap",
    "DescendantAccuracy",
    "DescendantGap",
    "DescendantRequest",
    "HeadChange",
    "HeadDepth",
    "HeadImbalance",
    "When",
    "require_decidable",
]

When = Literal["after", "before"]
"""Whether the descendant is asked, or its base as it was before fine-tuning."""


@final
@dataclass(frozen=True)
class DescendantAccuracy:
    """The share of strings of doubled lengths whose whole answer is right.

    Attributes:
        task: What the descendants were fine-tuned on.
        when: ``after`` asks them, ``before`` asks their base.

    Raises:
        InvalidInput: If ``when`` is neither.
    """

    task: Task
    when: When = "after"

    def __post_init__(self) -> None:
        """Refuse what is neither before nor after."""
        if self.when not in get_args(When):
            raise InvalidInput(f"when is 'after' or 'before', got {self.when!r}")

    @property
    def what(self) -> str:
        """Such as ``UR``."""
        return self.task.name

    @property
    def label(self) -> str:
        """Such as ``UR at doubled lengths, after fine-tuning``."""
        return f"{self.what} at doubled lengths, {self.when} fine-tuning"


@final
@dataclass(frozen=True)
class DescendantGap:
    """How much better descendants are at one task than others, fine-tuned as long, at another.

    Each task is done by descendants of its own. Tasks of one group are asked about the same
    contexts, others about strings of their own.

    Attributes:
        first: The task counted positively.
        second: The other task.

    Raises:
        InvalidInput: If both are the same.
    """

    first: Task
    second: Task

    def __post_init__(self) -> None:
        """Refuse a task beside itself."""
        if self.first == self.second:
            raise InvalidInput(f"a gap needs two tasks, got {self.first.name} twice")

    @property
    def paired(self) -> bool:
        """Whether both are asked about the same contexts."""
        return self.first.group is self.second.group

    @property
    def what(self) -> str:
        """Such as ``UR − UL``."""
        return f"{self.first.name} − {self.second.name}"

    @property
    def label(self) -> str:
        """Such as ``UR − UL at doubled lengths, after fine-tuning``."""
        return f"{self.what} at doubled lengths, after fine-tuning"


DescendantRequest = (
    DescendantAccuracy | DescendantGap | HeadChange | HeadImbalance | HeadDepth | DepthGap
)
"""A request about fine-tuned descendants or their base."""

_RATES: Final = (DescendantAccuracy, HeadDepth)
"""Requests of a share, which is at least or at most a number; others are of a difference."""


def require_decidable(request: object, requirement: Requirement) -> DescendantRequest:
    """Return a request whose value can meet the requirement.

    Raises:
        InvalidInput: If it is something else, or the threshold is no fraction.
    """
    require_fraction(requirement)
    is_rate = isinstance(request, _RATES)
    fits = is_rate == (requirement.relation in ("at_least", "at_most"))
    if isinstance(request, DescendantRequest) and fits:
        return request
    raise InvalidInput(
        "an audit of descendants decides gaps against above=… or within=… and shares against "
        f"at_least=… or at_most=…, got {request!r}, {requirement.relation}={requirement.threshold}"
    )
