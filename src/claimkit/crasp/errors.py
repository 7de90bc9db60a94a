"""What can go wrong with a program, said in one sentence."""

from __future__ import annotations

from claimkit.errors import InvalidInput


class InvalidProgram(InvalidInput):
    """A program is none of C-RASP[pos]; the message names the line."""


class InvalidString(InvalidInput):
    """A string has a symbol that a program's alphabet lacks."""


class AmbiguousNext(InvalidInput):
    """A program names more than one next symbol, so that nothing can be generated from it."""
