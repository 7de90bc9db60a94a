"""Two strings after which a program is in the same state, though their last letters differ.

Why NRLast, NLLast and NRLastFar have no program, whatever follows the last occurrence. All that the
future of a program depends on is its *state*: the counts over all j ≤ i, the last few values in
local windows, and the position. Take blocks ``q a e … e`` and ``q b e … e``, longer than windows
reach and a multiple of all periods, and blocks of e alone. After many rounds of a fixed mixture of
them the two orders of two more blocks, first a then b or first b then a, end in the same state.

The argument. Go through the lines in order. Suppose that after enough rounds the earlier Booleans
*settle*: they depend on the place in a block and on its letter alone, and further from a block's
beginning than the windows on the way reach, on the place alone. A window over them keeps that up:
it sees the block itself and letterless ends of the one before. In a comparison, a place and a
letter decide all conditionals, so that its two sides differ by one sum of counts over all j ≤ i and
a bounded rest. That sum grows by an amount for each block that its letter determines. If the amount
is 0 for all letters, the comparison depends on place and letter alone, and where nothing more of
the block depends on the letter, on the place alone, since what is still to come makes up the 0. If
not, the sum grows beyond what a few blocks can change, and the comparison no longer changes, unless
the amounts cancel out in a round. They do so only for mixtures on a plane, and of planes there are
finitely many: a program has finitely many comparisons, each has finitely many such sums, and the
Booleans before it settle in finitely many ways. A mixture that is on none of them exists; with it,
the lines settle one after the other. Then two blocks add to the counts what they add, in whatever
order, and leave in the windows what any block does.

The same argument, with other blocks and mixtures, about other tasks:

- Tomita-3: blocks ``0 0 1 1 … 1`` and ``1 0 0 1 … 1``. Which came last decides whether the run of
  1s behind it is odd, and so whether 0 and then 1 may follow.
- Parity, Tomita-5, Tomita-6: blocks of 0s with one 1 and with none, as long as a multiple of 6.
  Once all has settled, one block of the first kind more or less changes nothing of what is said
  behind a block of 0s, nor at a separator behind it.
- UL and NLFirst without φ and ψ: blocks of one symbol. The last two letters before the first q
  have added to the counts what they add, in whatever order.

Proven elsewhere: that no program recognizes Σ*be* (arXiv:2410.02140, Lemma 35) and so none computes
NRLast or NLLast (arXiv:2505.21785, Lemma 6). Run here, for a program at hand: such a pair is looked
for and found, by comparing states. It refutes the program for every continuation at once, so also
where all occurrences stand far back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from claimkit.crasp.laws.cases import cases
from claimkit.crasp.laws.forms import Word
from claimkit.crasp.laws.law import Law
from claimkit.crasp.operations import Count, Exists
from claimkit.crasp.program import Program
from claimkit.crasp.protocol.message_size import period_of
from claimkit.crasp.rewriting import places
from claimkit.crasp.running.interpreting import Run
from claimkit.crasp.running.states import State
from claimkit.crasp.symbols import Alphabet
from claimkit.crasp.windows import Local
from claimkit.errors import UnknownTask

MIXTURES: Final = ((1, 2, 4), (4, 1, 2), (7, 5, 1), (1, 11, 3), (13, 3, 29))
"""How many blocks of either letter and of e alone stand in a round; tried in this order."""
MOST_ROUNDS: Final = 64

_FAR: Final = 9
_CONTEXTS: Final = Alphabet("abeq")
_STARTS: Final = {
    "NRLast": (("q", "a"), ("q", "b")),
    "NLLast": (("a", "q"), ("b", "q")),
    "NRLastFar": (("q", "a"), ("q", "b")),
}


@final
@dataclass(frozen=True)
class Confounded:
    """Two strings after which a program is in the same state.

    Attributes:
        one: Ends in a block of the first letter, then one of the second.
        other: The same blocks, the last two exchanged.
    """

    one: Word
    other: Word


def confounded(
    program: Program, alphabet: Alphabet, first: Word, second: Word, neutral: str
) -> Confounded | None:
    """Return two strings that a program cannot tell apart, whatever follows.

    Args:
        program: Any.
        alphabet: Σ; it has all these symbols.
        first: How a block of the first letter begins, such as ``q a``.
        second: How a block of the second begins, as long.
        neutral: What fills up the blocks.

    Returns:
        The shortest pair that was tried; None if the mixtures and rounds tried do not settle the
        program.

    Raises:
        InvalidProgram: If the program is for another alphabet.
        InvalidString: If the alphabet lacks a symbol.
    """
    width = _width(program, len(first))
    one, other, blank = (_filled(start, neutral, width) for start in (first, second, ()))
    for rounds, mixture in _tried():
        # Blank blocks come first, since tasks may want no query in the first places.
        front = (blank * mixture[2] + one * mixture[0] + other * mixture[1]) * rounds
        pair = Confounded(front + one + other, front + other + one)
        if same_state(program, alphabet, pair.one, pair.other):
            return pair
    return None


def confounding_law(program: Program, task: str) -> Law:
    """Check that a program is wrong for a task about last occurrences.

    The law holds if two contexts are found that have different answers and leave the program in
    one state, and if it then names the same after both, evaluated on the whole strings.

    Args:
        program: With lines NEXT, for every alphabet.
        task: NRLast, NLLast or NRLastFar; for the last, nine times as many symbols again follow
            the contexts, so that their queries are as far back and as rare as its sampler has them.

    Raises:
        UnknownTask: If the task is another.
        InvalidProgram: If the program has no NEXT or is for another alphabet.
    """
    if task not in _STARTS:
        raise UnknownTask(f"no last occurrence in {task!r}; tasks: {', '.join(_STARTS)}")
    label = f"{task} by {program.name or 'a program'}, refuted"
    pair = confounded(program, _CONTEXTS, *_STARTS[task], "e")
    if pair is None:
        return Law(label, f"up to {MOST_ROUNDS} rounds", "no two contexts leave it in one state")
    padding = ("e",) * (_FAR * len(pair.one)) if task == "NRLastFar" else ()
    asked = cases(task, [(*pair.one, *padding, "q"), (*pair.other, *padding, "q")], _CONTEXTS)
    named = asked.given(program)
    how = (
        f"two contexts of {len(pair.one) + len(padding)} symbols with the answers b and a, which "
        "leave it in one state"
    )
    if not (named[0] == named[1]).all() or (asked.wanted[0] == asked.wanted[1]).all():
        return Law(label, how, "it tells them apart, or their answers are the same")
    return Law(label, how)


def same_state(program: Program, alphabet: Alphabet, one: Word, other: Word) -> bool:
    """Return whether a program is in the same state after two strings of one length."""
    run = Run(program, alphabet, strings=2)
    run.advance([alphabet.encode(one), alphabet.encode(other)])
    return _alike(run.state)


def _alike(state: State) -> bool:
    """Return whether the two strings of a state agree in all it holds."""
    held = (*state.counts.values(), *state.last.values())
    return all(bool(np.array_equal(values[0], values[1])) for values in held)


def _tried() -> Iterator[tuple[int, tuple[int, int, int]]]:
    rounds = 1
    while rounds <= MOST_ROUNDS:
        for mixture in MIXTURES:
            yield rounds, mixture
        rounds *= 2


def _filled(start: Word, neutral: str, width: int) -> Word:
    return (*start, *(neutral,) * (width - len(start)))


def _width(program: Program, shortest: int) -> int:
    """Return the length of a block: further than windows reach, and a multiple of the periods."""
    operations = (part.operation for line in program.definitions for part in places(line.body))
    windows = (part.window for part in operations if isinstance(part, Count | Exists))
    reach = sum(window.reach for window in windows if isinstance(window, Local))
    period = period_of(program)
    return -(-(shortest + reach) // period) * period
