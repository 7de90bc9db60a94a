"""Deterministic finite automata, for what may follow a prefix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import final


@final
@dataclass(frozen=True)
class Automaton:
    """A table of steps; where a step is missing, no way leads on.

    Attributes:
        steps: For every state, the state that each symbol leads to. The first state is the start.
        accepting: The states in which a string of the language ends.
    """

    steps: Mapping[str, Mapping[str, str]]
    accepting: frozenset[str]

    def state(self, string: Sequence[str]) -> str | None:
        """Return the state after a string, or ``None`` if a step is missing."""
        state = next(iter(self.steps))
        for symbol in string:
            if symbol not in self.steps[state]:
                return None
            state = self.steps[state][symbol]
        return state

    def accepts(self, string: Sequence[str]) -> bool:
        """Return whether a string is in the language."""
        return self.state(string) in self.accepting

    def may_follow(self, prefix: Sequence[str]) -> frozenset[str]:
        """Return the symbols with which a prefix can still be extended to a string of it."""
        state = self.state(prefix)
        onward = {} if state is None else self.steps[state]
        return frozenset(symbol for symbol, target in onward.items() if target in self.live)

    @cached_property
    def live(self) -> frozenset[str]:
        """The states from which an accepting state can be reached, itself included."""
        live, more = set[str](), set(self.accepting)
        while more:
            live |= more
            more = {s for s, onward in self.steps.items() if not live.isdisjoint(onward.values())}
            more -= live
        return frozenset(live)
