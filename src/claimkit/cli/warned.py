"""Warnings of a command: one sentence each on standard error, however often they occur."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_sentence_each() -> Iterator[None]:
    """Say what is warned of meanwhile as ``claimkit: warning: …``."""
    said: set[str] = set()

    def show(message: Warning | str, *_: object, **__: object) -> None:
        if str(message) not in said:
            said.add(str(message))
            print(f"claimkit: warning: {message}", file=sys.stderr)

    with warnings.catch_warnings():
        # The filter would drop a second warning from the same line about another file.
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = show
        yield
