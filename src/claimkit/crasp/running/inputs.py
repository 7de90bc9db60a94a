"""What programs are given: an alphabet, strings, positions; checked before anything is computed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from claimkit.crasp.errors import InvalidProgram, InvalidString
from claimkit.crasp.program import Program
from claimkit.crasp.running.layout import Array
from claimkit.crasp.symbols import PADDING, Alphabet


def check_alphabet(program: Program, alphabet: Alphabet) -> None:
    """Refuse an alphabet that a program is not for.

    Raises:
        InvalidProgram: Naming both.
    """
    if program.alphabet is not None and program.alphabet != alphabet.symbols:
        raise InvalidProgram(
            f"{program.name or 'the program'} is for the alphabet {' '.join(program.alphabet)!r}, "
            f"got {' '.join(alphabet.symbols)!r}; leave its line 'alphabet …' out if it is for all"
        )


def checked_tokens(alphabet: Alphabet, tokens: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return strings as an array, or refuse them.

    Raises:
        InvalidString: If they are no int ``(string, position)``, or not of the alphabet.
    """
    array = np.asarray(tokens)
    if array.ndim != 2 or (array.size and array.dtype.kind not in "iu"):
        raise InvalidString(
            f"tokens are integers (string, position), got {array.dtype} of shape {array.shape}"
        )
    array = array.astype(np.int64)
    wrong = array[(array < PADDING) | (array >= len(alphabet.tokens))]
    if wrong.size:
        raise InvalidString(
            f"tokens are codes 0 … {len(alphabet.tokens) - 1} or {PADDING}, got {wrong[0]}; "
            "Alphabet.encode gives the codes of symbols"
        )
    return array


def checked_positions(positions: npt.ArrayLike, tokens: Array) -> npt.NDArray[np.int64]:
    """Return asked positions as an array, or refuse them.

    Raises:
        InvalidString: If they are no int ``(string, step)``, or outside the strings.
    """
    array = np.asarray(positions)
    if (
        array.ndim != 2
        or len(array) != len(tokens)
        or (array.size and array.dtype.kind not in "iu")
    ):
        raise InvalidString(
            f"positions are integers (string, step) for {len(tokens)} strings, got {array.dtype} "
            f"of shape {array.shape}"
        )
    wrong = array[(array < -1) | (array >= tokens.shape[1])]
    if wrong.size:
        raise InvalidString(
            f"positions are 0 … {tokens.shape[1] - 1}, or −1 for none, got {wrong[0]}"
        )
    return array.astype(np.int64)
