"""Traces: the values of all lines of a program at all positions of some strings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import final

import numpy as np
import numpy.typing as npt

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.operations import Symbol
from claimkit.crasp.program import Program
from claimkit.crasp.running.layout import Array, outward
from claimkit.crasp.symbols import Alphabet


@final
@dataclass(frozen=True, eq=False)
class Trace:
    """What every line of a program is at every position.

    Attributes:
        program: Whose lines.
        alphabet: Σ.
        tokens: Int ``(string, position)``.
    """

    program: Program
    alphabet: Alphabet
    tokens: npt.NDArray[np.int64]
    _values: Mapping[str, Array] = field(repr=False)

    def keys(self) -> tuple[str, ...]:
        """Return the keys of all lines, in their order."""
        return tuple(self._values)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __getitem__(self, key: str) -> npt.NDArray[np.int64 | np.bool_]:
        """Return a line's values: bool or int64 ``(string, *indices, position)``, read-only.

        There is one axis over Σ for each index that is no literal. Counts are converted at each
        call.

        Raises:
            InvalidProgram: If there is no such line.
        """
        if key not in self._values:
            raise InvalidProgram(f"no line {key!r}; lines: {', '.join(self._values)}")
        strings, positions = self.tokens.shape
        value = outward(self._values[key], positions, strings, len(self.alphabet))
        found = value if value.dtype == np.bool_ else value.astype(np.int64)
        found.flags.writeable = False
        return found

    @property
    def next(self) -> npt.NDArray[np.bool_]:
        """Which tokens NEXT names at every position: bool ``(string, position, token)``.

        Raises:
            InvalidProgram: If the program has no NEXT.
        """
        strings, positions = self.tokens.shape
        table = np.zeros((strings, positions, len(self.alphabet.tokens)), np.bool_)
        for key, chosen in next_lines(self.program, self.alphabet).items():
            fill(table, chosen, self[key])
        return table


def fill(table: Array, tokens: slice, value: Array) -> None:
    """Write a line of NEXT, ``(string, *index, position)``, into ``(string, position, token)``."""
    table[:, :, tokens] = np.moveaxis(value, -1, 1).reshape(table[:, :, tokens].shape)


def next_lines(program: Program, alphabet: Alphabet) -> dict[str, slice]:
    """Return which tokens each line of NEXT stands for, by the line's key.

    Raises:
        InvalidProgram: If there is none, or NEXT is no Boolean with one index.
    """
    lines = program.definitions_named("NEXT")
    name = program.name or "the program"
    if not lines:
        named = ", ".join(line.title for line in program.definitions) or "none"
        raise InvalidProgram(f"{name} has no line NEXT[a]; lines: {named}")
    found: dict[str, slice] = {}
    for line in lines:
        if len(line.indices) != 1 or program.kind(line.key) != "boolean":
            raise InvalidProgram(
                f"NEXT has one index and is Boolean, but {line.title} of {name} has "
                f"{len(line.indices)} and is a {program.kind(line.key)}"
            )
        (term,) = line.indices
        code = alphabet.codes[term.symbol] if isinstance(term, Symbol) else None
        found[line.key] = slice(0, len(alphabet)) if code is None else slice(code, code + 1)
    return found
