"""The meter: loss, accuracy and speed between two lines of the log."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from claimkit.training.course import LogLine
from claimkit.training.rows import Batch


class Meter:
    """Loss and accuracy per task since the last log line."""

    def __init__(self) -> None:
        """Start empty."""
        self._losses: list[float] = []
        self._right: dict[str, list[npt.NDArray[np.bool_]]] = {}
        self._tokens, self._examples = 0, 0
        self._start = self._end = time.perf_counter()

    def add(self, batch: Batch, loss: float, right: npt.NDArray[np.bool_]) -> None:
        """Count one batch; ``right`` says of each learned token whether it came out."""
        self._losses.append(loss)
        self._tokens += batch.tokens.size
        self._examples += batch.examples
        rows = np.nonzero(batch.learned[:, 1:])[0]
        names = np.array(batch.tasks)
        for name in dict.fromkeys(batch.tasks):
            self._right.setdefault(name, []).append(right[names[rows] == name])
        # An exam between the last batch and the line is no training.
        self._end = time.perf_counter()

    def line(self, step: int, exam: Mapping[str, float]) -> LogLine:
        """Return the log line: accuracies of the learned tokens, speed up to the last batch."""
        seconds = self._end - self._start
        line: LogLine = {
            "step": step,
            "loss": round(float(np.mean(self._losses)), 4),
            "accuracy": {name: _share(found) for name, found in sorted(self._right.items())},
            "tokens_per_second": round(self._tokens / seconds),
            "examples_per_second": round(self._examples / seconds),
        }
        if exam:
            line["exam"] = dict(exam)
        return line


def _share(found: Sequence[npt.NDArray[np.bool_]]) -> float:
    return round(float(np.concatenate(found).mean()), 3)
