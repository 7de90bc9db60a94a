"""Lines as briefly as they can be read: without position arguments, long windows by their reach."""

from __future__ import annotations

from typing import final

from claimkit.crasp.operations import Binder, Periodic, Term
from claimkit.crasp.program import Definition
from claimkit.crasp.text.printing import Text
from claimkit.crasp.text.writing import Notation
from claimkit.crasp.windows import Local, Window


def brief(definition: Definition) -> str:
    """Return a line as text that :func:`claimkit.crasp.text.parsing.parse` reads.

    Raises:
        InvalidProgram: If a name or symbol cannot be written.

    >>> from claimkit.crasp.operations import Exists, Initial, Variable
    >>> a = Variable("a")
    >>> brief(Definition("HAS", (a,), Exists(Initial(a), Local(range(50)))))
    'HAS[a] := ∃[j ≤ i, i−j ≤ 49] Q[a]'
    """
    notation = _Brief()
    return f"{notation.head(definition)} := {notation.operation(definition.body)}"


@final
class _Brief(Notation):
    """As :class:`Text`, but for positions and windows."""

    def __init__(self) -> None:
        self._full = Text()

    def applied(self, name: str, indices: tuple[Term, ...], position: str) -> str:
        return self._full.applied(name, indices, position).removesuffix(f"({position})")

    def counted(self, sign: str, counted: str, here: str, window: Window) -> str:
        if isinstance(window, Local) and window.distances == tuple(range(window.reach + 1)) != (0,):
            return f"{sign}[{counted} ≤ {here}, {here}−{counted} ≤ {window.reach}] "
        return self._full.counted(sign, counted, here, window)

    def sign(self, sign: str) -> str:
        return self._full.sign(sign)

    def periodic(self, position: str, phi: Periodic) -> str:
        return self._full.periodic(position, phi)

    def bound(self, sign: str, binder: Binder) -> str:
        return self._full.bound(sign, binder)

    def negated(self, operand: str) -> str:
        return self._full.negated(operand)
