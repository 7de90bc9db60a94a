"""Requests about the heads of fine-tuned descendants and of their base.

They are requests like those of :mod:`claimkit.auditing.descendants.requests`, which lists them.
Source: arXiv:2505.21785, §4.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from claimkit.errors import InvalidInput
from claimkit.tasks import Copying, Task
from claimkit.tasks.without import PATHS, Path


@final
@dataclass(frozen=True)
class HeadChange:
    """How much more the strongest tenth of heads attend in descendants than in their base.

    Attributes:
        task: What the descendants were fine-tuned on, and what all are asked: UF or UB.
        kind: Which edges count: ``induction`` or ``anti-induction``.

    Raises:
        InvalidInput: If heads of this kind are not known in such a task.
    """

    task: Task
    kind: Path

    def __post_init__(self) -> None:
        """Refuse other tasks and kinds."""
        _require_unique_copying(self.task)
        _require_kind(self.kind)

    @property
    def what(self) -> str:
        """Such as ``induction heads on UF, fine-tuned − base``."""
        return f"{self.kind} heads on {self.task.name}, fine-tuned − base"

    @property
    def label(self) -> str:
        """What a report calls this."""
        return self.what


@final
@dataclass(frozen=True)
class HeadImbalance:
    """How much more induction heads attend after fine-tuning than anti-induction heads do.

    Induction heads are those of descendants of one task on that task, anti-induction heads those
    of descendants of the other. There has to be an imbalance to begin with: where the base has
    none, in the same strings, the claim is not applicable.

    Attributes:
        right: The task of the induction heads.
        left: The task of the anti-induction heads, asked about the same sources.

    Raises:
        InvalidInput: If they are not UF and UB.
    """

    right: Task
    left: Task

    def __post_init__(self) -> None:
        """Refuse other tasks."""
        _require_unique_copying(self.right, self.left)

    @property
    def what(self) -> str:
        """Such as ``induction heads on UF − anti-induction heads on UB``."""
        return _kinds(self.right, self.left)

    @property
    def label(self) -> str:
        """What a report calls this."""
        return f"{self.what}, after fine-tuning"


@final
@dataclass(frozen=True)
class HeadDepth:
    """How much of the attention of descendants' strongest heads is paid in the top third of layers.

    See :mod:`claimkit.auditing.descendants.heads`.

    Attributes:
        task: What the descendants were fine-tuned on, and are asked: UF or UB.
        kind: Which edges count: ``induction`` or ``anti-induction``.

    Raises:
        InvalidInput: If heads of this kind are not known in such a task.
    """

    task: Task
    kind: Path

    def __post_init__(self) -> None:
        """Refuse other tasks and kinds."""
        _require_unique_copying(self.task)
        _require_kind(self.kind)

    @property
    def what(self) -> str:
        """Such as ``top third's share of induction heads on UF``."""
        return f"top third's share of {self.kind} heads on {self.task.name}"

    @property
    def label(self) -> str:
        """What a report calls this."""
        return f"{self.what}, after fine-tuning"


@final
@dataclass(frozen=True)
class DepthGap:
    """How much later the base's induction heads sit than its anti-induction heads.

    In shares of the layers, see :mod:`claimkit.auditing.descendants.heads`. Where heads of a kind
    attend no more than a head would that spreads its attention over the source, there are none,
    and the claim is not applicable.

    Attributes:
        right: The task of the induction heads.
        left: The task of the anti-induction heads, asked about the same sources.

    Raises:
        InvalidInput: If they are not UF and UB.
    """

    right: Task
    left: Task

    def __post_init__(self) -> None:
        """Refuse other tasks."""
        _require_unique_copying(self.right, self.left)

    @property
    def what(self) -> str:
        """Such as ``depth of induction heads on UF − anti-induction heads on UB``."""
        return f"depth of {_kinds(self.right, self.left)}"

    @property
    def label(self) -> str:
        """What a report calls this."""
        return f"{self.what}, before fine-tuning"


def _kinds(right: Task, left: Task) -> str:
    return f"induction heads on {right.name} − anti-induction heads on {left.name}"


def _require_unique_copying(*tasks: Task) -> None:
    for task in tasks:
        if not (isinstance(task, Copying) and task.unique):
            raise InvalidInput(
                f"heads of descendants are looked at in UF and UB, got {task.name}; in others an "
                "answer token may be equal to several source tokens"
            )


def _require_kind(kind: str) -> None:
    if kind not in PATHS:
        raise InvalidInput(f"a kind of heads is one of {', '.join(PATHS)}, got {kind!r}")
