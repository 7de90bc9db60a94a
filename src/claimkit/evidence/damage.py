"""Damage: what happens to bytes in the store that nobody can believe any more.

They are kept aside, in one folder where a person can look at them or delete them, and said once.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from pathlib import Path

from claimkit.evidence.files import content_of, replace_file, told


class StoreWarning(UserWarning):
    """Something in the evidence store is damaged; what it held will be measured again."""


def set_aside(path: Path, folder: Path, damaged: bytes) -> None:
    """Move a damaged file away, with one warning from the worker that moves it.

    A file that another worker has moved or written anew in the meantime is left alone.

    Args:
        path: The file.
        folder: Where damaged files go.
        damaged: The content that was found damaged.

    Raises:
        StoreError: If it cannot be moved.
    """
    with told("set aside", path):
        if content_of(path) != damaged:
            return
        try:
            os.replace(path, _place(path, folder, damaged))
        except FileNotFoundError:
            return  # another worker was faster
    warn(f"{path} was damaged; it is in {folder} now, and what it held is measured again")


def cut_out(path: Path, folder: Path, damaged: bytes, intact: bytes) -> None:
    """Keep the damaged bytes of a file aside and leave the intact ones in their place.

    Raises:
        StoreError: If the disk is full or not writable; the file is then as it was.
    """
    with told("set aside the damaged part of", path):
        # In this order: a kill in between leaves a copy too many, never one too few.
        replace_file(_place(path, folder, damaged), damaged)
        replace_file(path, intact)


def warn(message: str) -> None:
    """Say that something is damaged, at the line of the store's caller."""
    warnings.warn(message, StoreWarning, stacklevel=4)


def _place(path: Path, folder: Path, content: bytes) -> Path:
    """Return where damaged bytes go: named after their file and themselves, so that no two meet."""
    digest = hashlib.blake2b(content, digest_size=4).hexdigest()
    return folder / f"{path.parent.name}.{path.name}.{digest}"
