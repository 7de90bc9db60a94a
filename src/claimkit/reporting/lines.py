"""Lines of a journal: what each says, and how one that was cut off is told from a whole one.

A line is JSON with two fields: ``check``, a digest of all that follows it, and one that names what
the line is about, here with spaces for reading::

    {"check": "…", "run": {"format": "claimkit.journal/1", "tests": […], "provenance": {…}, …}}
    {"check": "…", "claim": {"seconds": 12.3, "test": "…", "status": "holds", …}}
    {"check": "…", "provenance": {"dtype": "float32"}}
    {"check": "…", "end": {"seconds": 60.1}}

The first line lists the tests that were collected, each claim's line what became of one of them;
what the first line says of a test is not said again.

>>> decode(encode("end", {"seconds": 60.1}))
('end', {'seconds': 60.1})
>>> decode(encode("end", {"seconds": 60.1})[:-3]) is None
True
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final

FORMAT: Final = "claimkit.journal/1"
RUN, CLAIM, PROVENANCE, END = "run", "claim", "provenance", "end"

_CHECK: Final = '{"check":"%s",'


def encode(kind: str, value: Mapping[str, Any]) -> bytes:
    """Return one line, with its line feed."""
    rest = json.dumps({kind: value}, separators=(",", ":"))[1:]
    return f"{_CHECK % _digest(rest)}{rest}\n".encode("ascii")


def decode(line: bytes) -> tuple[str, dict[str, Any]] | None:
    """Return what a line is about and what it says, or None if it is not as it was written.

    Args:
        line: With or without its line feed, which a kill may have kept from the disk.
    """
    try:
        text = line.decode("ascii").removesuffix("\n")
    except UnicodeDecodeError:
        return None
    opening = len(_CHECK % _digest(""))
    rest = text[opening:]
    if text[:opening] != _CHECK % _digest(rest):
        return None
    ((kind, value),) = json.loads(f"{{{rest}").items()
    return kind, value


def _digest(rest: str) -> str:
    return blake2b(rest.encode("ascii"), digest_size=4).hexdigest()
