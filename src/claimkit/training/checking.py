"""Checking what a recipe's file says, so that a wrong number is told before anything is made of it.

A file holds JSON, where a number may be a word; dataclasses take both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from math import isfinite
from pathlib import Path
from typing import Any, Final, TypeGuard

from claimkit.errors import InvalidInput

_MAY_BE_ZERO: Final = frozenset(
    ("seed", "warmup", "cooldown", "growing", "examples", "weight_decay", "passing")
)
"""Whole numbers besides these are at least 1, others above 0."""

OPTIMIZERS: Final = ("adamw", "muon")
AUTOCASTS: Final = ("float32", "bfloat16")


def object_in(path: Path) -> dict[str, Any]:
    """Return what a recipe's file holds.

    Raises:
        InvalidInput: If that is no JSON object, or the file cannot be read.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    # Brackets within brackets, thousands deep, end in a RecursionError.
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInput(f"{path} is no recipe ({error}); give another folder") from error
    if not isinstance(found, dict):
        raise InvalidInput(
            f"{path} is no recipe: it holds a {type(found).__name__}; give another folder"
        )
    return found


def require_kind(raw: Mapping[str, Any], kind: str) -> None:
    """Refuse the file of another kind of recipe, or of one that says no kind.

    Raises:
        InvalidInput: If it is another.
    """
    if raw.get("kind") != kind:
        raise InvalidInput(f"a recipe of kind {kind!r} is needed, got kind {raw.get('kind')!r}")


def require_known(name: str, value: object, known: Sequence[str]) -> None:
    """Refuse a word that is none of those known.

    Raises:
        InvalidInput: With what it may be.
    """
    if value not in known:
        raise InvalidInput(f"{name} is {' or '.join(map(repr, known))}, got {value!r}")


def require_fields(kind: type, raw: Mapping[str, Any]) -> None:
    """Refuse what a dataclass cannot be made of, since something is missing or unknown.

    Raises:
        InvalidInput: With the names.
    """
    known = {field.name: field for field in fields(kind) if field.init}
    unknown = sorted(set(raw) - set(known))
    missing = [
        name
        for name, field in known.items()
        if name not in raw and field.default is MISSING and field.default_factory is MISSING
    ]
    if unknown or missing:
        told = [f"lacks {', '.join(missing)}"] * bool(missing)
        told += [f"has {', '.join(unknown)}, which nothing is called"] * bool(unknown)
        raise InvalidInput(f"it {' and '.join(told)}")


def require_numbers(kind: type, raw: Mapping[str, Any]) -> None:
    """Refuse fields of a dataclass that are no such numbers as it is made of.

    Args:
        kind: The dataclass; only its fields of numbers and of yes or no are looked at.
        raw: Values by name, as JSON has them; what is missing is somebody else's business.

    Raises:
        InvalidInput: If a number is none, or cannot be.
    """
    for field in fields(kind):
        if field.name in raw:
            _require(field.name, str(field.type), raw[field.name])


def _require(name: str, kind: str, value: object) -> None:
    zero = name in _MAY_BE_ZERO
    if kind == "int" and not (type(value) is int and value >= (0 if zero else 1)):
        raise InvalidInput(f"{name} is a whole number from {0 if zero else 1} on, got {value!r}")
    if kind == "float" and not (is_number(value) and (value > 0 or (zero and value == 0))):
        raise InvalidInput(
            f"{name} is a number {'from 0 on' if zero else 'above 0'}, got {value!r}"
        )
    if kind == "bool" and type(value) is not bool:
        raise InvalidInput(f"{name} is true or false, got {value!r}")


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether something read from JSON is a finite number."""
    return isinstance(value, int | float) and type(value) is not bool and isfinite(value)


def lengths_of(name: str, raw: Any) -> tuple[int, int]:  # noqa: ANN401
    """Return the shortest and the longest length that a file names.

    Raises:
        InvalidInput: If they are no two such numbers.
    """
    pair = raw if isinstance(raw, Sequence) else ()
    if len(pair) != 2 or any(type(one) is not int for one in pair) or not 1 <= pair[0] <= pair[1]:
        raise InvalidInput(f"{name} need 1 ≤ shortest ≤ longest, got {raw!r}")
    return pair[0], pair[1]
