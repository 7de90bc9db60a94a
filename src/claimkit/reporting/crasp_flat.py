"""A program spelled out for one alphabet, as a text that can be read again.

:func:`claimkit.crasp.running.expanding.expand` names lines as no text can: ``BIGRAM[a,b].2`` is the
second part of a member of a family, ``Q[a]`` and ``1`` are lines of their own. Here they are called
``BIGRAM_2['a','b']``, ``SYMBOL['a']`` and ``NUMBER_1``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, final

from claimkit.crasp.operations import Initial, Operation, Ref, Symbol, Top
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.running.expanding import environments, expand, member_name, symbol_of
from claimkit.crasp.symbols import Alphabet

_PART: Final = re.compile(r"(.*)\.(\d+)′*", re.DOTALL)
_NUMBER: Final = re.compile(r"(-?)(\d+)′*")


def spelled_out(program: Program, alphabet: Alphabet) -> Program:
    """Return a program for one alphabet, each line one operation of the definition.

    Raises:
        InvalidProgram: If the program is for another alphabet.
    """
    flat = expand(program, alphabet)
    names = _Names(program, alphabet)
    refs: dict[str, Ref] = {line.name: names.ref(line) for line in flat.definitions}
    lines = (
        Definition(refs[line.name].name, refs[line.name].indices, _renamed(line.body, refs))
        for line in flat.definitions
    )
    return Program(program.name, tuple(lines), alphabet.symbols)


@final
class _Names:
    """What lines are called; no two different ones alike."""

    def __init__(self, program: Program, alphabet: Alphabet) -> None:
        self._taken = {line.name: (line.name, "") for line in program.definitions}
        self._members: dict[str, Ref] = {}
        for line in program.definitions:
            for environment in environments(line, alphabet):
                indices = tuple(Symbol(symbol_of(term, environment)) for term in line.indices)
                name = member_name(line.name, line.indices, environment)
                self._members[name] = Ref(line.name, indices)

    def ref(self, line: Definition) -> Ref:
        """Return how to name a line of an expanded program."""
        if line.name in self._members:
            return self._members[line.name]
        part = _PART.fullmatch(line.name)
        if part and part[1] in self._members:
            whole = self._members[part[1]]
            return Ref(self._free(whole.name, part[2]), whole.indices)
        match line.body:
            case Initial(symbol):
                return Ref(self._free("SYMBOL", ""), (symbol,))
            case Top():
                return Ref(self._free("TOP", ""))
        number = _NUMBER.fullmatch(line.name)
        sign, digits = number.groups() if number else ("", line.name)
        return Ref(self._free("MINUS" if sign else "NUMBER", digits))

    def _free(self, base: str, part: str) -> str:
        """Return the same name for the same, and one that nothing else has."""
        name, asked = f"{base}_{part}" if part else base, (base, part or "constant")
        while self._taken.setdefault(name, asked) != asked:
            name += "_"
        return name


def _renamed(operation: Operation, refs: Mapping[str, Ref]) -> Operation:
    """Return a core operation with other names for the lines that it is made of."""
    changed: dict[str, Any] = {
        field: refs[value.name]
        for field, value in vars(operation).items()
        if isinstance(value, Ref)
    }
    return replace(operation, **changed)
