"""What other libraries say at length, in one sentence."""

from __future__ import annotations

__all__ = ["first_sentence"]


def first_sentence(error: Exception) -> str:
    """Return the first sentence of an error's message and the kind of the error.

    >>> first_sentence(ValueError("no such model. Visit our page."))
    'no such model (ValueError)'
    """
    # A KeyError shows its message in quotes, line breaks and all.
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    lines = [line.strip() for line in text.strip().splitlines()] or ["no message"]
    # A heading says nothing without what stands under it.
    first = " ".join(lines[:2]) if lines[0].endswith(":") else lines[0]
    return f"{first.split('. ')[0].rstrip('.:; ')} ({type(error).__name__})"
