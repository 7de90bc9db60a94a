"""From the syntax tree of a line to its definition."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, cast, final

from claimkit.crasp.operations import (
    FALSE,
    INDEX_RELATIONS,
    Add,
    And,
    AnySymbol,
    AtMost,
    Binder,
    Compare,
    Conditional,
    Constraint,
    Count,
    EverySymbol,
    Exists,
    IndexRelation,
    Initial,
    Not,
    Operation,
    Or,
    Ref,
    Relation,
    Subtract,
    SumOver,
    Top,
    number,
)
from claimkit.crasp.program import Definition
from claimkit.crasp.text.passages import Passage
from claimkit.crasp.text.positions import Positions, periodic, refuse_positions, window
from claimkit.crasp.text.reading import Reader, parts, sign_of

if TYPE_CHECKING:
    from claimkit.crasp.text.reading import Node

RESERVED: Final = ("Q", "program", "alphabet")
"""Words that the grammar takes for names, but that name no line."""
MOST_DEEP: Final = 200
"""How deep operations may be nested, well below where Python stops."""

_COUNTED: Final[dict[str, type[Count | Exists]]] = {"count": Count, "exists": Exists}
_BOUND: Final[dict[str, type[AnySymbol | EverySymbol | SumOver]]] = {
    "any": AnySymbol,
    "every": EverySymbol,
    "sum": SumOver,
}
_OTHERS: Final[dict[str, type[Or | And | Add | Subtract | Not | Conditional]]] = {
    "or": Or,
    "and": And,
    "add": Add,
    "subtract": Subtract,
    "not": Not,
    "conditional": Conditional,
}


@final
class Builder:
    """Builds one line.

    Args:
        passage: The line's text.
        known: The names of the lines before it.
    """

    def __init__(self, passage: Passage, known: Iterable[str]) -> None:
        self._passage = passage
        self._reader = Reader(passage)
        self._known = set(known)

    def definition(self, tree: Node) -> Definition:
        """Return the line.

        Raises:
            InvalidProgram: If its words are in order, but what they say is not in the language.
        """
        if _depth(tree) > MOST_DEEP:
            raise self._passage.wrong(
                f"is nested more than {MOST_DEEP} deep; give parts of it lines of their own"
            )
        name, indices, position = tree.children[:3]
        if name in RESERVED:
            raise self._passage.wrong(f"a line may not be named {name!s}; name it otherwise")
        here = str(cast("Node", position).children[0]) if position else "i"
        return Definition(
            str(name),
            self._reader.terms(parts(cast("Node", indices)) if indices else ()),
            self._operation(parts(tree)[-1], (here,)),
            self._passage.line,
        )

    def _operation(self, tree: Node, positions: Positions) -> Operation:
        """Return an operation taken at the last of some positions."""
        kind, inside = tree.data, parts(tree)
        if kind == "reference":
            return self._reference(tree, positions)
        if kind in ("modulo", "residue", "member"):
            return periodic(self._reader, tree, positions)
        if kind in ("integer", "negative"):
            return number(self._reader.integer(tree))
        if kind in ("true", "false"):
            return Top() if kind == "true" else FALSE
        if kind in _COUNTED:
            counted, psi = window(self._reader, inside[0], positions)
            return _COUNTED[kind](self._operation(inside[1], (*positions, counted)), psi)
        if kind in _BOUND:
            binder = self._binder(inside[0])
            return _BOUND[kind](binder, self._operation(inside[1], positions))
        if kind == "compare":
            return self._compare(tree, positions)
        return _OTHERS[kind](*(self._operation(part, positions) for part in inside))

    def _reference(self, tree: Node, positions: Positions) -> Operation:
        name, indices, position = tree.children
        if position is not None:
            self._check_position(tree, str(cast("Node", position).children[0]), positions)
        terms = self._reader.terms(parts(cast("Node", indices)) if indices else ())
        if name != "Q":
            return Ref(str(name), terms)
        if len(terms) != 1:
            raise self._reader.wrong(
                tree, f"'{self._reader.text(tree)}' has {len(terms)} symbols; Q has one, as Q[a]"
            )
        return Initial(terms[0])

    def _check_position(self, tree: Node, given: str, positions: Positions) -> None:
        if given == positions[-1]:
            return
        where = f"inside [{positions[-1]} ≤ {positions[-2]}]" if positions[1:] else "here"
        raise self._reader.wrong(
            tree,
            f"'{self._reader.text(tree)}' is taken at {given}, but {where} everything is taken at "
            f"{positions[-1]}; write ({positions[-1]})",
        )

    def _compare(self, tree: Node, positions: Positions) -> Operation:
        refuse_positions(self._reader, tree, positions, self._known)
        left, relation, right = parts(tree)
        sign = sign_of(relation)
        operands = self._operation(left, positions), self._operation(right, positions)
        if sign == "≤":
            return AtMost(*operands)
        return Compare(operands[0], cast("Relation", sign), operands[1])

    def _binder(self, tree: Node) -> Binder:
        return Binder(str(tree.children[0]), tuple(map(self._constraint, parts(tree))))

    def _constraint(self, tree: Node) -> Constraint:
        left, relation, right = parts(tree)
        sign = sign_of(relation)
        if sign not in INDEX_RELATIONS:
            raise self._reader.wrong(
                tree,
                f"'{self._reader.text(tree)}' constrains an index by {sign}; constraints are "
                f"{' '.join(INDEX_RELATIONS)}",
            )
        return Constraint(
            self._reader.term(left), cast("IndexRelation", sign), self._reader.term(right)
        )


def _depth(tree: Node) -> int:
    """Return how deep a tree is, without going as deep in calls."""
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        part, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting.extend((inside, depth + 1) for inside in parts(part))
    return deepest
