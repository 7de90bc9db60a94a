"""A program that reads a string through a letter-by-letter translation.

Let every position of a string w over Σ get a symbol of another alphabet, by Boolean operations: u_i
is σ where the operation for σ holds at i. If P is a program for strings u, putting these operations
in the place of its initial ones gives a program for strings w, with the same value of every line at
every position. If the operations use local windows, so does the result: C-RASP[periodic, local] is
closed under such translations. This is what "reduces to" means for programs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.operations import FALSE, Initial, Operation, Ref, Symbol
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.reductions.lines import apart, rebuilt
from claimkit.crasp.running.expanding import expand
from claimkit.crasp.symbols import SPECIAL, Alphabet


def substitute(
    program: Program, alphabet: Alphabet, images: Mapping[str, Operation], onto: Alphabet
) -> Program:
    """Return a program that does on w what another does on the translation u of w.

    Args:
        program: Reads strings u.
        alphabet: Of u.
        images: For symbols of u, Boolean operations over w; where the operation for σ holds, u has
            σ. Of ``$ | #`` those without an operation stay what they are, and a symbol of the
            alphabet without one never stands in u.
        onto: The alphabet of w.

    Returns:
        A program over ``onto``, without families. Its lines are those of ``program``, expanded, by
        their names; the operations stand in front, under names that no line has.

    Raises:
        InvalidProgram: If an image is of a symbol that u cannot have.
    """
    if strange := [symbol for symbol in images if symbol not in alphabet.tokens]:
        raise InvalidProgram(
            f"{strange[0]!r} has an image, but it is no symbol of {' '.join(alphabet.tokens)!r}"
        )
    flat = expand(program, alphabet)
    names = {symbol: apart(f"u={symbol}", flat) for symbol in images}
    front = tuple(Definition(names[symbol], (), image) for symbol, image in images.items())

    def translated(operation: Operation) -> Operation | None:
        if not isinstance(operation, Initial) or not isinstance(operation.symbol, Symbol):
            return None
        symbol = operation.symbol.symbol
        if symbol in names:
            return Ref(names[symbol])
        return operation if symbol in SPECIAL else FALSE

    lines = (replace(line, body=rebuilt(line.body, translated)) for line in flat.definitions)
    return Program(program.name, (*front, *lines), onto.symbols)
