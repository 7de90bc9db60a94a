r"""Writes a program in LaTeX, as papers print it.

The result stands in a document with the package *amsmath*. Symbols beyond ASCII need XeLaTeX or
LuaLaTeX; Greek letters do not.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, final

from claimkit.crasp.operations import Binder, Periodic, Term, Variable
from claimkit.crasp.program import Program
from claimkit.crasp.text.reading import SPECIAL_WORDS
from claimkit.crasp.text.relations import relation_of
from claimkit.crasp.text.writing import Notation
from claimkit.crasp.windows import Local, Window

_SIGNS: Final = {
    "¬": r"\lnot",
    "∧": r"\land",
    "∨": r"\lor",
    "⊤": r"\top",
    "⊥": r"\bot",
    "≤": r"\le",
    "≥": r"\ge",
    "≠": r"\ne",
    "⋁": r"\bigvee",
    "⋀": r"\bigwedge",
    "∑": r"\sum",
    "∃": r"\exists",
    "#": r"\#",
    "−": "-",
    "∈": r"\in",
    "?": r"\mathrel{?}",
    ":": r"\mathrel{:}",
}
_ESCAPES: Final = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
} | {character: f"\\{character}" for character in "_%#&${}"}
_WORDS: Final = {symbol: word for word, symbol in SPECIAL_WORDS.items()}


def latex_of(program: Program) -> str:
    r"""Return the lines of a program as an ``align*`` environment.

    Args:
        program: Any; its own name and alphabet are not part of the lines.

    >>> from claimkit.crasp.text.parsing import parse
    >>> print(latex_of(parse("PRED[a] := ∃[j ≤ i, j = i−1] Q[a]")), end="")
    \begin{align*}
    \mathrm{PRED}_{a}(i) &:= \exists[j \le i,\; j = i-1]\; Q_{a}(j)
    \end{align*}
    """
    notation = Latex()
    lines = [
        f"{notation.head(definition)} &:= {notation.operation(definition.body)}"
        for definition in program.definitions
    ]
    return "\n".join([r"\begin{align*}", " \\\\\n".join(lines), r"\end{align*}"]) + "\n"


@final
class Latex(Notation):
    """The notation of papers, for LaTeX in mathematics mode."""

    def sign(self, sign: str) -> str:
        """Return the command for a sign."""
        return _SIGNS.get(sign, sign)

    def applied(self, name: str, indices: tuple[Term, ...], position: str) -> str:
        r"""Return a name with its indices below it, such as ``\mathrm{PRED}_{a}(i)``."""
        below = f"_{{{','.join(map(_term, indices))}}}" if indices else ""
        return f"{name if name == 'Q' else _name(name)}{below}({position})"

    def periodic(self, position: str, phi: Periodic) -> str:
        r"""Return φ, such as ``i \bmod 3 = 1``."""
        listed = ", ".join(map(str, sorted(phi.residues)))
        rest = f"= {listed}" if len(phi.residues) == 1 else rf"\in \{{{listed}\}}"
        return rf"{position} \bmod {phi.period} {rest}"

    def counted(self, sign: str, counted: str, here: str, window: Window) -> str:
        r"""Return # or ∃ with its bracket, such as ``\exists[j \le i]\; ``."""
        inside = rf"{counted} \le {here}"
        if isinstance(window, Local):
            psi = re.sub(r"([{}])", r"\\\1", relation_of(window, counted, here))
            inside += r",\; " + re.sub("[−∈]", lambda found: self.sign(found.group()), psi)
        return rf"{self.sign(sign)}[{inside}]\; "

    def bound(self, sign: str, binder: Binder) -> str:
        r"""Return ⋁, ⋀ or ∑ with its binder below it, such as ``\bigvee_{b : b \ne a} ``."""
        constraints = ",\\, ".join(
            f"{_term(each.left)} {self.sign(each.relation)} {_term(each.right)}"
            for each in binder.where
        )
        inside = f" : {constraints}" if constraints else ""
        return f"{self.sign(sign)}_{{{_variable(binder.variable)}{inside}}} "

    def negated(self, operand: str) -> str:
        r"""Return ``\lnot P``."""
        return rf"\lnot {operand}"


def _term(term: Term) -> str:
    if isinstance(term, Variable):
        return _variable(term.name)
    word = _WORDS.get(term.symbol)
    if word:
        return rf"\langle\mathrm{{{word}}}\rangle"
    return rf"\text{{\texttt{{{_escaped(term.symbol)}}}}}"


def _variable(name: str) -> str:
    r"""Return an index: one letter as it is, a Greek one by its command, a word in italics."""
    greek = _greek(name)
    if greek:
        return f"\\{greek}"
    if not name.isascii():
        return rf"\text{{\textit{{{_escaped(name)}}}}}"
    return name if len(name) == 1 else rf"\mathit{{{_escaped(name)}}}"


def _greek(name: str) -> str | None:
    """Return the command of a small Greek letter; o has none, and a final sigma neither."""
    if len(name) != 1 or not "α" <= name <= "ω" or name in "ος":
        return None
    return unicodedata.name(name).split()[-1].lower().replace("lamda", "lambda")


def _name(name: str) -> str:
    if not name.isascii():
        return rf"\text{{{_escaped(name)}}}"
    return rf"\mathrm{{{_escaped(name)}}}"


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(character, character) for character in text)
