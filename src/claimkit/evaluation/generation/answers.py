"""What a model wrote after a prompt, and what it cost to let it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from claimkit.evidence.answers import Ended

__all__ = ["Answer", "Batching", "Effort", "Ended"]

Batching = Literal["padded", "equal lengths", "alone"]


@dataclass(frozen=True)
class Answer:
    """What greedy decoding gives after one prompt.

    Attributes:
        tokens: The token ids written, up to and including the one that completed a stop string or
            is an end marker, and never more than the cap.
        text: What they say, without the stop string and what follows it in its last token, and
            without the end marker. Special tokens and spaces are left as they are.
        ended: ``"stop"`` by a stop string, ``"end"`` by an end marker, ``"cap"`` by neither. An end
            marker whose own text completes a stop string counts as an end marker.
        margin: By how much the closest choice was won: the smallest over the tokens of their logit
            minus the largest other. Where it is within the arithmetic's noise
            (:func:`claimkit.evaluation.noise.noise_share`), another batch may give another answer;
            0 is a tie, which goes to the lower token id.
    """

    tokens: tuple[int, ...]
    text: str
    ended: Ended
    margin: float


@dataclass(frozen=True)
class Effort:
    """What some answers cost.

    Attributes:
        strings: How many answers.
        tokens: Tokens decoded for them, the wasted ones included.
        wasted: Tokens of rows that had ended and were still in the batch.
        seconds: By the clock on the wall, reading the prompts included.
        batching: Whether prompts of different lengths went together, only such of the same length,
            or each alone since the model's cache cannot be trusted or is of another kind; ``None``
            of a sum over different ones.

    >>> one = Effort(strings=2, tokens=30, wasted=3, seconds=0.5, batching="padded")
    >>> (one + one).share_wasted
    0.1
    """

    strings: int
    tokens: int
    wasted: int
    seconds: float
    batching: Batching | None

    @property
    def share_wasted(self) -> float:
        """The share of the tokens that was wasted; 0 where there are none."""
        return self.wasted / self.tokens if self.tokens else 0.0

    def __add__(self, other: Effort) -> Effort:
        """Return the effort of both."""
        return Effort(
            self.strings + other.strings,
            self.tokens + other.tokens,
            self.wasted + other.wasted,
            self.seconds + other.seconds,
            self.batching if self.batching == other.batching else None,
        )
