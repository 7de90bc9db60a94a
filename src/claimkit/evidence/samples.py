"""Samples: what a model did with the first strings of one stream, small enough for a text file.

A snapshot, the journal of a run and a report hold samples; the store holds the outcomes themselves.
Two samples of one stream are paired string by string: which strings they are follows from sampler
version, setting, purpose and the number of the string, and what was shown from the prompt's digest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from claimkit.errors import InvalidInput
from claimkit.evidence.keys import EvidenceKey, canonical_json
from claimkit.evidence.outcomes import Outcomes
from claimkit.tasks.setting import Setting
from claimkit.tasks.without import plain_name

OPENING: Final = 16
"""Strings whose digest tells one sampler from another."""

_TYPES: Final = [*map(type, asdict(Setting(length=1, symbols=1)).values())]


@final
@dataclass(frozen=True)
class Sample:
    """The first strings of one stream, and whether one model was right on each.

    Attributes:
        task: The task's identity, see :func:`claimkit.tasks.checking.identity`.
        setting: The setting as JSON, which becomes canonical.
        purpose: ``claim``, or another word for fresh strings.
        sampler_version: Version of the sampler that drew the strings.
        prompt: Digest of the alphabet and the marks around it.
        opening: Digest of the first :data:`OPENING` strings, in hexadecimal.
        right: One bool per string, in schedule order.

    Raises:
        InvalidInput: If the setting is none.
    """

    task: str
    setting: str
    purpose: str
    sampler_version: int
    prompt: str
    opening: str
    right: tuple[bool, ...]

    def __post_init__(self) -> None:
        """Write the setting in its one form; refuse what is none."""
        object.__setattr__(self, "setting", canonical_json(self.settings.canonical()))

    @staticmethod
    def of(key: EvidenceKey, purpose: str, outcomes: Outcomes) -> Sample:
        """Return the sample of a stream's first outcomes."""
        digests = outcomes.digests[:OPENING].astype("<u8").tobytes()
        return Sample(
            task=key.task,
            setting=str(key.setting),
            purpose=purpose,
            sampler_version=key.sampler_version,
            prompt=key.prompt,
            opening=blake2b(digests, digest_size=8).hexdigest(),
            right=tuple(map(bool, outcomes.right)),
        )

    @property
    def stream(self) -> str:
        """What tells this stream of a model from its others; the same for every model."""
        return canonical_json([self.task, self.settings.canonical(), self.purpose])

    @property
    def settings(self) -> Setting:
        """The setting as a value."""
        try:
            setting = Setting(**json.loads(self.setting))
        except (TypeError, ValueError) as error:
            raise InvalidInput(f"a sample's setting is no setting: {self.setting!r}") from error
        # All fields, whether or not the canonical form leaves one out.
        if [*map(type, asdict(setting).values())] != _TYPES:
            raise InvalidInput(f"a sample's setting has values of other types: {self.setting!r}")
        return setting

    @property
    def label(self) -> str:
        """What a report calls it, e.g. ``UR at length 30, template rule``."""
        return f"{self.task.partition(' ')[0]} at {self.settings.place}"

    @property
    def lacks_path(self) -> bool:
        """Whether a path of the model was removed: then it is no accuracy of the model itself."""
        name = self.task.partition(" ")[0]
        return plain_name(name) != name

    @property
    def size(self) -> int:
        """How many strings were read."""
        return len(self.right)

    @property
    def successes(self) -> int:
        """How many of them were right."""
        return sum(self.right)

    def array(self) -> NDArray[np.bool_]:
        """Return ``right`` as bool ``(string,)``."""
        return np.array(self.right, dtype=np.bool_)

    def first(self, size: int) -> Sample:
        """Return the first strings only."""
        return replace(self, right=self.right[:size])

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe primitives that :meth:`from_dict` reads back; people can read most."""
        return {
            "task": self.task,
            "setting": json.loads(self.setting),
            "purpose": self.purpose,
            "sampler_version": self.sampler_version,
            "prompt": self.prompt,
            "opening": self.opening,
            "strings": self.size,
            "right": self.successes,
            # Bit by bit from the left, filled up with zeros on the right.
            "outcomes": np.packbits(self.array()).tobytes().hex(),
        }

    @staticmethod
    def from_dict(record: Mapping[str, Any]) -> Sample:
        """Read what :meth:`to_dict` wrote.

        Raises:
            InvalidInput: If fields are missing, of another type, or contradict each other.
        """
        try:
            bits = np.frombuffer(bytes.fromhex(record["outcomes"]), np.uint8)
            # No more than there are: a damaged number may name more strings than memory holds.
            count = max(0, min(record["strings"], 8 * len(bits)))
            right = np.unpackbits(bits, count=count).astype(np.bool_)
            sample = Sample(
                task=str(record["task"]),
                setting=json.dumps(record["setting"]),
                purpose=str(record["purpose"]),
                sampler_version=int(record["sampler_version"]),
                prompt=str(record["prompt"]),
                opening=str(record["opening"]),
                right=tuple(map(bool, right)),
            )
            wanted = record["strings"], record["right"]
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise InvalidInput(f"not the outcomes of a stream: {error!r}") from error
        if (sample.size, sample.successes) != wanted or len(bits) != -(-sample.size // 8):
            raise InvalidInput(
                f"the outcomes of {sample.label} hold {sample.successes} right of {sample.size} in "
                f"{len(bits)} bytes, but say {wanted[1]} of {wanted[0]}"
            )
        return sample
