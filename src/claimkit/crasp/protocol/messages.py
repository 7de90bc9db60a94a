"""What a program knows of the first part of a string, as a message of few bits.

Alice holds the first part of a string, Bob the rest; both know the program. Alice runs it on her
part and sends bits. Bob finishes the run with them, and every line has at each of his positions the
value that it has in the undivided run. The message holds, for n symbols of Alice's:

- n itself, in a code that says its own length: 2 ⌊log2(n + 1)⌋ + 1 bits;
- for every count over all j ≤ i, how often its body held: ⌈log2(n + 1)⌉ bits; one bit for ∃;
- for every local ψ, what its body was at Alice's last positions, as many as ψ reaches back: one bit
  each, whatever n is;
- the number of her last position modulo the periods of φ.

A family has one such entry for every member, so how many there are depends on the program and the
alphabet, not on n: a program for a fixed alphabet sends O(log n) bits.

Proven elsewhere: arXiv:2410.02140, Theorem 12, that all functions of the class have such a
protocol. What is run here is the protocol of one program: its messages are encoded, decoded and
continued from, and their bits counted.

Differs: as restated, Alice sends all counts at her last few positions. Counts over all j ≤ i are
needed at the last one only. At a local ψ the counts themselves do not suffice, since the bodies at
single positions fall out of the window one by one; the bodies are what is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import final

import numpy as np
import numpy.typing as npt

from claimkit.crasp.program import Program
from claimkit.crasp.protocol.bits import BitReader, BitWriter
from claimkit.crasp.protocol.message_size import period_of
from claimkit.crasp.running.inputs import checked_tokens
from claimkit.crasp.running.interpreting import Run
from claimkit.crasp.running.states import Site, State
from claimkit.crasp.running.trace import Trace
from claimkit.crasp.symbols import PADDING, Alphabet
from claimkit.errors import InvalidInput


@final
class Protocol:
    """The messages that belong to one program and alphabet; both sides have it.

    Args:
        program: Any.
        alphabet: Σ.

    Raises:
        InvalidProgram: If the program is for another alphabet.
    """

    def __init__(self, program: Program, alphabet: Alphabet) -> None:
        self.program = program
        self.alphabet = alphabet
        self.period = period_of(program)
        # Which sites there are, and their shapes: the same whatever is read.
        run = Run(program, alphabet, strings=1)
        run.advance([[PADDING]])
        self._layout = run.state

    def messages(self, tokens: npt.ArrayLike, *, offset: int = 0) -> list[str]:
        """Return what Alice sends for each of some first parts, as ``0`` and ``1``.

        Args:
            tokens: Int ``(string, position)``.
            offset: What is added to the number of a position.

        Raises:
            InvalidString: If there are tokens that the alphabet does not have.
        """
        checked = checked_tokens(self.alphabet, tokens)
        run = Run(self.program, self.alphabet, len(checked), offset)
        run.advance(checked)
        return [self._written(run.state, string) for string in range(len(checked))]

    def finish(self, messages: Sequence[str], tokens: npt.ArrayLike) -> Trace:
        """Return the values of all lines at Bob's positions.

        Args:
            messages: One for each string, all of first parts of one length.
            tokens: Int ``(string, position)``, what Bob holds.

        Raises:
            InvalidInput: If a message is none of this program's, or their lengths differ.
        """
        states = [self._read(message) for message in messages]
        return Run.resume(self.program, self.alphabet, _stacked(states)).advance(tokens)

    def _written(self, state: State, string: int) -> str:
        writer, n = BitWriter(), state.position
        writer.natural(n)
        writer.below(self.period, (n + state.offset) % self.period)
        for site, empty in self._counts():
            for value in state.counts.get(site, empty)[string if n else 0].flat:
                writer.below(2 if empty.dtype == np.bool_ else n + 1, int(value))
        for site, blank in self._last():
            writer.flags(
                _latest(state.last.get(site, blank)[string if n else 0], n).ravel().tolist()
            )
        return writer.text

    def _read(self, message: str) -> State:
        reader = BitReader(message)
        n = reader.natural()
        offset = (reader.below(self.period) - n) % self.period
        counts, last = {}, {}
        for site, empty in self._counts():
            bound = 2 if empty.dtype == np.bool_ else n + 1
            values = [reader.below(bound) for _ in range(empty.size)]
            counts[site] = np.array(values, empty.dtype).reshape(empty.shape)
        for site, blank in self._last():
            latest = _latest(blank := blank.copy(), n)
            latest[...] = np.reshape(reader.flags(latest.size), latest.shape)
            last[site] = blank
        reader.end()
        return State(1, offset, n, counts, last)

    def _counts(self) -> Iterator[tuple[Site, npt.NDArray[np.int64 | np.bool_]]]:
        """Yield all sites that count over all j ≤ i, in an order that both sides know."""
        for site in sorted(self._layout.counts):
            yield site, np.zeros_like(self._layout.counts[site])

    def _last(self) -> Iterator[tuple[Site, npt.NDArray[np.bool_]]]:
        for site in sorted(self._layout.last):
            yield site, np.zeros_like(self._layout.last[site])


def _latest(last: npt.NDArray[np.bool_], n: int) -> npt.NDArray[np.bool_]:
    """Return the values at the positions that there are: n, if a window reaches further back."""
    reach = last.shape[-1]
    return last[..., reach - min(reach, n) :]


def _stacked(states: Sequence[State]) -> State:
    """Return the states of single strings as one."""
    first, *others = states
    for other in others:
        if (other.position, other.offset) != (first.position, first.offset):
            raise InvalidInput(
                "messages are of first parts of one length and offset, got lengths "
                f"{first.position} and {other.position}, offsets {first.offset} and {other.offset}"
            )
    counts = {site: np.concatenate([s.counts[site] for s in states]) for site in first.counts}
    last = {site: np.concatenate([s.last[site] for s in states]) for site in first.last}
    return State(len(states), first.offset, first.position, counts, last)
