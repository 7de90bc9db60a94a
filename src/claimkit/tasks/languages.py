"""Formal languages: is a string a member, and which symbols may follow a prefix of one?

A language is given twice, so that each can be held against the other: its definition, as the paper
writes it, decides membership; an automaton decides what may follow, for those languages whose
label is that. For the others the label is membership of the prefix, and there is no automaton.

Source: Huang et al. 2025, arXiv:2410.02140, the formal languages, as in the published code.
Differs: labels are right for every prefix, not only for those of members. In Tomita-3 an odd run
of 1s followed by an odd run of 0s can be mended by one more 0, which the published code takes for
a dead end. In ``{0,1,2}*02*`` a prefix that ends in 0 is a member, which the published code denies
until a 2 follows. Labels of ``aa*bb*cc*dd*ee*`` are its classes there, named by the next letter:
that letter and the last one are what may follow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from types import MappingProxyType
from typing import final

from claimkit.errors import InvalidQuestion
from claimkit.tasks import followers
from claimkit.tasks.automata import Automaton
from claimkit.tasks.naming import named

MayFollow = Callable[[Sequence[str]], frozenset[str]]


@final
@dataclass(frozen=True)
class Language:
    """A language over one-character symbols.

    Attributes:
        name: As in the paper.
        key: The name as a file name and a word of the shell.
        alphabet: Its symbols, in order.
        definition: Whether a text over the alphabet is a member.
        automaton: Of the same language, where the paper's label is what may follow.

    >>> language_named("D_2").contains("aabb")
    True
    """

    name: str
    key: str
    alphabet: tuple[str, ...]
    definition: Callable[[str], bool]
    automaton: Automaton | None = None

    def contains(self, string: Sequence[str]) -> bool:
        """Return whether a string is a member.

        Raises:
            InvalidQuestion: If a symbol is not in the alphabet.
        """
        return self.definition(self._checked(string))

    @property
    def may_follow(self) -> MayFollow | None:
        """The function from a prefix to the symbols with which it can still become a member.

        ``None`` where the paper's label is membership; the function raises InvalidQuestion as
        :meth:`contains` does.

        >>> sorted(language_named("Tomita-4").may_follow("100"))
        ['1']
        """
        automaton = self.automaton
        if automaton is None:
            return None
        return lambda prefix: automaton.may_follow(self._checked(prefix))

    def _checked(self, string: Sequence[str]) -> str:
        for place, symbol in enumerate(string):
            if symbol not in self.alphabet:
                raise InvalidQuestion(
                    f"{self.name} has the symbols {' '.join(self.alphabet)}, got {symbol!r} at "
                    f"{place} of {string!r}"
                )
        return "".join(string)


def _pattern(expression: str) -> Callable[[str], bool]:
    compiled = re.compile(expression)
    return lambda text: compiled.fullmatch(text) is not None


def _odd_ones_then_even_zeros(text: str) -> bool:
    """Return whether every run of 0s that directly follows an odd run of 1s is even."""
    runs = [(symbol, sum(1 for _ in run)) for symbol, run in groupby(text)]
    return all(
        zeros % 2 == 0
        for (symbol, ones), (_, zeros) in pairwise(runs)
        if symbol == "1" and ones % 2
    )


def _nested(depth: int) -> str:
    """Return the expression of D_depth: D_1 = (ab)*, D_(n+1) = (a D_n b)*."""
    return f"(?:a{_nested(depth - 1)}b)*" if depth else ""


def _dyck(depth: int) -> Language:
    """Return D_depth, over a for an opening bracket and b for a closing one."""
    definition, automaton = _pattern(_nested(depth)), followers.bounded_depth(depth)
    return Language(f"D_{depth}", f"d-{depth}", ("a", "b"), definition, automaton)


def _multiples(name: str) -> Language:
    """Return (w)*, keyed by w."""
    key = name.strip("()*")
    return Language(name, key, tuple(dict.fromkeys(key)), _pattern(name))


def _tomita(
    number: int, definition: Callable[[str], bool], automaton: Automaton | None = None
) -> Language:
    return Language(f"Tomita-{number}", f"tomita-{number}", ("0", "1"), definition, automaton)


_TOMITA = (
    _tomita(1, _pattern("1*"), followers.TOMITA_1),
    _tomita(2, _pattern("(10)*"), followers.TOMITA_2),
    _tomita(3, _odd_ones_then_even_zeros, followers.TOMITA_3),
    _tomita(4, lambda text: "000" not in text, followers.TOMITA_4),
    _tomita(5, lambda text: text.count("0") % 2 == 0 and text.count("1") % 2 == 0),
    _tomita(6, lambda text: (text.count("0") - text.count("1")) % 3 == 0),
    _tomita(7, _pattern("0*1*0*1*"), followers.TOMITA_7),
)

_BLOCKS = Language(
    "aa*bb*cc*dd*ee*", "aabbccddee", tuple("abcde"), _pattern("aa*bb*cc*dd*ee*"), followers.BLOCKS
)
_ONE_D = Language("{a,b}*d{b,c}*", "adbc", tuple("abcd"), _pattern("[ab]*d[bc]*"), followers.ONE_D)
_LAST_0 = Language("{0,1,2}*02*", "012", tuple("012"), _pattern("[012]*02*"))

LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {
        language.name: language
        for language in (
            *_TOMITA,
            *(_dyck(depth) for depth in (2, 3, 4, 12)),
            *(_BLOCKS, _ONE_D, _LAST_0),
            *(_multiples(name) for name in ("(aa)*", "(aaaa)*", "(abab)*")),
        )
    }
)
"""The languages by name."""


def language_named(called: str) -> Language:
    """Return the language of this name or key.

    Raises:
        UnknownTask: If there is none; the message offers the nearest name.
    """
    return named(called, LANGUAGES.values(), "language")
