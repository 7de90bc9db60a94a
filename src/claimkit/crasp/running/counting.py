"""Counting over positions, on arrays ``(row, *indices, string)``.

Every function serves # and ∃: it adds up integers where its ``dtype`` is one, and takes the
logical or where that is bool.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from claimkit.crasp.running.layout import Array


def running(body: Array, before: Array, dtype: npt.DTypeLike) -> Array:
    """Count the rows up to each row.

    Args:
        body: Bool ``(row, *indices, string)``.
        before: What was counted before the first row, ``(*indices, string)``.
        dtype: Of the counts; bool for ∃.

    Returns:
        ``(row, *indices, string)``.
    """
    count, add = _as_terms(body, dtype)
    shape = np.broadcast_shapes(count.shape[1:], before.shape)
    # As the body lies in memory, so that both are gone through in one direction.
    total = np.empty_like(count, dtype=dtype, shape=(len(count), *shape))
    last = before
    # One addition a row beats np.cumsum and accumulate, which do not use vectors, by far.
    for row in range(len(count)):
        last = add(last, count[row], out=total[row], dtype=dtype, casting="unsafe")
    return total


def windowed(body: Array, before: Array, distances: tuple[int, ...], dtype: npt.DTypeLike) -> Array:
    """Count the rows at some distances before each row.

    Args:
        body: Bool ``(row, *indices, string)``.
        before: The rows before the first, as many as the largest distance, ``(row, *indices,
            string)``.
        distances: At least one, in increasing order.
        dtype: Of the counts; bool for ∃.
    """
    count, add = _as_terms(preceded(body, before), dtype)
    rows, reach = len(body), distances[-1]
    total = count[:rows].astype(dtype, copy=False)
    for distance in distances[:-1]:
        start = reach - distance
        total = add(total, count[start : start + rows], dtype=dtype, casting="unsafe")
    return total


def preceded(body: Array, before: Array) -> Array:
    """Return rows with those before them in front."""
    if not len(before):
        return body
    shape = np.broadcast_shapes(body.shape[1:], before.shape[1:])
    whole = np.empty_like(body, shape=(len(before) + len(body), *shape))
    whole[: len(before)] = before
    whole[len(before) :] = body
    return whole


def running_at(body: Array, places: Array, dtype: npt.DTypeLike) -> Array:
    """Count the rows up to some rows only.

    Args:
        body: Bool ``(row, *indices, string)``.
        places: Int ``(step, string)``; nothing is counted where it is negative.
        dtype: Of the counts; bool for ∃.

    Returns:
        ``(step, *indices, string)``.
    """
    count, add = _as_terms(body, dtype)
    strings = places.shape[1]
    total = np.zeros((*count.shape[1:-1], strings), dtype)
    found = np.zeros((len(places), *total.shape), dtype)
    for row in range(int(places.max(initial=-1)) + 1):
        add(total, count[row], out=total, dtype=dtype, casting="unsafe")
        here = places == row
        alike = here.all(axis=1)
        # All strings at once is many times faster than string by string.
        found[alike] = total
        steps, asking = np.nonzero(here & ~alike[:, None])
        if len(asking):
            found[steps, ..., asking] = np.moveaxis(total[..., asking], -1, 0)
    return found


def windowed_at(
    body: Array, places: Array, distances: tuple[int, ...], dtype: npt.DTypeLike
) -> Array:
    """Count the rows at some distances before some rows; see :func:`running_at`."""
    count, add = _as_terms(body, dtype)
    total = at_places(count, places - distances[0]).astype(dtype, copy=False)
    for distance in distances[1:]:
        total = add(total, at_places(count, places - distance), dtype=dtype, casting="unsafe")
    return total


def at_places(value: Array, places: Array) -> Array:
    """Return the rows of a value at some places, ``(step, *indices, string)``.

    Args:
        value: ``(row, *indices, string)``, also of one row or string where all are alike.
        places: Int ``(step, string)``; where it is negative, the result is False or 0.
    """
    steps, strings = places.shape
    if not len(value):
        return np.zeros((steps, *value.shape[1:-1], strings), value.dtype)
    there = places.reshape(steps, *(1,) * (value.ndim - 2), strings)
    if strings and (places == places[:, :1]).all():
        # Whole rows, which are much faster to take than single strings.
        taken = value[np.clip(places[:, 0], 0, len(value) - 1)]
    elif len(value) == 1:
        taken = value
    else:
        each = np.broadcast_to(value, (*value.shape[:-1], strings))
        taken = np.take_along_axis(each, np.maximum(there, 0), axis=0)
    found: Array = np.where(there >= 0, taken, value.dtype.type(0))
    return found


def _as_terms(body: Array, dtype: npt.DTypeLike) -> tuple[Array, np.ufunc]:
    """Return what to add up, and how."""
    if np.dtype(dtype) == np.bool_:
        return body, np.logical_or
    return body.view(np.int8), np.add
