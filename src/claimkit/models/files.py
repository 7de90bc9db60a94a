"""Files of a checkpoint that the operating system refuses to read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from claimkit.errors import ModelError

__all__ = ["reading"]


@contextmanager
def reading(checkpoint: Path | str) -> Iterator[None]:
    """Turn the operating system's refusals to read a checkpoint into one sentence.

    Args:
        checkpoint: What to name where the refusal names no file.

    Raises:
        ModelError: If the block raises an OSError.
    """
    try:
        yield
    except OSError as error:
        raise ModelError(
            f"cannot read {error.filename or checkpoint}: {error.strerror or error}; "
            "a checkpoint's files must be readable and stay in place while they are examined"
        ) from error
