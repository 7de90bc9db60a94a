"""From the words typed after an option to a value, or to one sentence that says what to type.

Each function takes the option's name, for the sentence, and the words as they were typed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from claimkit.errors import InvalidInput

__all__ = [
    "choice",
    "duration",
    "file",
    "file_name",
    "fraction",
    "lengths",
    "names",
    "whole",
    "word",
]

_DURATION: Final = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_FILE_NAME: Final = re.compile(r"[\w+@=-][\w .+@=-]*")
_NAME: Final = re.compile(r"[A-Za-z][\w+-]*")


def word(option: str, text: str | None) -> str | None:
    """Return any words; None stands for an option that was left out."""
    if text is not None and not text.strip():
        raise InvalidInput(f"{option} is empty; give it a value or leave it out")
    return text


def file(option: str, text: str | None, cwd: Path) -> Path | None:
    """Return a path; a relative one starts from ``cwd``."""
    typed = word(option, text)
    return None if typed is None else cwd / Path(typed).expanduser()


def file_name(option: str, text: str | None) -> str | None:
    """Return the name of a file or folder, without any folder above it."""
    typed = word(option, text)
    if typed is not None and not _FILE_NAME.fullmatch(typed):
        raise InvalidInput(
            f"{option} is the name of a folder, got {typed!r}; write for example gpt2-small, and "
            "the folders above it with --snapshot-dir"
        )
    return typed


def choice(option: str, text: str, allowed: Sequence[str]) -> str:
    """Return one of a few names."""
    if text not in allowed:
        raise InvalidInput(f"{option} is one of {', '.join(allowed)}, got {text!r}")
    return text


def fraction(
    option: str, text: str, *, example: str, zero: bool = False, below: float = 1
) -> float:
    """Return a number above 0, or from 0 on where ``zero`` is meant, and below ``below``."""
    least = "[0" if zero else "(0"
    advice = (
        f"{option} is a fraction in {least}, {below}), got {text!r}; write for example {example}"
    )
    try:
        value = float(text)
    except ValueError:
        raise InvalidInput(advice) from None
    if not 0 <= value < below or (value == 0 and not zero):
        raise InvalidInput(advice)
    return value


def whole(option: str, text: str, *, example: str) -> int:
    """Return a whole number from 1 on."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise InvalidInput(
            f"{option} takes whole numbers from 1 on, got {text!r}; write for example {example}"
        )
    return value


def lengths(option: str, text: str | None) -> tuple[int, ...] | None:
    """Return different whole numbers that commas separate."""
    if text is None:
        return None
    found = tuple(whole(option, part, example="10,20,30") for part in text.split(","))
    if len(set(found)) < len(found):
        raise InvalidInput(f"{option} names a length twice, got {text!r}")
    return found


def names(option: str, text: str | None, *, example: str) -> tuple[str, ...] | None:
    """Return different names that commas separate."""
    if text is None:
        return None
    found = tuple(part.strip() for part in text.split(","))
    bad = [name for name in found if not _NAME.fullmatch(name)]
    if bad:
        raise InvalidInput(
            f"{option} takes names with commas between them, got {bad[0]!r} in {text!r}; "
            f"write for example {example}"
        )
    if len(set(found)) < len(found):
        raise InvalidInput(f"{option} names the same twice, got {text!r}")
    return found


def duration(option: str, text: str | None) -> float | None:
    """Return seconds.

    >>> duration("--budget", "1h30m")
    5400.0
    """
    if text is None:
        return None
    found = _DURATION.fullmatch(text.strip())
    hours, minutes, seconds = (int(part or 0) for part in (found.groups() if found else "000"))
    total = float(hours * 3600 + minutes * 60 + seconds)
    if not total:
        meant = f"; write {text.strip()}s" if text.strip().isdigit() and int(text) else ""
        raise InvalidInput(
            f"{option} is a time above zero such as 90s, 10m or 1h30m, got {text!r}{meant}"
        )
    return total
