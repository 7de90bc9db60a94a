"""The folder of a store: made where there is none, refused where another version wrote it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from claimkit.errors import StoreError
from claimkit.evidence.files import content_of, replace_file

VERSION = 1
VERSION_FIELD = "claimkit store version"


def open_folder(root: Path) -> None:
    """Make the store's folders, or check that they are ones this claimkit understands.

    Raises:
        OSError: If nothing can be written there.
        StoreError: If the store has another version.
    """
    stored = content_of(root / "format.json")
    if stored:
        _refuse_other_version(stored, root)
    for folder in ("streams", "facts", "damaged", "locks"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    # Written, not asked for: permissions promise more than a full or remote disk keeps.
    with tempfile.TemporaryFile(dir=root):
        pass
    if not stored:
        replace_file(root / "format.json", json.dumps({VERSION_FIELD: VERSION}).encode("ascii"))


def _refuse_other_version(stored: bytes, root: Path) -> None:
    """Refuse a format file that names another version than this claimkit's, or none."""
    try:
        version = json.loads(stored)[VERSION_FIELD]
    except (ValueError, TypeError, KeyError):
        raise StoreError(
            f"{root / 'format.json'} names no store version; choose another folder for the evidence"
        ) from None
    if version != VERSION:
        raise StoreError(
            f"{root} holds an evidence store of version {version!r}, this claimkit knows version "
            f"{VERSION}; upgrade claimkit or choose another folder"
        )
