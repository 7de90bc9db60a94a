"""How fast a model is measured here: remembered from earlier runs, or else estimated."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    import torch

    from claimkit.auditing.subject import Subject

USUAL_SHARE: Final = 1 / 3
"""Of the rate of a matrix product, what the pieces of an audit reach; for an estimate only."""

_SECONDS: Final = 0.2
_TRIES: Final = 5


@final
class Speedometer:
    """Counts the tokens and the seconds of one process's measuring, and remembers them.

    The first piece counts for nothing: it waits for the weights.

    Args:
        subject: Whose store remembers the speed, for the way it runs on this machine.
    """

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._pieces, self._tokens, self._seconds = 0, 0, 0.0

    def note(self, tokens: int, seconds: float) -> None:
        """Note a piece that was measured."""
        self._pieces += 1
        if self._pieces == 1:
            return
        self._tokens, self._seconds = self._tokens + tokens, self._seconds + seconds
        facts = {"tokens": self._tokens, "seconds": self._seconds}
        self._subject.store.remember(_name(self._subject), facts)


def known_speed(subject: Subject) -> float | None:
    """Return the tokens that one process measured in a second here before, or None."""
    known = subject.store.facts(_name(subject))
    return known["tokens"] / known["seconds"] if known else None


def estimated_speed(subject: Subject, parameters: int) -> float:
    """Return the tokens per second to expect of a model of so many parameters on its device.

    Twice the parameters are multiplied and added for a token, at a third of the rate that a matrix
    product reaches here. Attention and all overhead are left out; small models are slower.
    """
    return USUAL_SHARE * _matmul_rate(subject) / (2 * max(parameters, 1))


def _name(subject: Subject) -> str:
    return f"speed {subject.environment}"


def _matmul_rate(subject: Subject) -> float:
    """Return the operations per second of a short matrix product, best of several."""
    # Imports torch, as the tokenizer does, too.
    import torch

    from claimkit.models.devices import resolve_dtype, start_device

    device = start_device(subject.spec)
    dtype = resolve_dtype(subject.spec.dtype, device)
    if not isinstance(dtype, torch.dtype):
        dtype = torch.bfloat16
    size = 512 if device.type == "cpu" else 4096
    matrix = torch.ones((size, size), dtype=dtype, device=device)
    best, end, tries = float("inf"), time.perf_counter() + _SECONDS, 0
    # The first ones start the libraries.
    while tries < _TRIES or time.perf_counter() < end:
        tries += 1
        start = time.perf_counter()
        _wait_for(matrix @ matrix)
        best = min(best, time.perf_counter() - start)
    return 2 * float(size) ** 3 / best


def _wait_for(result: torch.Tensor) -> None:
    # A GPU computes in the background until one of its numbers is looked at.
    result[0, 0].item()
