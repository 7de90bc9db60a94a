"""Standard output of a command: a terminal of some width, a file, or a pipe that may close."""

from __future__ import annotations

import os
import sys
from shutil import get_terminal_size
from typing import Final

from claimkit.errors import InvalidInput

_LEAST_WIDTH: Final = 20


def say(text: str) -> None:
    """Print a text.

    Raises:
        InvalidInput: If the encoding of standard output lacks a character.
    """
    try:
        print(text)
        sys.stdout.flush()
    except UnicodeEncodeError as error:
        lacking = error.object[error.start]
        raise InvalidInput(
            f"standard output is {error.encoding} and has no {lacking!r}; set PYTHONUTF8=1, or use "
            "--ascii where there is such an option"
        ) from None
    except BrokenPipeError:
        # Whoever reads has enough, as `head` does; what Python would flush at its end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def width() -> int:
    """Return the columns of the terminal; 80 where there is none."""
    return max(_LEAST_WIDTH, get_terminal_size().columns)


def in_color() -> bool:
    """Whether standard output is a terminal that shows colours and may."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def say_aside(text: str) -> None:
    """Print a sentence to standard error, which what was found does not go to."""
    print(f"claimkit: {text}", file=sys.stderr, flush=True)
