"""Programs that write: the next symbol is appended, until none is named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from claimkit.crasp.errors import AmbiguousNext
from claimkit.crasp.program import Program
from claimkit.crasp.running.inputs import check_alphabet
from claimkit.crasp.running.interpreting import Run
from claimkit.crasp.running.layout import Array
from claimkit.crasp.running.trace import next_lines
from claimkit.crasp.symbols import EOS, Alphabet

_NONE = -1


def generate(
    program: Program, alphabet: Alphabet, prompts: Iterable[Sequence[int]], limit: int
) -> list[list[int]]:
    """Return what a program writes after some prompts.

    A string is finished when NEXT names no symbol, after EOS, or with ``limit`` symbols.

    Args:
        program: With lines NEXT.
        alphabet: Σ.
        prompts: Token codes, each of any length from 1.
        limit: How many symbols are written at most.

    Returns:
        For each prompt the codes written, EOS included.

    Raises:
        AmbiguousNext: If NEXT names two symbols.
        InvalidProgram: If the program has no NEXT or is for another alphabet.
        InvalidString: If there are tokens that the alphabet does not have.
    """
    check_alphabet(program, alphabet)
    next_lines(program, alphabet)
    listed = [list(prompt) for prompt in prompts]
    written: list[list[int]] = [[] for _ in listed]
    for length in sorted({len(prompt) for prompt in listed}):
        rows = [row for row, prompt in enumerate(listed) if len(prompt) == length]
        block = np.array([listed[row] for row in rows], np.int64).reshape(len(rows), length)
        for row, codes in zip(rows, _generate(program, alphabet, block, limit), strict=True):
            written[row] = codes
    return written


def _generate(program: Program, alphabet: Alphabet, block: Array, limit: int) -> list[list[int]]:
    """Go on with prompts of one length, int ``(string, position)``, all at once."""
    written: list[list[int]] = [[] for _ in block]
    rows = np.arange(len(block))
    run = Run(program, alphabet, len(block))
    for _ in range(limit if block.size else 0):
        trace = run.advance(block)
        codes = _named(trace.next[:, -1], alphabet, run.state.position)
        for row, code in zip(rows.tolist(), codes.tolist(), strict=True):
            written[row] += [code] if code != _NONE else []
        going = (codes != _NONE) & (codes != alphabet.codes[EOS])
        if not going.any():
            break
        rows, block = rows[going], codes[going, None]
        run = Run.resume(program, alphabet, run.state.of(going))
    return written


def _named(table: npt.NDArray[np.bool_], alphabet: Alphabet, position: int) -> Array:
    """Return the one token that each row ``(string, token)`` names, −1 if there is none."""
    named = table.sum(axis=1)
    for row in np.flatnonzero(named > 1)[:1]:
        symbols = " and ".join(alphabet.decode(np.flatnonzero(table[row]).tolist()))
        raise AmbiguousNext(
            f"NEXT names {symbols} after position {position}; where something is to be "
            "written, at most one symbol may be next"
        )
    return np.where(named == 0, _NONE, table.argmax(axis=1))
