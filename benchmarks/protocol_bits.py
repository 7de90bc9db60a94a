"""Bits of the programs' messages against the length, and what copying would need.

Prints Markdown; about ten seconds on one core:

    python benchmarks/protocol_bits.py > docs/protocol-bits.md
"""

from __future__ import annotations

import numpy as np

from claimkit.crasp.library import PROGRAMS, program_of
from claimkit.crasp.protocol.laws import measured_bits
from claimkit.crasp.protocol.message_size import bits_bound, message_size
from claimkit.crasp.reductions.candidates import by_place, counted_bigrams, trigrams
from claimkit.crasp.reductions.confusing import first_collision, first_length_without_room, room
from claimkit.crasp.reductions.copying import copies
from claimkit.crasp.symbols import Alphabet
from claimkit.tasks import NB, NF

LENGTHS = (10, 100, 1_000, 10_000)
FITTED = tuple(10 * 2**power for power in range(11))
SOURCES = (10, 20, 50, 100, 1_000)
SYMBOLS = "abcd"
INTRODUCTION = f"""# Bits of the protocols

`python benchmarks/protocol_bits.py > docs/protocol-bits.md`

Who holds the first n symbols of a string sends these bits to who holds the rest, who then finds the
value of every line at every later position; `claimkit.crasp.protocol.messages` says what they hold.
Programs for every alphabet are taken over {" ".join(SYMBOLS)}. A count over all j ≤ i takes
⌈log2(n + 1)⌉ bits, ∃ and each position in a local window one; n itself takes
2 ⌊log2(n + 1)⌋ + 1. The last column is the slope of a line through the bits measured from n = 10
to 10,240, doubling; the bits were measured on random strings, and are within the bound that is read
off the operations."""
NEEDED = """## What copying needs

A program that copies all sources of N symbols a and b needs 2^N messages, N bits. Beside the bits
that the messages of a candidate hold about `$` and N symbols: from which N on they cannot suffice,
and the length of the shortest two sources that it confuses."""


def row(*cells):
    """Print one line of a table."""
    print("| " + " | ".join(map(str, cells)) + " |")


def head(*names):
    """Print the head of a table, numbers to the right."""
    row(*names)
    row("---", *["---:"] * (len(names) - 1))


def bits():
    """Print what the messages of each program hold, and how they grow."""
    head("program", "counts", "∃", "local", "mod", *(f"n = {n:,}" for n in LENGTHS), "per doubling")
    for name in PROGRAMS:
        program = program_of(name)
        alphabet = Alphabet(program.alphabet or SYMBOLS)
        size = message_size(program, alphabet)
        measured = {n: measured_bits(program, alphabet, n) for n in {*LENGTHS, *FITTED}}
        if any(found > bits_bound(program, alphabet, n) for n, found in measured.items()):
            raise SystemExit(f"{name}: more bits than the bound: {measured}")
        slope = np.polyfit(np.log2(FITTED), [measured[n] for n in FITTED], 1)[0]
        local = sum(size.reaches)
        counts = (size.counts, size.flags, local, size.period)
        row(f"`{name}`", *counts, *(measured[n] for n in LENGTHS), f"{slope:.2f}")


def needed():
    """Print what copying needs, and what candidates have."""
    asked = (
        (NF, program_of("UF")),
        (NB, program_of("UB")),
        (NF, counted_bigrams()),
        (NF, trigrams()),
        *((NF, by_place("NF", places)) for places in (4, 8)),
    )
    alphabet = Alphabet("ab")
    head("task", "candidate", *(f"N = {n:,}" for n in SOURCES), "no room from", "confused at")
    for task, program in asked:
        fooling = copies(task, "ab")
        available = (f"{at.available:.0f}" for at in room(program, alphabet, fooling, SOURCES))
        least = first_length_without_room(program, alphabet, fooling)
        found = first_collision(program, alphabet, fooling)
        confused = len(found.first.answer) if found else "—"
        row(task.name, program.name, *available, least, confused)


def main():
    """Print both tables."""
    print(INTRODUCTION, end="\n\n")
    bits()
    print(f"\n{NEEDED}\n")
    needed()


if __name__ == "__main__":
    main()
