"""Running programs: all lines at once, over all positions of many strings.

Families are evaluated as arrays with one axis for every index.
"""

from __future__ import annotations

from typing import final

import numpy as np
import numpy.typing as npt

from claimkit.crasp.errors import InvalidString
from claimkit.crasp.program import Program
from claimkit.crasp.running.inputs import check_alphabet, checked_positions, checked_tokens
from claimkit.crasp.running.layout import Array, outward
from claimkit.crasp.running.sizes import count_dtype, largest_value
from claimkit.crasp.running.states import Memory, State
from claimkit.crasp.running.trace import Trace, fill, next_lines
from claimkit.crasp.running.walking import Asked, Every, Setting
from claimkit.crasp.symbols import Alphabet

_ELEMENTS = 2**24
"""How many values of one line are held at a time, where :func:`next_tokens` can choose."""
_BLOCK = 2**22
"""How many values of one line are evaluated at a time, so that the cache holds most of them."""


def evaluate(
    program: Program, alphabet: Alphabet, tokens: npt.ArrayLike, *, offset: int = 0
) -> Trace:
    """Return the values of all lines at all positions.

    They take at least a byte for every string, position and member of a family; many strings are
    best evaluated a few hundred at a time.

    Args:
        program: Any.
        alphabet: Σ.
        tokens: Int ``(string, position)``, codes of the alphabet; −1 pads.
        offset: What is added to the number of a position, which counts from 1; only ``i mod Δ``
            sees it.

    Raises:
        InvalidProgram: If the program is for another alphabet.
        InvalidString: If there are tokens that the alphabet does not have.
    """
    checked = checked_tokens(alphabet, tokens)
    return Run(program, alphabet, len(checked), offset).advance(checked)


@final
class Run:
    """A program that reads strings block by block.

    However strings are cut into blocks, their traces are those of the whole.

    Args:
        program: Any.
        alphabet: Σ.
        strings: How many strings are read at once.
        offset: What is added to the number of a position.

    Raises:
        InvalidProgram: If the program is for another alphabet.
    """

    def __init__(self, program: Program, alphabet: Alphabet, strings: int, offset: int = 0) -> None:
        check_alphabet(program, alphabet)
        self.program = program
        self.alphabet = alphabet
        self._state = State(strings, offset)

    @classmethod
    def resume(cls, program: Program, alphabet: Alphabet, state: State) -> Run:
        """Return a run that goes on from a state."""
        run = cls(program, alphabet, state.strings, state.offset)
        run._state = state
        return run

    @property
    def state(self) -> State:
        """All that later positions can know of those read so far."""
        return self._state

    def advance(self, tokens: npt.ArrayLike) -> Trace:
        """Read on, and return the values of all lines at the new positions.

        Args:
            tokens: Int ``(string, position)``.

        Raises:
            InvalidString: If there are tokens that the alphabet does not have, or not as many
                strings as the run reads.
        """
        checked = checked_tokens(self.alphabet, tokens)
        strings = len(checked)
        if strings != self._state.strings:
            raise InvalidString(f"the run reads {self._state.strings} strings, got {strings}")
        return Trace(self.program, self.alphabet, checked, self._values(checked))

    def _values(self, tokens: Array) -> dict[str, Array]:
        """Return the values of all lines, evaluated a few positions at a time."""
        strings, length = tokens.shape
        rows = max(1, _BLOCK // largest_value(self.program, len(self.alphabet), max(1, strings)))
        end = self._state.position + length
        if length <= rows:
            return self._read(tokens, end)
        values: dict[str, Array] = {}
        for start in range(0, length, rows):
            for key, block in self._read(tokens[:, start : start + rows], end).items():
                if key not in values:
                    shape = (length, *block.shape[1:-1], strings)
                    values[key] = np.empty_like(block, shape=shape)
                values[key][start : start + rows] = block
        return values

    def _read(self, tokens: Array, end: int) -> dict[str, Array]:
        """Return the values of all lines at positions that all lie before an end."""
        every = whole(self.program, self.alphabet, tokens, self._state, end)
        values = {line.key: every.value(line) for line in self.program.definitions}
        self._state = every.memory.after
        return values


def next_tokens(
    program: Program,
    alphabet: Alphabet,
    tokens: npt.ArrayLike,
    positions: npt.ArrayLike,
    *,
    offset: int = 0,
) -> npt.NDArray[np.bool_]:
    """Return which tokens NEXT names at some positions.

    Lines that only those positions need are evaluated only there. Strings are gone through in
    groups, so that a line's values at all positions, indices and strings of a group are at most
    2²⁴, or one string's if those are more.

    Args:
        program: With lines NEXT.
        alphabet: Σ.
        tokens: Int ``(string, position)``; −1 pads.
        positions: Int ``(string, step)``, counted from 0; nothing is asked where it is −1.
        offset: What is added to the number of a position.

    Returns:
        Bool ``(string, step, token)``, by code: Σ, BOS, SEP, EOS. False where NEXT has no line,
        and where nothing is asked.

    Raises:
        InvalidProgram: If the program has no NEXT or is for another alphabet.
        InvalidString: If there are tokens that the alphabet does not have, or positions outside
            the strings.
    """
    check_alphabet(program, alphabet)
    checked = checked_tokens(alphabet, tokens)
    places = checked_positions(positions, checked)
    chosen = next_lines(program, alphabet)
    found = np.zeros((*places.shape, len(alphabet.tokens)), np.bool_)
    rows = max(1, checked.shape[1], places.shape[1])
    group = max(1, _ELEMENTS // largest_value(program, len(alphabet), rows))
    for start in range(0, len(checked), group):
        part = slice(start, start + group)
        state = State(len(checked[part]), offset)
        every = whole(program, alphabet, checked[part], state, checked.shape[1])
        asked = Asked(every, np.ascontiguousarray(places[part].T))
        for line in program.definitions_named("NEXT"):
            steps, strings = asked.tokens.shape
            value = outward(asked.value(line), steps, strings, len(alphabet))
            fill(found[part], chosen[line.key], value)
    return found & (places >= 0)[:, :, None]


def whole(program: Program, alphabet: Alphabet, tokens: Array, state: State, end: int) -> Every:
    """Return the positions of a block that follows on a state, with no line evaluated yet.

    Counts have room for as many positions as ``end``.
    """
    start, length = state.position, tokens.shape[1]
    numbers = np.arange(start + 1, start + length + 1)[:, None] + state.offset
    setting = Setting(program, alphabet, count_dtype(program, len(alphabet), end))
    # The smallest type that holds all codes: comparing tokens with them is much of the work.
    codes = np.ascontiguousarray(tokens.T, dtype=np.min_scalar_type(-len(alphabet.tokens)))
    return Every(setting, codes, numbers, Memory(state, length))
