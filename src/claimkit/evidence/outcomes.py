"""Outcomes: what a model did with each string of one stream.

A string is one prompt with its gold answer. Its outcome says whether the model gave exactly that
answer, where it first left it, and how clearly. Beside each outcome stands the digest of the string
that was asked, so that a changed sampler is noticed instead of mixing two sets of strings.

The one axis is ``string``, in schedule order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from claimkit.errors import InvalidInput

DTYPES: dict[str, np.dtype[Any]] = {
    "right": np.dtype(np.bool_),
    "first_wrong": np.dtype(np.int32),
    "margin": np.dtype(np.float32),
    "digests": np.dtype(np.uint64),
}


@final
@dataclass(frozen=True, eq=False)
class Outcomes:
    """The outcomes of some strings, as four read-only arrays of one length.

    Attributes:
        right: Bool ``(string,)``; the whole answer was given exactly. A tie is wrong.
        first_wrong: Int32 ``(string,)``; the first wrong answer position, counted from 0, or -1
            where right.
        margin: Float32 ``(string,)``; the gold logit minus the best other logit, the smallest over
            the answer's positions; negative where wrong, 0 for a tie.
        digests: Uint64 ``(string,)``; the digest of each string asked.

    Raises:
        InvalidInput: If the arrays differ in length, hold another kind of number, contradict each
            other, or hold a margin that is not a number.
    """

    right: NDArray[np.bool_]
    first_wrong: NDArray[np.int32]
    margin: NDArray[np.float32]
    digests: NDArray[np.uint64]

    def __post_init__(self) -> None:
        for name in DTYPES:
            object.__setattr__(self, name, _fixed(name, getattr(self, name)))
        lengths = {name: len(getattr(self, name)) for name in DTYPES}
        if len(set(lengths.values())) > 1:
            raise InvalidInput(f"outcomes need one value per string, got lengths {lengths}")
        _refuse_contradiction(self)

    @classmethod
    def empty(cls) -> Outcomes:
        """Return the outcomes of no string."""
        return cls(*(np.zeros(0, dtype) for dtype in DTYPES.values()))

    @classmethod
    def concatenate(cls, parts: Iterable[Outcomes]) -> Outcomes:
        """Join outcomes of consecutive strings, in the order given; of no part, nothing."""
        pieces = [cls.empty(), *parts]
        return cls(*(np.concatenate([getattr(p, name) for p in pieces]) for name in DTYPES))

    def __len__(self) -> int:
        return len(self.right)

    def __getitem__(self, which: slice | NDArray[Any]) -> Outcomes:
        """Return the outcomes of some strings, chosen by slice, index array or mask."""
        return Outcomes(*(getattr(self, field.name)[which] for field in fields(self)))

    def __eq__(self, other: object) -> bool:
        """Tell whether both hold the same outcomes of the same strings in the same order."""
        if not isinstance(other, Outcomes):
            return NotImplemented
        return all(np.array_equal(getattr(self, n), getattr(other, n)) for n in DTYPES)

    __hash__ = None  # type: ignore[assignment]  # arrays have no hash, and equality is by value


def _fixed(name: str, values: object) -> NDArray[Any]:
    """Return a read-only array of the field's dtype, or refuse numbers that would change."""
    given, dtype = np.asarray(values), DTYPES[name]
    if given.ndim != 1 or not np.can_cast(given.dtype, dtype, casting="same_kind"):
        raise InvalidInput(
            f"outcomes keep {name} as {dtype} (string,), got {given.dtype} of shape {given.shape}"
        )
    # A view, so that the caller's own array stays writeable.
    fixed = given.astype(dtype, copy=False).view()
    if dtype.kind in "iu" and not np.array_equal(fixed, given):
        raise InvalidInput(f"outcomes keep {name} as {dtype}, got values up to {given.max()}")
    fixed.flags.writeable = False
    return fixed


def _refuse_contradiction(outcomes: Outcomes) -> None:
    """Refuse NaN margins, and strings that are right with a wrong position or the reverse."""
    unclear = np.flatnonzero(np.isnan(outcomes.margin))
    if unclear.size:
        raise InvalidInput(f"the margin of string {unclear[0]} is NaN; check the logits first")
    first_wrong = outcomes.first_wrong
    odd = np.flatnonzero((outcomes.right != (first_wrong == -1)) | (first_wrong < -1))
    if odd.size:
        raise InvalidInput(
            f"string {odd[0]} has right={outcomes.right[odd[0]]} but "
            f"first_wrong={first_wrong[odd[0]]}; write -1 where right, a position where wrong"
        )
