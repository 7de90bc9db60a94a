"""Strings whose copies have to be exact: hashes, sequence data, identifiers.

Source: arXiv:2505.21785, which names them as places where glitches hurt.
Differs: the paper measures none of them; shapes and lengths are ours.
"""

from __future__ import annotations

from claimkit.tasks.sampling import Uniforms

HEX = "0123456789abcdef"
BASES = "ACGT"
VARIANTS = "89ab"
"""What the first digit of a version-4 UUID's fourth part may be (RFC 9562)."""


def draw_hash(uniforms: Uniforms, digits: int) -> str:
    """Return a string of so many lower-case hexadecimal digits, independent and uniform."""
    return _drawn(uniforms, HEX, digits)


def draw_dna(uniforms: Uniforms, bases: int) -> str:
    """Return a string of so many bases, independent and uniform."""
    return _drawn(uniforms, BASES, bases)


def draw_uuids(uniforms: Uniforms, count: int) -> str:
    """Return so many version-4 UUIDs, one a line."""
    rows = uniforms.below(len(HEX), count, 32).tolist()
    return "\n".join(_uuid("".join(HEX[digit] for digit in row)) for row in rows)


def _uuid(digits: str) -> str:
    """Return 32 random digits as a UUID, two of them made to say its version and variant."""
    variant = VARIANTS[int(digits[16], 16) % len(VARIANTS)]
    parts = (digits[:8], digits[8:12], "4" + digits[13:16], variant + digits[17:20], digits[20:])
    return "-".join(parts)


def _drawn(uniforms: Uniforms, letters: str, count: int) -> str:
    return "".join(letters[place] for place in uniforms.below(len(letters), count).tolist())
