"""Episodes: questions with their gold answers, as token ids of one model's vocabulary.

This is all that a measurement sees of a task and a prompt.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from claimkit.errors import InvalidInput

__all__ = ["Episodes"]


@dataclass(frozen=True, eq=False)
class Episodes:
    """Prompts, each followed by its gold answer.

    Attributes:
        tokens: Int64 ``(string, time)``; prompt and gold answer, padded on the right with any valid
            id.
        lengths: Int64 ``(string,)``; how many tokens of each string are real (prompt and answer).
        answers: Int64 ``(string, width)``; the gold answers, which end the real tokens of their
            strings.

    Raises:
        InvalidInput: If the shapes do not fit, an answer has no token before it, or an answer is
            not the end of its string.

    >>> tokens = np.array([[5, 6, 7], [5, 8, 0]])
    >>> episodes = Episodes(tokens, lengths=np.array([3, 2]), answers=np.array([[7], [8]]))
    >>> len(episodes), episodes[1:].tokens.tolist(), episodes.starts.tolist()
    (2, [[5, 8, 0]], [2, 1])
    """

    tokens: NDArray[np.int64]
    lengths: NDArray[np.int64]
    answers: NDArray[np.int64]

    def __post_init__(self) -> None:
        strings = len(self.tokens)
        if self.tokens.ndim != 2 or self.answers.ndim != 2 or self.lengths.shape != (strings,):
            raise InvalidInput(
                "episodes have tokens (string, time), lengths (string,) and answers "
                f"(string, width), got shapes {self.tokens.shape}, {self.lengths.shape} and "
                f"{self.answers.shape}"
            )
        if len(self.answers) != strings or self.width < 1:
            raise InvalidInput(
                f"{strings} strings need {strings} answers of at least one token, "
                f"got answers of shape {self.answers.shape}"
            )
        if strings and (self.starts.min() < 1 or self.lengths.max() > self.tokens.shape[1]):
            raise InvalidInput(
                "every string needs at least one token before its answer and must fit its row; "
                f"got lengths {self.lengths.min()} to {self.lengths.max()} with answers of "
                f"{self.width} in rows of {self.tokens.shape[1]}"
            )
        columns = self.starts[:, None] + np.arange(self.width)
        if (np.take_along_axis(self.tokens, columns, axis=1) != self.answers).any():
            raise InvalidInput("every answer must end its string: tokens and answers disagree")

    @property
    def width(self) -> int:
        """The number of tokens in each answer."""
        return int(self.answers.shape[1])

    @property
    def starts(self) -> NDArray[np.int64]:
        """Int64 ``(string,)``: where each answer starts."""
        return self.lengths - self.width

    def __len__(self) -> int:
        return len(self.tokens)

    def __getitem__(self, index: slice | NDArray[np.int64]) -> Episodes:
        """Return the strings at ``index``, in its order; padding is kept."""
        return Episodes(self.tokens[index], self.lengths[index], self.answers[index])
