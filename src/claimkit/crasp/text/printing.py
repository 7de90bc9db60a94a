"""Writes a program as text, in Unicode or ASCII, such that it can be read again.

``parse(text_of(program)) == program``, and what :func:`text_of` writes stays the same when it is
read and written again.
"""

from __future__ import annotations

import re
from typing import Final, final

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.operations import Binder, Periodic, Term, Variable
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.text.building import RESERVED
from claimkit.crasp.text.headers import headers_text
from claimkit.crasp.text.reading import SPECIAL_WORDS, quoted
from claimkit.crasp.text.relations import relation_of
from claimkit.crasp.text.writing import Notation
from claimkit.crasp.windows import Local, Window

_ASCII: Final = {
    "¬": "not",
    "∧": "and",
    "∨": "or",
    "⊤": "true",
    "⊥": "false",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "⋁": "any",
    "⋀": "every",
    "∑": "sum",
    "∃": "exists",
    "−": "-",
    "∈": "in",
}
KEYWORDS: Final = frozenset({*filter(str.isalpha, _ASCII.values()), *SPECIAL_WORDS, "mod"})
"""Words of the grammar, which name nothing."""
_WORDS: Final = {symbol: word for word, symbol in SPECIAL_WORDS.items()}


def text_of(program: Program, ascii: bool = False) -> str:
    """Return a program as text that :func:`claimkit.crasp.text.parsing.parse` reads.

    Args:
        program: Any, also one that was built without a text.
        ascii: Whether operators are spelled in ASCII; names and symbols stay what they are.

    Raises:
        InvalidProgram: If a name or symbol cannot be written, such as a name with a blank.
    """
    if "\n" in program.name or "\r" in program.name:
        raise InvalidProgram(f"the name {program.name!r} has several lines and cannot be written")
    notation = Text(ascii=ascii)
    lines = headers_text(program.name, program.alphabet)
    heads = [notation.head(definition) for definition in program.definitions]
    width = max(map(len, heads), default=0)
    body = [
        f"{head:<{width}} := {notation.operation(definition.body)}"
        for head, definition in zip(heads, program.definitions, strict=True)
    ]
    return "\n".join([*lines, *([""] if lines and body else []), *body, ""])


@final
class Text(Notation):
    """The notation that can be read again."""

    def __init__(self, ascii: bool = False) -> None:
        self._ascii = ascii

    def head(self, definition: Definition) -> str:
        """Return the left-hand side of a line, such as PRED[a](i).

        Raises:
            InvalidProgram: If the line is called what no line may be called.
        """
        if definition.name in RESERVED:
            raise InvalidProgram(f"a line may not be named {definition.name}; name it otherwise")
        return super().head(definition)

    def sign(self, sign: str) -> str:
        """Return a sign, or its ASCII spelling."""
        return _ASCII.get(sign, sign) if self._ascii else sign

    def applied(self, name: str, indices: tuple[Term, ...], position: str) -> str:
        """Return a name with its indices in square brackets, such as PRED[a](i)."""
        inside = ",".join(map(_term, indices))
        return f"{_word(name)}[{inside}]({position})" if indices else f"{_word(name)}({position})"

    def periodic(self, position: str, phi: Periodic) -> str:
        """Return φ, such as i mod 3 = 1."""
        listed = ", ".join(map(str, sorted(phi.residues)))
        if len(phi.residues) == 1:
            return f"{position} mod {phi.period} = {listed}"
        return f"{position} mod {phi.period} {self.sign('∈')} {{{listed}}}"

    def counted(self, sign: str, counted: str, here: str, window: Window) -> str:
        """Return # or ∃ with its bracket and a blank, such as ∃[j ≤ i, j = i−1]."""
        inside = f"{counted} {self.sign('≤')} {here}"
        if isinstance(window, Local):
            psi = relation_of(window, counted, here)
            inside += ", " + re.sub("[−∈]", lambda found: self.sign(found.group()), psi)
        return f"{self.sign(sign)}[{inside}] "

    def bound(self, sign: str, binder: Binder) -> str:
        """Return ⋁, ⋀ or ∑ with its binder and a blank, such as ⋀[b : b ≠ a]."""
        constraints = ", ".join(
            f"{_term(each.left)} {self.sign(each.relation)} {_term(each.right)}"
            for each in binder.where
        )
        inside = f" : {constraints}" if constraints else ""
        return f"{self.sign(sign)}[{_word(binder.variable)}{inside}] "

    def negated(self, operand: str) -> str:
        """Return ¬P or not P."""
        return f"not {operand}" if self._ascii else f"¬{operand}"


def _term(term: Term) -> str:
    if isinstance(term, Variable):
        return _word(term.name)
    return _WORDS.get(term.symbol) or quoted(term.symbol)


def _word(word: str) -> str:
    """Return a name as it is, if it can be read as one."""
    if word in KEYWORDS or not re.fullmatch(r"[^\W\d_]\w*", word):
        raise InvalidProgram(
            f"{word!r} cannot be written as a name; names are words that begin with a letter and "
            f"are none of {' '.join(sorted(KEYWORDS))}"
        )
    return word
