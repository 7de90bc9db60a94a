"""The shortest questions of a fooling set that a program confuses, and when it must."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, final

from claimkit.crasp.laws.law import Law
from claimkit.crasp.program import Program
from claimkit.crasp.protocol.message_size import message_size
from claimkit.crasp.reductions.fooling import Collision, FoolingSet, collision
from claimkit.crasp.symbols import Alphabet

MOST_SOURCES: Final = 2**14
"""How many sources of one length are gone through."""


def first_length_without_room(program: Program, alphabet: Alphabet, fooling: FoolingSet) -> int:
    """Return the least N at which there are more sources x_1 … x_N than messages about them.

    Raises:
        InvalidProgram: If the program is for another alphabet.
    """
    size, length = message_size(program, alphabet), 1
    while fooling.sources(length) <= size.messages(fooling.before(length)):
        length += 1
    return length


def first_collision(
    program: Program, alphabet: Alphabet, fooling: FoolingSet, most: int = MOST_SOURCES
) -> Collision | None:
    """Return the shortest two prompts that a program confuses.

    The lengths are gone through in order, up to the first without room, at which there is a
    collision in any case.

    Args:
        program: With lines NEXT.
        alphabet: Σ; it has the symbols of the fooling set.
        fooling: What is asked.
        most: How many sources of one length are gone through.

    Returns:
        The collision; None only if there is none before lengths of more sources.

    Raises:
        InvalidProgram: If the program has no NEXT or is for another alphabet.
    """
    longest = first_length_without_room(program, alphabet, fooling)
    for length in range(1, longest + 1):
        if fooling.sources(length) > most:
            return None
        if found := collision(program, alphabet, fooling.questions(length)):
            return found
    raise AssertionError(f"{program.name} has fewer messages than sources, but none collide")


def confusion_law(
    program: Program, alphabet: Alphabet, fooling: FoolingSet, most: int = MOST_SOURCES
) -> Law:
    """Check that a program confuses two questions, no later than it must.

    The law holds if they were found and the program is wrong on one of them; ``how`` names them.
    """
    found = first_collision(program, alphabet, fooling, most)
    room = first_length_without_room(program, alphabet, fooling)
    label = f"{fooling.task} by {program.name or 'a program'}, refuted"
    outnumbered = f"sources outnumber messages from length {room} on"
    if found is None:
        wrong = f"no two prompts collide where there are at most {most:,} sources; {outnumbered}"
        return Law(label, f"lengths of up to {most:,} sources", wrong)
    return Law(label, f"two prompts with one message: {found}; {outnumbered}")


@final
@dataclass(frozen=True)
class Room:
    """What a task needs to send, and what a program can.

    Attributes:
        length: N.
        needed: log2 of the number of sources, in bits.
        available: log2 of the number of different messages about so long prompts.
    """

    length: int
    needed: float
    available: float


def room(
    program: Program, alphabet: Alphabet, fooling: FoolingSet, lengths: Sequence[int]
) -> Iterator[Room]:
    """Yield for some lengths what is needed and what is available."""
    size = message_size(program, alphabet)
    for length in lengths:
        messages = size.messages(fooling.before(length))
        yield Room(length, length * math.log2(len(fooling.symbols)), math.log2(messages))
