"""The automata of those languages whose label is what may follow a prefix.

Source: Huang et al. 2025, arXiv:2410.02140, the formal languages; the states are named by what
they remember.
"""

from __future__ import annotations

from claimkit.tasks.automata import Automaton

TOMITA_1 = Automaton({"ones": {"1": "ones"}}, frozenset({"ones"}))
TOMITA_2 = Automaton({"whole": {"1": "half"}, "half": {"0": "whole"}}, frozenset({"whole"}))
TOMITA_3 = Automaton(
    {
        "free": {"0": "free", "1": "odd 1s"},
        "odd 1s": {"0": "odd 0s", "1": "free"},
        "odd 0s": {"0": "even 0s"},
        "even 0s": {"0": "odd 0s", "1": "odd 1s"},
    },
    frozenset({"free", "odd 1s", "even 0s"}),
)
TOMITA_4 = Automaton(
    {
        "no 0": {"0": "one 0", "1": "no 0"},
        "one 0": {"0": "two 0s", "1": "no 0"},
        "two 0s": {"1": "no 0"},
    },
    frozenset({"no 0", "one 0", "two 0s"}),
)
TOMITA_7 = Automaton(
    {
        "block 1": {"0": "block 1", "1": "block 2"},
        "block 2": {"0": "block 3", "1": "block 2"},
        "block 3": {"0": "block 3", "1": "block 4"},
        "block 4": {"1": "block 4"},
    },
    frozenset({"block 1", "block 2", "block 3", "block 4"}),
)
BLOCKS = Automaton(
    {
        "nothing": {"a": "a"},
        "a": {"a": "a", "b": "b"},
        "b": {"b": "b", "c": "c"},
        "c": {"c": "c", "d": "d"},
        "d": {"d": "d", "e": "e"},
        "e": {"e": "e"},
    },
    frozenset({"e"}),
)
"""Of aa*bb*cc*dd*ee*."""
ONE_D = Automaton(
    {
        "before d": {"a": "before d", "b": "before d", "d": "from d on"},
        "from d on": {"b": "from d on", "c": "from d on"},
    },
    frozenset({"from d on"}),
)
"""Of {a,b}*d{b,c}*."""


def bounded_depth(depth: int) -> Automaton:
    """Return the automaton of D_depth, which counts the open brackets."""
    steps: dict[str, dict[str, str]] = {str(opened): {} for opened in range(depth + 1)}
    for opened in range(depth):
        steps[str(opened)]["a"] = str(opened + 1)
        steps[str(opened + 1)]["b"] = str(opened)
    return Automaton(steps, frozenset({"0"}))
