"""How values of operations are laid out as arrays, and what indices do to them.

Inside the interpreter a value has shape ``(row, *indices, string)``: rows are positions, there is
one axis for every index that is bound where the operation stands, outermost first, and an axis has
size 1 where the value does not depend on it. Strings come last, so that one row after another can
be added up in vectors of contiguous memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from claimkit.crasp.operations import Constraint, Symbol, Term, Variable
from claimkit.crasp.symbols import Alphabet

Array = npt.NDArray[Any]
Scope = tuple[str, ...]
"""The names of the bound indices, outermost first: one axis each."""


def constant(value: bool | int, dtype: npt.DTypeLike, scope: Scope) -> Array:
    """Return a value that depends on nothing."""
    return np.full((1,) * (len(scope) + 2), value, dtype)


def rows(values: Array, scope: Scope) -> Array:
    """Return a value ``(row, string)`` that depends on no index."""
    return values.reshape(values.shape[0], *(1,) * len(scope), values.shape[1])


def holds(tokens: Array, term: Term, scope: Scope, alphabet: Alphabet) -> Array:
    """Return where tokens ``(row, string)`` are a symbol, or each symbol of Σ along its axis."""
    held: Array = rows(tokens, scope) == codes(term, scope, alphabet).astype(tokens.dtype)
    return held


def codes(term: Term, scope: Scope, alphabet: Alphabet) -> Array:
    """Return the code of a symbol, or the codes of Σ along an index's axis."""
    if isinstance(term, Symbol):
        return constant(alphabet.codes[term.symbol], np.int64, scope)
    shape = [1] * (len(scope) + 2)
    shape[1 + scope.index(term.name)] = len(alphabet)
    return np.arange(len(alphabet)).reshape(shape)


def mask(where: Sequence[Constraint], scope: Scope, alphabet: Alphabet) -> Array:
    """Return for which indices all constraints hold."""
    kept = constant(True, np.bool_, scope)
    for constraint in where:
        left = codes(constraint.left, scope, alphabet)
        right = codes(constraint.right, scope, alphabet)
        relate = {"=": np.equal, "≠": np.not_equal, "<": np.less}[constraint.relation]
        kept = kept & relate(left, right)
    return kept


def aligned(value: Array, terms: Sequence[Term], scope: Scope, alphabet: Alphabet) -> Array:
    """Return a line's value, taken at some indices, with the axes of another scope.

    Args:
        value: ``(row, *indices, string)``.
        terms: What each of its indices is: a variable of the scope or a symbol of Σ.
        scope: Where it is used.
        alphabet: Gives the codes of symbols.

    Returns:
        A view ``(row, *scope, string)``.
    """
    for axis in reversed(range(len(terms))):
        term = terms[axis]
        if isinstance(term, Symbol):
            size = value.shape[1 + axis]
            value = value.take(min(alphabet.codes[term.symbol], size - 1), axis=1 + axis)
    names = [term.name for term in terms if isinstance(term, Variable)]
    value, names = _diagonal(value, names)
    order = sorted(range(len(names)), key=lambda axis: scope.index(names[axis]))
    moved = value.transpose(0, *(1 + axis for axis in order), len(names) + 1)
    return np.expand_dims(moved, [1 + at for at, name in enumerate(scope) if name not in names])


def outward(value: Array, rows: int, strings: int, symbols: int) -> Array:
    """Return a value as ``(string, *indices, row)``, all axes in full; a view."""
    shape = (rows, *(symbols,) * (value.ndim - 2), strings)
    return np.moveaxis(np.broadcast_to(value, shape), (-1, 0), (0, -1))


def _diagonal(value: Array, names: list[str]) -> tuple[Array, list[str]]:
    """Merge the axes of an index that stands twice, such as a in ``BIGRAM[a,a]``."""
    for name in dict.fromkeys(names):
        while names.count(name) > 1:
            first = names.index(name)
            second = names.index(name, first + 1)
            if 1 in (value.shape[1 + first], value.shape[1 + second]):
                gone = first if value.shape[1 + first] == 1 else second
                value = value.squeeze(1 + gone)
            else:
                value = np.moveaxis(value.diagonal(0, 1 + first, 1 + second), -1, 1 + first)
                gone = second
            names = names[:gone] + names[gone + 1 :]
    return value, names
