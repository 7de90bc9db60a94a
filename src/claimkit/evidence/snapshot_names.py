"""Where a snapshot lies: one folder per model, in it one per file of claims, one file per test.

A file is named as its test, so that a person finds it. What some system forbids in names is
percent-encoded, as in addresses; a long name is cut and told from others by a digest.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import quote

LONGEST: Final = 180
"""Bytes of a name. Systems allow 255, and a file that is being written has a longer one."""

# Legal wherever files are kept, and tests are named so.
_KEPT: Final = "[]=+,@"
_DEVICES: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def file_of(test: str) -> PurePosixPath:
    """Return the path of a test's snapshot in a model's folder.

    >>> str(file_of("test_bias.py::TestX::test_y[A10-UR-length=30]"))
    'test_bias/TestX.test_y[A10-UR-length=30].json'
    >>> str(file_of("test_bias.py::test_y[why?]"))
    'test_bias/test_y[why%3F].json'
    """
    module, _, name = test.partition("::")
    function, bracket, parameters = name.partition("[")
    stem = safe(f"{function.replace('::', '.')}{bracket}{parameters}")
    return PurePosixPath(safe(module.removesuffix(".py")), f"{stem}.json")


def files_in(folder: Path) -> list[Path]:
    """Return the snapshot files of a model's folder, sorted; none if there is no such folder."""
    return sorted(path for path in folder.glob("*/*.json") if not path.name.startswith("."))


def safe(name: str) -> str:
    """Return a name for a file on any system, different for different names.

    Two names that differ in case only stay different here, but not on every system.
    """
    found = quote(name, safe=_KEPT)
    # On Windows a file of this name is a device, whatever follows a dot.
    if _DEVICES.fullmatch(found):
        found = f"%{ord(found[0]):X}{found[1:]}"
    if len(found) <= LONGEST:
        return found
    digest = hashlib.blake2b(name.encode(), digest_size=6).hexdigest()
    return f"{found[: LONGEST - len(digest) - 1]}~{digest}"
