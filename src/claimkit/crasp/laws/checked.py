"""What became of holding a program against a task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from claimkit.crasp.laws.forms import Word
from claimkit.tasks import LANGUAGES


@final
@dataclass(frozen=True)
class Counterexample:
    """A string that a program continues wrongly.

    Attributes:
        task: What the program should compute.
        string: What the program has read; its last symbol is where the wrong output stands.
        expected: What should hold there: symbols whose NEXT should, or the names of lines.
        named: What holds there.
        length: Symbols of the question: of the context, source, input or word.
        alphabet: Σ, in the order that the program was run with; with another it may be right.
    """

    task: str
    string: Word
    expected: Word
    named: Word
    length: int
    alphabet: Word = ()

    @property
    def sentence(self) -> str:
        """The counterexample in words.

        >>> Counterexample("UB", tuple("$ab|ba"), (), ("b",), 2).sentence
        "after '$ a b | b a' UB names nothing, the program b"
        """
        verb = "has" if self.task in LANGUAGES else "names"
        return (
            f"after {' '.join(self.string)!r} {self.task} {verb} {_listed(self.expected)}, "
            f"the program {_listed(self.named)}"
        )


@final
@dataclass(frozen=True)
class Checked:
    """What was checked, on what, and what was found to be wrong.

    Attributes:
        task: The task's name.
        program: The program's name.
        how: On which questions, with their number.
        strings: How many different questions were asked, up to a wrong one.
        positions: At how many positions the outputs were compared.
        found: The first counterexample, or None.
    """

    task: str
    program: str
    how: str
    strings: int
    positions: int
    found: Counterexample | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing wrong was found."""
        return self.found is None

    @property
    def label(self) -> str:
        """What was held against what."""
        named = self.program and self.program != self.task
        return f"{self.task} by {self.program}" if named else f"{self.task} by its program"

    @property
    def counterexample(self) -> str:
        """The counterexample in words; empty if there is none."""
        return self.found.sentence if self.found else ""

    @property
    def sentence(self) -> str:
        """The outcome in words."""
        if self.found is None:
            return f"{self.label} is right on {self.how}"
        return f"{self.label} is wrong: {self.counterexample}"


def _listed(names: Word) -> str:
    """Return names in a row.

    >>> _listed(("a", "b", "c"))
    'a, b and c'
    """
    if not names:
        return "nothing"
    *front, last = names
    return f"{', '.join(front)} and {last}" if front else last
