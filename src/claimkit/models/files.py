"""Reading the small files of a checkpoint, with every refusal in one sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from claimkit.errors import ModelError

__all__ = ["read_json_object", "reading"]


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


def read_json_object(path: Path) -> dict[str, Any]:
    """Return the content of a JSON file that must hold an object.

    Raises:
        ModelError: If it holds anything else.
        OSError: If it cannot be read; see :func:`reading`.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    # Brackets within brackets, thousands deep, end in a RecursionError.
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} is not JSON ({error}); download or export it again") from error
    if not isinstance(content, dict):
        raise ModelError(
            f"{path} must hold a JSON object, got a {type(content).__name__}; "
            "download or export it again"
        )
    return content
