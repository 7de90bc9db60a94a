"""The protocol of a program, held against its undivided run, and its bits against their bound."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product
from typing import Final

import numpy as np
import numpy.typing as npt

from claimkit.crasp.laws.law import Law
from claimkit.crasp.program import Program
from claimkit.crasp.protocol.message_size import message_size
from claimkit.crasp.protocol.messages import Protocol
from claimkit.crasp.running.interpreting import evaluate
from claimkit.crasp.symbols import Alphabet
from claimkit.errors import InvalidInput

Ints = npt.NDArray[np.int64]

MOST_STRINGS: Final = 256
"""How many strings of one length are cut, at most."""
LONG: Final = 40
DOUBLED: Final = tuple(10 * 2**power for power in range(11))
"""10 to 10,240."""


def cut_law(
    program: Program,
    alphabet: Alphabet,
    *,
    protocol: Protocol | None = None,
    offset: int = 0,
    seed: int = 0,
) -> Law:
    """Check that Bob finds every line's values, wherever a string is cut.

    The strings are all those, special symbols among them, of the lengths at which there are at most
    256, and 32 random ones of 40 symbols.

    Args:
        program: Any.
        alphabet: Σ.
        protocol: How Alice and Bob talk; the program's own, unless given.
        offset: What is added to the number of a position.
        seed: Of the random strings.
    """
    protocol = protocol or Protocol(program, alphabet)
    label = f"{program.name or 'a program'} cut in two"
    cuts = 0
    for strings in _strings(alphabet, seed):
        whole = evaluate(program, alphabet, strings, offset=offset)
        for cut in range(strings.shape[1] + 1):
            messages = protocol.messages(strings[:, :cut], offset=offset)
            trace = protocol.finish(messages, strings[:, cut:])
            for key in whole.keys():  # noqa: SIM118  a trace is no mapping
                wrong = np.argwhere(trace[key] != whole[key][..., cut:])
                if wrong.size:
                    string = " ".join(alphabet.decode(strings[wrong[0][0]].tolist()))
                    found = f"{key} differs for Bob where {string!r} is cut after {cut} symbols"
                    return Law(label, f"{cuts:,} cuts", found)
            cuts += len(strings)
    return Law(label, f"all {cuts:,} cuts of short strings and of random ones of {LONG} symbols")


def growth_law(
    program: Program, alphabet: Alphabet, lengths: tuple[int, ...] = DOUBLED, seed: int = 0
) -> Law:
    """Check that messages are no longer than their bound, and grow as the logarithm of n.

    Where n doubles, the message may grow by one bit for each count over all j ≤ i and two for n.
    What local windows reach back is sent in full from the first length on.

    Args:
        program: Any.
        alphabet: Σ.
        lengths: How many symbols Alice holds, each twice the one before.
        seed: Of the strings, which are random.
    """
    if len(lengths) < 2:
        raise InvalidInput(f"growth is seen between at least two lengths, got {list(lengths)}")
    size, label = message_size(program, alphabet), f"bits of {program.name or 'a program'}"
    measured = {n: measured_bits(program, alphabet, n, seed) for n in lengths}
    first, *_, last = measured.items()
    how = f"messages about {first[0]:,} to {last[0]:,} symbols, of {first[1]} to {last[1]} bits"
    for n, bits in measured.items():
        if bits > size.bits(n):
            return Law(label, how, f"{bits} bits about {n} symbols exceed the bound {size.bits(n)}")
    for (n, bits), (twice, more) in pairwise(measured.items()):
        late = size.local_bits(twice) - size.local_bits(n)
        if more - bits > size.counts + 2 + late:
            return Law(label, how, f"from n = {n} to n = {twice} there are {more - bits} bits more")
    return Law(label, how)


def measured_bits(program: Program, alphabet: Alphabet, n: int, seed: int = 0) -> int:
    """Return how many bits the message about a random string of n symbols of Σ has."""
    string = np.random.default_rng(seed).integers(len(alphabet), size=(1, n))
    (message,) = Protocol(program, alphabet).messages(string)
    return len(message)


def _strings(alphabet: Alphabet, seed: int) -> Iterator[Ints]:
    codes, length = range(len(alphabet.tokens)), 1
    while len(codes) ** length <= MOST_STRINGS:
        yield np.array(list(product(codes, repeat=length)))
        length += 1
    yield np.random.default_rng(seed).integers(len(codes), size=(32, LONG))
