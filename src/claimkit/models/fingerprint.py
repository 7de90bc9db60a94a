"""A fingerprint of everything in a checkpoint that bears on its answers.

Evidence is filed under the bytes of a model and never under its name: caches that were keyed by
names have served one model's answers for another's. Hashing is slow (about 1 GB/s), so the hash of
each file is remembered by the file's path, size and time of change; a file of weights is remembered
only once all its weights were finite.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Protocol

from claimkit.models.adapters import adapter_files
from claimkit.models.layout import behaviour_files, model_files, own_tokenizer_files
from claimkit.models.weights import read_weights

__all__ = ["Facts", "fingerprint"]

# Part of every remembered fact: raise it when what is hashed or checked changes.
_VERSION = 1
_CHUNK = 1 << 22


class Facts(Protocol):
    """Remembers small facts between runs; the evidence store is one."""

    def facts(self, name: str, /) -> dict[str, Any] | None:
        """Return what was remembered under a name, or None."""

    def remember(self, name: str, facts: dict[str, Any], /) -> None:
        """Remember facts under a name, instead of what was remembered before."""


def fingerprint(
    folder: Path, facts: Facts, *, tokenizer: Path | None = None, adapter: Path | None = None
) -> str:
    """Return the sha256, in hex, of the names and bytes of all files that bear on the answers.

    Args:
        folder: Of the checkpoint.
        facts: Remembers the hash of every file.
        tokenizer: Folder of the tokenizer that is used, if it is not the checkpoint's.
        adapter: Folder of the adapter that is used, if one is.

    Raises:
        ModelError: If files are missing, or weights are truncated, malformed or not finite.
    """
    total = hashlib.sha256(f"claimkit checkpoint {_VERSION}\n".encode())
    parts = [("", folder, behaviour_files(folder) if tokenizer is None else model_files(folder))]
    if tokenizer is not None:
        parts.append(("tokenizer/", tokenizer, own_tokenizer_files(tokenizer)))
    if adapter is not None:
        parts.append(("adapter/", adapter, adapter_files(adapter)))
    for part, root, files in parts:
        for path in files:
            name = part + path.relative_to(root).as_posix()
            total.update(f"{name} {_file_hash(path, facts)}\n".encode())
    return total.hexdigest()


def _file_hash(path: Path, facts: Facts) -> str:
    real = path.resolve()
    name = "file-" + hashlib.sha256(str(real).encode()).hexdigest()
    status = real.stat()
    identity = {"size": status.st_size, "mtime_ns": status.st_mtime_ns, "version": _VERSION}
    known = facts.facts(name)
    if known is not None and all(known.get(key) == value for key, value in identity.items()):
        return str(known["sha256"])
    digest = _hash_weights(real, path.name) if path.suffix == ".safetensors" else _hash_plain(real)
    facts.remember(name, {"path": str(real), **identity, "sha256": digest})
    return digest


def _hash_plain(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hash_weights(path: Path, shown_as: str) -> str:
    digest = hashlib.sha256()
    for chunk in read_weights(path, shown_as, chunk=_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
