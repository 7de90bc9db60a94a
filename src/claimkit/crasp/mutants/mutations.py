"""What one operation of a program can be mistaken for: the slips that mutants are made of.

A *mutation* takes a place in a line and yields operations that differ from what stands there by one
thing: a sign, a relation, a distance, an index. What it yields need not be valid at that place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from types import MappingProxyType
from typing import Final

from claimkit.crasp.mutants.sites import Site
from claimkit.crasp.operations import (
    FALSE,
    INDEX_RELATIONS,
    RELATIONS,
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
    Initial,
    Not,
    Number,
    One,
    Operation,
    Or,
    Periodic,
    Ref,
    Subtract,
    SumOver,
    Top,
    Variable,
    number,
)
from claimkit.crasp.windows import EVERYWHERE, Local, Window

Mutation = Callable[[Site], Iterator[Operation]]

FAR: Final = 50
"""A window of so many positions is mistaken for ⊤ on all shorter strings."""


def negated(site: Site) -> Iterator[Operation]:
    """P for ¬P, ¬P for P; once where one stands within the other."""
    operation = site.place.operation
    if site.kind == "count" or operation == Top() or isinstance(site.place.parent, Not):
        return
    yield operation.operand if isinstance(operation, Not) else Not(operation)


def constant(site: Site) -> Iterator[Operation]:
    """⊤ and ⊥ for a Boolean, 0 for a count.

    An operand of ∧ becomes ⊤ only, one of ∨ becomes ⊥ only: it is dropped. The other constant would
    make the whole constant, which is a mutant of the whole. The same goes for what ¬ stands before.
    """
    parent = site.place.parent
    if site.kind == "count":
        yield Number(0)
    elif not isinstance(parent, Not):
        if not isinstance(parent, Or):
            yield Top()
        if not isinstance(parent, And):
            yield FALSE


def junctors(site: Site) -> Iterator[Operation]:
    """∧ and ∨, ⋀ and ⋁, exchanged."""
    exchanged = {And: Or, Or: And, AnySymbol: EverySymbol, EverySymbol: AnySymbol}
    match site.place.operation:
        case And(left, right) | Or(left, right):
            yield exchanged[type(site.place.operation)](left, right)
        case AnySymbol(binder, body) | EverySymbol(binder, body):
            yield exchanged[type(site.place.operation)](binder, body)


def relations(site: Site) -> Iterator[Operation]:
    """Another relation between the same counts."""
    match site.place.operation:
        case AtMost(left, right):
            yield from (Compare(left, relation, right) for relation in RELATIONS)
        case Compare(left, old, right):
            yield AtMost(left, right)
            for relation in RELATIONS:
                if relation != old:
                    yield Compare(left, relation, right)


def shifted_relations(site: Site) -> Iterator[Operation]:
    """A comparison that is off by one.

    C₁ < C₂ is C₁ + 1 ≤ C₂, so only the other direction differs from a change of the relation. Where
    one side is a number, it is this number that changes; see :func:`numbers`.
    """
    operation = site.place.operation
    if not isinstance(operation, AtMost | Compare):
        return
    left, right = operation.left, operation.right
    if isinstance(left, One | Number) or isinstance(right, One | Number):
        return
    relation = operation.relation if isinstance(operation, Compare) else "≤"
    if relation in ("≤", ">", "=", "≠"):
        yield replace(operation, right=Add(right, One()))
    if relation in ("<", "≥", "=", "≠"):
        yield replace(operation, left=Add(left, One()))


def numbers(site: Site) -> Iterator[Operation]:
    """A number that is off by one."""
    match site.place.operation:
        case One():
            yield from (number(0), number(2))
        case Number(value):
            yield from (number(value - 1), number(value + 1))


def arithmetic(site: Site) -> Iterator[Operation]:
    """+ and − exchanged, operands of − exchanged, branches exchanged."""
    match site.place.operation:
        case Add(left, right):
            yield Subtract(left, right)
        case Subtract(left, right):
            yield from (Add(left, right), Subtract(right, left))
        case Conditional(condition, then, otherwise):
            yield Conditional(condition, otherwise, then)


def windows(site: Site) -> Iterator[Operation]:
    """Other positions that are looked at."""
    operation = site.place.operation
    if isinstance(operation, Count | Exists):
        yield from (replace(operation, window=window) for window in _windows(operation.window))


def _windows(window: Window) -> Iterator[Window]:
    if not isinstance(window, Local):
        yield from map(Local, ((0,), (1,), (0, 1), range(FAR)))
        return
    distances = set(window.distances)
    changed = [
        {d - 1 for d in distances},
        {d + 1 for d in distances},
        {min(distances) - 1} | distances,
        distances | {max(distances) + 1},
        *(distances - {d} for d in distances),
    ]
    yield from (Local(some) for some in changed if some and min(some) >= 0)
    yield EVERYWHERE


def indices(site: Site) -> Iterator[Operation]:
    """Another index or symbol, or two indices exchanged."""
    operation = site.place.operation
    if isinstance(operation, Initial):
        yield from map(Initial, site.others(operation.symbol))
    if not isinstance(operation, Ref):
        return
    terms = operation.indices
    for place, term in enumerate(terms):
        for other in site.others(term):
            yield Ref(operation.name, (*terms[:place], other, *terms[place + 1 :]))
    for i, j in combinations(range(len(terms)), 2):
        changed = list(terms)
        changed[i], changed[j] = terms[j], terms[i]
        yield Ref(operation.name, tuple(changed))


def lines(site: Site) -> Iterator[Operation]:
    """Another line of the same kind with as many indices."""
    operation = site.place.operation
    if isinstance(operation, Ref):
        alike = (
            line
            for line in site.earlier
            if len(line.indices) == len(operation.indices)
            and site.program.kind(line.key) == site.kind
        )
        names = dict.fromkeys(line.name for line in alike if line.name != operation.name)
        yield from (Ref(name, operation.indices) for name in names)


def binders(site: Site) -> Iterator[Operation]:
    """Another range of an index: a constraint dropped, added, reversed, with another relation."""
    operation = site.place.operation
    if not isinstance(operation, AnySymbol | EverySymbol | SumOver):
        return
    variable, where = operation.binder.variable, operation.binder.where
    # Its own index is in scope where it is bound.
    inside = replace(site.place, scope=(*site.place.scope, variable))
    for place, constraint in enumerate(where):
        for changed in ((), *((c,) for c in _constraints(constraint, replace(site, place=inside)))):
            binder = Binder(variable, (*where[:place], *changed, *where[place + 1 :]))
            yield replace(operation, binder=binder)
    bounds = {term for constraint in where for term in (constraint.left, constraint.right)}
    for index in map(Variable, site.place.scope):
        # What is bounded already by = or < is apart from it, too.
        if index not in bounds:
            added = Constraint(Variable(variable), "≠", index)
            yield replace(operation, binder=Binder(variable, (*where, added)))


def _constraints(old: Constraint, site: Site) -> Iterator[Constraint]:
    for relation in INDEX_RELATIONS:
        if relation != old.relation:
            yield replace(old, relation=relation)
    if old.relation == "<":
        yield Constraint(old.right, "<", old.left)
    indices = [Variable(name) for name in site.place.scope]
    yield from (replace(old, left=index) for index in indices if index != old.right)
    yield from (replace(old, right=index) for index in indices if index != old.left)


def positions(site: Site) -> Iterator[Operation]:
    """Other residues or another period."""
    match site.place.operation:
        case Periodic(period, residues):
            for shift in (1, period - 1):
                yield Periodic(period, {(residue + shift) % period for residue in residues})
            if len(residues) > 1:
                yield from (Periodic(period, residues - {residue}) for residue in residues)
            for other in (period - 1, period + 1):
                if other > 1:
                    yield Periodic(other, {residue % other for residue in residues})


MUTATIONS: Final[Mapping[str, Mutation]] = MappingProxyType(
    {
        "¬ added or dropped": negated,
        "operand dropped or made constant": constant,
        "∧ ↔ ∨, ⋀ ↔ ⋁": junctors,
        "relation": relations,
        "comparison off by one": shifted_relations,
        "number off by one": numbers,
        "+, −, branches": arithmetic,
        "ψ": windows,
        "index or symbol": indices,
        "another line": lines,
        "range of an index": binders,
        "φ": positions,
    }
)
"""All mutations, by what they change."""
