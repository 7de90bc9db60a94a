"""Rows: how what was observed of one string lies in a record (claimkit.evidence.records).

Three kinds of things are observed: outcomes, head scores and answers. Each kind has a magic of its
own, so that no record is read as one of another kind, and each row begins with its string's digest.
Numbers are little-endian on every machine.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from abc import ABC, abstractmethod
from collections.abc import Sized
from typing import Any, ClassVar, Final, Generic, TypeVar, final

import numpy as np
from numpy.typing import NDArray

from claimkit.evidence.answers import Answer, Answers
from claimkit.evidence.head_scores import STEPS, HeadScores
from claimkit.evidence.outcomes import Outcomes

T = TypeVar("T", bound=Sized)


class Rows(ABC, Generic[T]):
    """How one kind of what can be observed lies in a record's body."""

    magic: ClassVar[bytes]
    """What a record of this kind begins with, 8 bytes."""

    @abstractmethod
    def encode(self, observed: T) -> bytes:
        """Return the body of a record."""

    @abstractmethod
    def fits(self, body: bytes, strings: int) -> bool:
        """Tell whether a body has so many rows."""

    @abstractmethod
    def rows(self, body: bytes) -> NDArray[Any]:
        """Return the rows of a body that has as many as it should, with their field ``digest``."""

    @abstractmethod
    def decode(self, rows: NDArray[Any]) -> T:
        """Return what some rows say."""

    @abstractmethod
    def empty(self) -> T:
        """Return what was observed of no string."""


@final
class OutcomeRows(Rows[Outcomes]):
    """17 bytes per string: digest uint64, margin float32, first_wrong int32, right uint8."""

    magic: ClassVar[bytes] = b"\x89CKREC\r\n"
    row: ClassVar = np.dtype(
        [("digest", "<u8"), ("margin", "<f4"), ("first_wrong", "<i4"), ("right", "u1")]
    )

    def encode(self, observed: Outcomes) -> bytes:
        """Return the rows, one after the other."""
        rows = np.zeros(len(observed), self.row)
        rows["digest"], rows["margin"] = observed.digests, observed.margin
        rows["first_wrong"], rows["right"] = observed.first_wrong, observed.right
        return rows.tobytes()

    def fits(self, body: bytes, strings: int) -> bool:
        """Tell whether a body has so many rows."""
        return len(body) == strings * self.row.itemsize

    def rows(self, body: bytes) -> NDArray[Any]:
        """Return the rows of a body."""
        return np.frombuffer(body, self.row)

    def decode(self, rows: NDArray[Any]) -> Outcomes:
        """Return the outcomes that some rows say."""
        right = rows["right"].astype(np.bool_)
        return Outcomes(right, rows["first_wrong"], rows["margin"], rows["digest"])

    def empty(self) -> Outcomes:
        """Return the outcomes of no string."""
        return Outcomes.empty()


@final
class HeadScoreRows(Rows[HeadScores]):
    """The shape (kind, layer, head) as 3 x uint32, then rows of that shape.

    A row has its digest uint64 and its scores uint16 ``(kind, layer, head)``, in parts of 65535.
    """

    magic: ClassVar[bytes] = b"\x89CKHDS\r\n"
    shape: ClassVar = struct.Struct("<III")

    def encode(self, observed: HeadScores) -> bytes:
        """Return the shape and the rows, one after the other."""
        rows = np.zeros(len(observed), self._row(observed.values.shape[1:]))
        rows["digest"], rows["scores"] = observed.digests, np.rint(observed.values * STEPS)
        return self.shape.pack(*observed.values.shape[1:]) + rows.tobytes()

    def fits(self, body: bytes, strings: int) -> bool:
        """Tell whether a body has so many rows of its shape."""
        if len(body) < self.shape.size:
            return False
        scores: int = math.prod(self.shape.unpack_from(body))
        return len(body) == self.shape.size + strings * (8 + 2 * scores)

    def rows(self, body: bytes) -> NDArray[Any]:
        """Return the rows of a body."""
        row = self._row(self.shape.unpack_from(body))
        return np.frombuffer(body, row, offset=self.shape.size)

    def decode(self, rows: NDArray[Any]) -> HeadScores:
        """Return the head scores that some rows say."""
        return HeadScores(rows["scores"].astype(np.float32) / STEPS, rows["digest"])

    def empty(self) -> HeadScores:
        """Return the head scores of no string."""
        return HeadScores.empty()

    @staticmethod
    def _row(shape: tuple[int, ...]) -> np.dtype[Any]:
        return np.dtype([("digest", "<u8"), ("scores", "<u2", shape)])


@final
class AnswerRows(Rows[Answers]):
    """How many there are as uint64, their digests as uint64, then answers as JSON in zlib.

    Texts are of any length, so in memory a row refers to its answer.
    """

    magic: ClassVar[bytes] = b"\x89CKANS\r\n"
    count: ClassVar = struct.Struct("<Q")
    row: ClassVar = np.dtype([("digest", "<u8"), ("answer", "O")])

    def encode(self, observed: Answers) -> bytes:
        """Return the count, the digests and the compressed answers, one after the other."""
        digests = observed.digests.astype("<u8").tobytes()
        texts = json.dumps([one.to_dict() for one in observed.answers], separators=(",", ":"))
        return self.count.pack(len(observed)) + digests + zlib.compress(texts.encode("ascii"))

    def fits(self, body: bytes, strings: int) -> bool:
        """Tell whether a body has so many digests and answers."""
        if len(body) < self.count.size or self.count.unpack_from(body) != (strings,):
            return False
        try:
            return len(self._answers(body)) == strings
        except (zlib.error, ValueError):
            return False

    def rows(self, body: bytes) -> NDArray[Any]:
        """Return the rows of a body."""
        (strings,) = self.count.unpack_from(body)
        rows = np.zeros(strings, self.row)
        rows["digest"] = np.frombuffer(body, "<u8", count=strings, offset=self.count.size)
        rows["answer"] = self._answers(body)
        return rows

    def decode(self, rows: NDArray[Any]) -> Answers:
        """Return the answers that some rows say."""
        found = [Answer.from_dict(answer) for answer in rows["answer"]]
        return Answers.of(found, rows["digest"].astype(np.uint64))

    def empty(self) -> Answers:
        """Return the answers to no string."""
        return Answers.concatenate(())

    def _answers(self, body: bytes) -> list[dict[str, Any]]:
        (strings,) = self.count.unpack_from(body)
        compressed = body[self.count.size + 8 * strings :]
        answers: list[dict[str, Any]] = json.loads(zlib.decompress(compressed))
        return answers


OUTCOMES: Final = OutcomeRows()
HEAD_SCORES: Final = HeadScoreRows()
ANSWERS: Final = AnswerRows()
