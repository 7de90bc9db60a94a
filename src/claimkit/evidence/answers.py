"""Answers: what a model wrote when it was let to write, string by string.

Where a model may phrase its answer, or its errors themselves are studied, the text is kept, and not
only whether it was right. A stream of answers says all that its outcomes say.

The one axis is ``string``, in schedule order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, final, get_args

import numpy as np
from numpy.typing import NDArray

from claimkit.errors import InvalidInput
from claimkit.evidence.outcomes import Outcomes

Ended = Literal["stop", "end", "cap"]
"""Why a model wrote no more: a stop string, its end marker, or as much as it was allowed."""


@final
@dataclass(frozen=True)
class Answer:
    """What a model wrote behind one prompt.

    Attributes:
        right: Whether it is the right answer, spaces around it aside.
        text: The answer: what was written up to a stop string or, of an instructed model, between
            its tags; all that was written where there are no such tags.
        parsed: Whether the answer was where it should be. If not, it is wrong.
        ended: Why no more was written.
        written: How many tokens were written, thinking included.
        margin: By how much the closest choice was won: the smallest over the tokens written of
            their logit minus the largest other, at least 0.
        gold: The right answer in the model's tokens.
        given: ``text`` in the model's tokens.

    Raises:
        InvalidInput: If an answer is called right that was not where it should be, ended by
            something else, or has a margin that no choice has.
    """

    right: bool
    text: str
    parsed: bool
    ended: Ended
    written: int
    margin: float
    gold: tuple[int, ...]
    given: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        if self.right and not self.parsed:
            raise InvalidInput(f"an answer that cannot be parsed is wrong, got {self!r}")
        if self.ended not in get_args(Ended):
            raise InvalidInput(f"an answer ends by {get_args(Ended)}, got {self.ended!r}")
        if not 0 <= self.margin < np.inf:
            raise InvalidInput(f"a choice is won by 0 or more, got a margin of {self.margin}")

    @property
    def first_wrong(self) -> int:
        """The first token in which it is not the right answer, counted from 0; −1 where right."""
        if self.right:
            return -1
        pairs = enumerate(zip(self.gold, self.given, strict=False))
        return next((i for i, (a, b) in pairs if a != b), min(len(self.gold), len(self.given)))

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe primitives that :meth:`from_dict` reads back."""
        return {**asdict(self), "gold": list(self.gold), "given": list(self.given)}

    @staticmethod
    def from_dict(record: Mapping[str, Any]) -> Answer:
        """Read what :meth:`to_dict` wrote."""
        tokens = {name: tuple(record[name]) for name in ("gold", "given")}
        return Answer(**{**record, **tokens})


@final
@dataclass(frozen=True, eq=False)
class Answers:
    """The answers to some strings.

    Attributes:
        answers: One per string.
        digests: Uint64 ``(string,)``, read-only; the digest of each string asked.

    Raises:
        InvalidInput: If there are not as many of both, or digests are other numbers.
    """

    answers: tuple[Answer, ...]
    digests: NDArray[np.uint64]

    def __post_init__(self) -> None:
        """Refuse what does not fit, and fix what does."""
        digests = np.asarray(self.digests)
        if digests.dtype != np.uint64 or digests.shape != (len(self.answers),):
            raise InvalidInput(
                f"{len(self.answers)} answers need as many digests, uint64 (string,), "
                f"got {digests.dtype} of shape {digests.shape}"
            )
        # A view, so that the caller's own array stays writeable.
        object.__setattr__(self, "digests", digests.view())
        self.digests.flags.writeable = False

    @classmethod
    def of(cls, answers: Sequence[Answer], digests: NDArray[np.uint64]) -> Answers:
        """Return answers with the digests of what was asked."""
        return cls(tuple(answers), digests)

    @classmethod
    def concatenate(cls, parts: Iterable[Answers]) -> Answers:
        """Join answers to consecutive strings, in the order given; of no part, nothing."""
        pieces = list(parts)
        digests = [np.zeros(0, np.uint64), *(piece.digests for piece in pieces)]
        return cls(tuple(one for piece in pieces for one in piece.answers), np.concatenate(digests))

    @property
    def outcomes(self) -> Outcomes:
        """Whether each string was answered rightly; a wrong answer has its margin below 0."""
        right = np.array([one.right for one in self.answers], np.bool_)
        first_wrong = np.array([one.first_wrong for one in self.answers], np.int32)
        margin = np.array([one.margin for one in self.answers], np.float32)
        return Outcomes(right, first_wrong, np.where(right, margin, -margin), self.digests)

    @property
    def unparsed(self) -> int:
        """How many were not where an answer should be."""
        return sum(not one.parsed for one in self.answers)

    def __len__(self) -> int:
        return len(self.answers)

    def __getitem__(self, rows: slice) -> Answers:
        """Return the answers to some strings."""
        return Answers(self.answers[rows], self.digests[rows])

    def __eq__(self, other: object) -> bool:
        """Tell whether both hold the same answers to the same strings in the same order."""
        if not isinstance(other, Answers):
            return NotImplemented
        return self.answers == other.answers and np.array_equal(self.digests, other.digests)

    __hash__ = None  # type: ignore[assignment]  # arrays have no hash, and equality is by value
