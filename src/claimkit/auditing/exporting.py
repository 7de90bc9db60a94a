"""Exporting: what a store holds, string by string, as JSON lines for tools of one's own.

Streams come in an order that depends on what they are alone, and strings in schedule order; so the
same evidence is written byte for byte alike.
"""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Collection, Iterator
from typing import Any

from claimkit.auditing.recalling import Memory, purpose_of
from claimkit.errors import InvalidInput, StoreError
from claimkit.evidence.keys import EvidenceKey
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.store import Store, StoreWarning


def export(
    store: Store, *, fingerprint: str | None = None, task: str | None = None
) -> Iterator[str]:
    """Yield one line per string, without its line feed.

    A line has the model's ``fingerprint``, ``task`` and ``setting``; ``purpose`` (null if unknown)
    and ``seed``; the string's number, counted from 0, as ``string``; ``right``; ``first_wrong``,
    the first wrong position of the answer (null where right); ``margin``, the gold logit minus the
    best other (null if infinite); ``digest`` of all symbols shown; ``context``, ``query`` and
    ``answer`` in symbols (null where the alphabet or the strings are unknown); ``dtype``,
    ``attention``, ``bos`` and ``sampler_version``.

    What of a stream is damaged is left out with a warning.

    Args:
        store: The evidence.
        fingerprint: Of the one model to export, or the beginning of it; None exports all.
        task: Name of the one task to export; None exports all.

    Raises:
        InvalidInput: If the store holds nothing of the kind; raised before the first line.
        StoreError: If a file cannot be read at all.
    """
    keys = sorted(store.keys(), key=_place)
    wanted = [
        key
        for key in keys
        if key.fingerprint.startswith(fingerprint or "") and task in (None, _task(key))
    ]
    _require_any(store, keys, wanted, fingerprint, task)
    memory = Memory(store)
    for key in wanted:
        yield from _lines(key, _read(store, key), memory)


def _place(key: EvidenceKey) -> tuple[Any, ...]:
    """Return where a stream stands among others: by model, task, length and all the rest."""
    rest = (key.setting, key.seed, key.dtype, key.attention, key.bos_policy, key.digest)
    return (key.fingerprint, key.task, int(key.settings.get("length", 0)), *rest)


def _task(key: EvidenceKey) -> str:
    return key.task.partition(" ")[0]


def _read(store: Store, key: EvidenceKey) -> Outcomes:
    try:
        return store.read(key)
    except StoreError as error:
        # One stream with two digests for a string is no reason to withhold the others.
        warnings.warn(f"{error}; its strings are left out", StoreWarning, stacklevel=3)
        return Outcomes.empty()


def _lines(key: EvidenceKey, outcomes: Outcomes, memory: Memory) -> Iterator[str]:
    recalled = memory.recall(key, outcomes.digests) if len(outcomes) else None
    unknown = dict.fromkeys(("context", "query", "answer"))
    model = {
        "fingerprint": key.fingerprint,
        "task": key.task,
        "setting": key.settings,
        "purpose": purpose_of(key),
        "seed": key.seed,
    }
    how = {
        "dtype": key.dtype,
        "attention": key.attention,
        "bos": key.bos_policy,
        "sampler_version": key.sampler_version,
    }
    for row in range(len(outcomes)):
        symbols = unknown if recalled is None else recalled.symbols(row)
        yield json.dumps({**model, **_outcome(outcomes, row), **symbols, **how})


def _outcome(outcomes: Outcomes, row: int) -> dict[str, Any]:
    right, margin = bool(outcomes.right[row]), float(outcomes.margin[row])
    return {
        "string": row,
        "right": right,
        "first_wrong": None if right else int(outcomes.first_wrong[row]),
        # As many digits as a float32 has; those of the float64 beside it would be made up.
        "margin": float(str(outcomes.margin[row])) if math.isfinite(margin) else None,
        "digest": f"{int(outcomes.digests[row]):016x}",
    }


def _require_any(
    store: Store,
    keys: Collection[EvidenceKey],
    wanted: Collection[EvidenceKey],
    fingerprint: str | None,
    task: str | None,
) -> None:
    """Raise unless there is something to export, with what there is instead."""
    if wanted:
        return
    if not keys:
        raise InvalidInput(f"{store.root} holds no outcomes yet; `pytest claims/` measures some")
    asked = [f"model {fingerprint[:12]}" if fingerprint else "", f"task {task}" if task else ""]
    models = sorted({key.fingerprint[:12] for key in keys})
    raise InvalidInput(
        f"{store.root} holds no outcomes of {' and '.join(filter(None, asked))}; it has those of "
        f"models {', '.join(models)} on tasks {', '.join(sorted(set(map(_task, keys))))}"
    )
