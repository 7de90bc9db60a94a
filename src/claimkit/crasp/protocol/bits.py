"""Bit strings, written and read: what one side of a protocol sends to the other.

A number below a bound that both sides know takes as many bits as the bound needs. A number without
a bound says its own length first (Elias' gamma code, of the number plus 1).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import final

from claimkit.errors import InvalidInput


def width(bound: int) -> int:
    """Return ⌈log2(bound)⌉, the bits of a number of 0 … bound − 1.

    >>> [width(bound) for bound in (1, 2, 3, 4, 5)]
    [0, 1, 2, 2, 3]
    """
    return (bound - 1).bit_length()


def natural_width(value: int) -> int:
    """Return the bits of a number whose reader knows no bound: 2 ⌊log2(value + 1)⌋ + 1."""
    return 2 * (value + 1).bit_length() - 1


@final
class BitWriter:
    """Writes numbers one after another as ``0`` and ``1``.

    >>> writer = BitWriter()
    >>> writer.natural(4)
    >>> writer.below(4, 3)
    >>> writer.flags([True, False])
    >>> writer.text
    '001011110'
    """

    def __init__(self) -> None:
        self._parts: list[str] = []

    @property
    def text(self) -> str:
        """All bits so far."""
        return "".join(self._parts)

    def below(self, bound: int, value: int) -> None:
        """Write a number of 0 … bound − 1 in ``width(bound)`` bits.

        Raises:
            InvalidInput: If the number is not below the bound, or negative.
        """
        if not 0 <= value < bound:
            raise InvalidInput(f"a number of 0 … {bound - 1} is to be written, got {value}")
        size = width(bound)
        self._parts.append(f"{value:0{size}b}" if size else "")

    def natural(self, value: int) -> None:
        """Write a number ≥ 0 in ``natural_width(value)`` bits."""
        if value < 0:
            raise InvalidInput(f"a number ≥ 0 is to be written, got {value}")
        digits = f"{value + 1:b}"
        self._parts.append("0" * (len(digits) - 1) + digits)

    def flags(self, values: Iterable[bool]) -> None:
        """Write one bit per value."""
        self._parts.extend("1" if value else "0" for value in values)


@final
class BitReader:
    """Reads in the same order what a writer wrote.

    >>> reader = BitReader("001011110")
    >>> reader.natural(), reader.below(4), reader.flags(2)
    (4, 3, [True, False])
    >>> reader.end()
    """

    def __init__(self, text: str) -> None:
        if stray := set(text) - {"0", "1"}:
            raise InvalidInput(f"a bit string has 0 and 1 only, got {sorted(stray)}")
        self._text = text
        self._at = 0

    def below(self, bound: int) -> int:
        """Read a number of 0 … bound − 1.

        Raises:
            InvalidInput: If the bits end too early, or say a number that is not below the bound.
        """
        value = int(self._take(width(bound)) or "0", base=2)
        if value >= bound:
            raise InvalidInput(f"the bits say {value} where a number of 0 … {bound - 1} is meant")
        return value

    def natural(self) -> int:
        """Read a number ≥ 0 that says its own length."""
        zeros = 0
        while self._take(1) == "0":
            zeros += 1
        return int("1" + self._take(zeros), base=2) - 1

    def flags(self, count: int) -> list[bool]:
        """Read one bit per value."""
        return [bit == "1" for bit in self._take(count)]

    def end(self) -> None:
        """Refuse bits that are left over.

        Raises:
            InvalidInput: If there are any.
        """
        if left := len(self._text) - self._at:
            raise InvalidInput(f"{left} bits are left over; the message is of another program")

    def _take(self, count: int) -> str:
        taken = self._text[self._at : self._at + count]
        if len(taken) < count:
            raise InvalidInput(
                f"the message ends after {len(self._text)} bits, where {count} more are meant"
            )
        self._at += count
        return taken
