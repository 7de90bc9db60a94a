"""Programs: finite lists of lines, each an operation over earlier lines.

A line may stand for a family: ``BIGRAM[a,b]`` is one line for every pair of symbols, so a program
is written once for every alphabet. Two lines may share a name if their literal indices keep them
apart, such as ``NEXT[a]`` (all of Σ) and ``NEXT[eos]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Literal, final

from claimkit.crasp.operations import Operation, Symbol, Term, Variable

Kind = Literal["boolean", "count"]


@final
@dataclass(frozen=True)
class Definition:
    """One line: a name, its indices, and the operation that gives its value.

    Attributes:
        name: Such as ``BIGRAM``.
        indices: Variables run over Σ, independently of one another; symbols are fixed.
        body: Over earlier lines.
        line: Where it stands in a text, counted from 1; 0 if it comes from none. Two definitions
            are equal wherever they stand.
    """

    name: str
    indices: tuple[Term, ...]
    body: Operation
    line: int = field(default=0, compare=False)

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the indices that run over Σ, in their order."""
        return tuple(term.name for term in self.indices if isinstance(term, Variable))

    @property
    def key(self) -> str:
        """What the line is called in a trace: its name, and its indices where one is literal.

        >>> from claimkit.crasp.operations import Top
        >>> Definition("NEXT", (Variable("a"),), Top()).key
        'NEXT'
        >>> Definition("NEXT", (Symbol("#"),), Top()).key
        'NEXT[#]'
        """
        if not any(isinstance(term, Symbol) for term in self.indices):
            return self.name
        shown = (term.symbol if isinstance(term, Symbol) else "·" for term in self.indices)
        return f"{self.name}[{','.join(shown)}]"

    @property
    def title(self) -> str:
        """The line as messages name it, such as ``line 3, 'NEXT[a]'``."""
        shown = (term.symbol if isinstance(term, Symbol) else term.name for term in self.indices)
        head = f"{self.name}[{','.join(shown)}]" if self.indices else self.name
        return f"line {self.line}, {head!r}" if self.line else f"{head!r}"


@final
@dataclass(frozen=True)
class Program:
    """A named list of definitions, checked when it is built.

    Attributes:
        name: Such as ``UR``; empty for a program without one.
        definitions: In their order; each uses only earlier ones.
        alphabet: The symbols that it is for, in order; None if it is for every alphabet.

    Raises:
        InvalidProgram: If a line uses an unknown name, has a count where a Boolean belongs or the
            other way round, has an unbound or clashing index, or defines what is defined already.
    """

    name: str
    definitions: tuple[Definition, ...]
    alphabet: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse what is no program."""
        # Computed here, so that a program that exists has kinds.
        _ = self.kinds

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """Whether each line is Boolean or a count, by key."""
        from claimkit.crasp.checking import kinds_of

        return MappingProxyType(kinds_of(self))

    def kind(self, key: str) -> Kind:
        """Return whether a line is Boolean or a count."""
        return self.kinds[key]

    def definitions_named(self, name: str) -> tuple[Definition, ...]:
        """Return the lines of one name, such as ``NEXT[a]`` and ``NEXT[eos]``."""
        return tuple(line for line in self.definitions if line.name == name)
