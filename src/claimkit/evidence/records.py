"""Records: how outcomes lie in a file that may be cut off or damaged at any byte.

A stream's file is a sequence of records, only ever appended to. One record holds the strings
[start, stop)::

    magic        8 bytes
    start, stop  2 x uint64   the strings, counted from 0
    size         uint64       bytes of the body
    body         17 bytes per string: digest uint64, margin float32, first_wrong int32, right uint8
    checksum     16 bytes     BLAKE2b of all of the above, keyed with the stream's digest
    commit       8 bytes

Numbers are little-endian on every machine. Checksum and commit are the *marker*: they are written
when the rest is on the disk, so a record without them was cut off. A record that fails its
checksum, or that belongs to another stream, is damaged; reading goes on at the next intact record.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from claimkit.errors import StoreError
from claimkit.evidence.outcomes import Outcomes

MAGIC = b"\x89CKREC\r\n"
COMMIT = b"\x89CKEND\r\n"
HEADER = struct.Struct("<8sQQQ")
MARKER = struct.Struct("<16s8s")
ROW = np.dtype([("digest", "<u8"), ("margin", "<f4"), ("first_wrong", "<i4"), ("right", "u1")])


@final
@dataclass(frozen=True)
class Record:
    """One intact record.

    Attributes:
        start: The first string, counted from 0.
        stop: One past the last string.
        body: The strings' rows, as they lie in the file.
    """

    start: int
    stop: int
    body: bytes

    @classmethod
    def of(cls, start: int, outcomes: Outcomes) -> Record:
        """Return a record of outcomes that begin at a string."""
        rows = np.zeros(len(outcomes), ROW)
        rows["digest"], rows["margin"] = outcomes.digests, outcomes.margin
        rows["first_wrong"], rows["right"] = outcomes.first_wrong, outcomes.right
        return cls(start, start + len(outcomes), rows.tobytes())

    def encode(self, stream: str) -> tuple[bytes, bytes]:
        """Return the record's data and its marker, for the stream with this hexadecimal digest."""
        data = HEADER.pack(MAGIC, self.start, self.stop, len(self.body)) + self.body
        return data, MARKER.pack(_checksum(data, bytes.fromhex(stream)), COMMIT)

    @property
    def size(self) -> int:
        """Bytes in the file, marker included."""
        return HEADER.size + len(self.body) + MARKER.size


@final
@dataclass(frozen=True)
class Scan:
    """What was found in a file.

    Attributes:
        records: The intact records, in file order.
        damaged: The bytes between, before and after them, in file order.
    """

    records: tuple[Record, ...]
    damaged: tuple[bytes, ...]

    def intact(self, stream: str) -> bytes:
        """Return a file of the intact records only."""
        return b"".join(part for record in self.records for part in record.encode(stream))


def scan(content: bytes, stream: str) -> Scan:
    """Find the intact records of a file and the damaged bytes between them.

    Args:
        content: The whole file.
        stream: Digest of the stream's key, in hexadecimal.
    """
    key, records, damaged, at = bytes.fromhex(stream), list[Record](), list[bytes](), 0
    while at < len(content):
        begin, record = _next_intact(content, at, key)
        if begin > at:
            damaged.append(content[at:begin])
        if record:
            records.append(record)
        at = begin + (record.size if record else 0)
    return Scan(tuple(records), tuple(damaged))


def join(records: Sequence[Record], name: str) -> Outcomes:
    """Return the strings 0, 1, … up to the first that no record holds; of two copies, the first.

    Args:
        records: Intact records of one stream, in file order; they may overlap and leave gaps.
        name: The stream, for the error's sentence.

    Raises:
        StoreError: If two records hold different strings at one place.
    """
    if not records:
        return Outcomes.empty()
    rows = np.frombuffer(b"".join(record.body for record in records), ROW)
    at = places(records)
    if not np.array_equal(at, np.arange(len(at))):
        found, first, copy_of = np.unique(at, return_index=True, return_inverse=True)
        _refuse_two_texts(at, rows["digest"], rows["digest"][first][copy_of], name)
        # Sorted and distinct, so place i is string i until the first gap and never after it.
        rows = rows[first[: np.count_nonzero(found == np.arange(len(found)))]]
    right = rows["right"].astype(np.bool_)
    return Outcomes(right, rows["first_wrong"], rows["margin"], rows["digest"])


def places(records: Sequence[Record]) -> NDArray[np.int64]:
    """Return the string number of every row of some records, in file order."""
    none = np.zeros(0, np.int64)
    return np.concatenate([none, *(np.arange(r.start, r.stop, dtype=np.int64) for r in records)])


def _next_intact(content: bytes, at: int, key: bytes) -> tuple[int, Record | None]:
    """Return the first intact record from a byte on, and where it begins; none at the end."""
    while (at := content.find(MAGIC, at)) >= 0:
        if record := _decode(content, at, key):
            return at, record
        at += 1
    return len(content), None


def _decode(content: bytes, at: int, key: bytes) -> Record | None:
    """Return the record at a byte, if it is complete, unchanged and of this stream."""
    if len(content) - at < HEADER.size + MARKER.size:
        return None
    _, start, stop, size = HEADER.unpack_from(content, at)
    end = at + HEADER.size + size
    if end + MARKER.size > len(content) or size != (stop - start) * ROW.itemsize:
        return None
    checksum, commit = MARKER.unpack_from(content, end)
    if commit != COMMIT or checksum != _checksum(content[at:end], key):
        return None
    return Record(start, stop, content[at + HEADER.size : end])


def _checksum(data: bytes, key: bytes) -> bytes:
    """Return the keyed digest of a record's data."""
    return hashlib.blake2b(data, key=key, digest_size=16).digest()


def _refuse_two_texts(
    at: NDArray[Any], these: NDArray[Any], those: NDArray[Any], name: str
) -> None:
    """Refuse a stream in which one string stands with two digests."""
    differing = np.flatnonzero(these != those)
    if differing.size:
        raise StoreError(
            f"string {at[differing[0]]} of {name} was asked with two different texts; "
            "the sampler or the prompts changed without a new sampler version: raise it, "
            "or remove that folder"
        )
