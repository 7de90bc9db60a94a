"""Facts: small things worth not computing again, such as a tokenizer's alphabet or weights' digest.

A fact lies in a JSON file of its own, with its name and a checksum, so that a damaged one is never
believed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from claimkit.evidence.keys import canonical_json


def file_name(name: str) -> str:
    """Return a file name for a fact: readable, and different for different names.

    >>> file_name("alphabet of models/tiny")
    'alphabet-of-models-tiny-155666785ea3.json'
    """
    readable = re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-.")[:60]
    return f"{readable}-{hashlib.sha256(name.encode()).hexdigest()[:12]}.json"


def encode(name: str, facts: Mapping[str, Any]) -> bytes:
    """Return the file's content.

    Raises:
        InvalidInput: If the facts would not come back from JSON as they are.
    """
    kept = {"name": name, "facts": dict(facts)}
    return canonical_json({**kept, "checksum": _checksum(kept)}).encode("ascii")


def decode(content: bytes, name: str) -> dict[str, Any] | None:
    """Return the facts of a file's content, or None if it is damaged or about something else."""
    try:
        found = json.loads(content)
        whole = found.pop("checksum") == _checksum(found) and found["name"] == name
        facts = found["facts"]
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return facts if whole and isinstance(facts, dict) else None


def _checksum(kept: dict[str, Any]) -> str:
    """Return the digest of a fact's name and content."""
    return hashlib.blake2b(canonical_json(kept).encode("ascii"), digest_size=16).hexdigest()
