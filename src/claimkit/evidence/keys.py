"""Keys: everything that the outcomes of one stream depend on.

A stream is the sequence of strings that one task draws at one setting with one seed, put to one
model. Its key names content, never places: two checkpoints with the same bytes share their
evidence, and two with the same name do not.
"""

from __future__ import annotations

import hashlib
import json
import operator
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, final

from claimkit.errors import InvalidInput

Scalar = str | int | float | bool


def canonical_json(value: object) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, ASCII only.

    Raises:
        InvalidInput: If the value would not come back from JSON as it is.

    >>> canonical_json({"length": 30, "demonstrations": 5})
    '{"demonstrations":5,"length":30}'
    """
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"cannot keep {value!r} as JSON: {error}") from error
    if json.loads(text) != value:
        raise InvalidInput(
            f"{value!r} would come back from JSON changed; use lists, and texts as dictionary keys"
        )
    return text


@final
@dataclass(frozen=True)
class EvidenceKey:
    """What identifies a stream of outcomes.

    Attributes:
        fingerprint: Digest of the bytes of weights, tokenizer and configuration.
        task: Which task: its name if it is one of the papers', else with what it answers
            (:func:`claimkit.tasks.checking.identity`).
        setting: The setting's canonical names and values; kept as canonical JSON, so that keys
            can be hashed.
        seed: Seed of the sampler, at least 0.
        sampler_version: Version of the sampler that drew the strings.
        bos_policy: What stands before the prompt: no BOS, the model's BOS, ….
        dtype: Number format of the forward pass, such as ``float32``.
        attention: Attention implementation, such as ``sdpa``.
        prompt: Digest of what prompts are put together from: the alphabet and the marks' tokens.

    Raises:
        InvalidInput: If a value has another type, or the setting does not survive JSON.

    >>> key = EvidenceKey("f00d", "UR", {"length": 30}, 7, 1, "none", "float32", "sdpa", "9a5e")
    >>> key.setting, key.digest[:12]
    ('{"length":30}', '1c31d80d5e9b')
    """

    fingerprint: str
    task: str
    setting: Mapping[str, Scalar] | str
    seed: int
    sampler_version: int
    bos_policy: str
    dtype: str
    attention: str
    prompt: str

    def __post_init__(self) -> None:
        for name in ("fingerprint", "task", "bos_policy", "dtype", "attention", "prompt"):
            if not isinstance(getattr(self, name), str):
                raise InvalidInput(
                    f"{name} of an evidence key is a text, got {getattr(self, name)!r}"
                )
        for name in ("seed", "sampler_version"):
            object.__setattr__(self, name, _whole(name, getattr(self, name)))
        object.__setattr__(self, "setting", canonical_json(_mapping(self.setting)))

    @classmethod
    def from_json(cls, content: bytes, digest: str) -> EvidenceKey | None:
        """Return the key that a file describes, or None unless it is the key with this digest."""
        try:
            key = cls(**json.loads(content))
        except (TypeError, ValueError):
            return None
        return key if key.digest == digest else None

    def to_json(self) -> bytes:
        """Return the key as text for people, which :meth:`from_json` reads back."""
        return json.dumps(self.fields, indent=2).encode("ascii") + b"\n"

    @property
    def settings(self) -> dict[str, Scalar]:
        """The setting as names and values."""
        return _mapping(self.setting)

    @property
    def fields(self) -> dict[str, Any]:
        """All parts of the key by name, the setting as names and values."""
        return {**asdict(self), "setting": self.settings}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the key's canonical JSON, in hexadecimal."""
        return hashlib.sha256(canonical_json(self.fields).encode("ascii")).hexdigest()


def _whole(name: str, value: int) -> int:
    """Return a count as Python's int, whatever integer type it came in."""
    try:
        whole = operator.index(value)
    except TypeError:
        raise InvalidInput(f"{name} of an evidence key is an integer, got {value!r}") from None
    if whole < 0:
        raise InvalidInput(f"{name} of an evidence key is at least 0, got {whole}")
    return whole


def _mapping(setting: Mapping[str, Scalar] | str) -> dict[str, Scalar]:
    """Return a setting as names and values, from either form."""
    try:
        found = json.loads(setting) if isinstance(setting, str) else dict(setting)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"a setting has names and values, got {setting!r}") from error
    if not isinstance(found, dict):
        raise InvalidInput(f"a setting has names and values, got {setting!r}")
    return found
