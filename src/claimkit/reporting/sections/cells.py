"""Cells of learning: put together into tables, one for each architecture, a row for each task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from claimkit.crasp.registry import REGISTRY
from claimkit.evidence.learning import Learning
from claimkit.evidence.verdicts import Judgement
from claimkit.reporting.records import RunRecord
from claimkit.reporting.sections.section import Data
from claimkit.reporting.sections.verdicts import effect_of
from claimkit.tasks.registry import TASKS

TableKey = tuple[str, str, str]
"""Kind, preset and architecture; of fine-tuned models, their base stands for the last."""

RowKey = tuple[str, str]
"""Task, and how it was done where not directly."""

POSITIONS: Final[Mapping[str, str]] = {
    "gpt2": "learned absolute positions (GPT-2 architecture)",
    "llama": "rotary positions (Llama architecture)",
}


def tables(run: RunRecord, kind: str) -> list[Data]:
    """Return the tables of one kind of runs, in the order in which a run judged them."""
    cells = _cells(run, kind)
    verdicts = _verdicts(run)
    keys = dict.fromkeys(map(_table_of, cells.values()))
    return [
        _table(key, [one for one in cells.values() if _table_of(one) == key], verdicts)
        for key in keys
    ]


def _cells(run: RunRecord, kind: str) -> dict[tuple[TableKey, RowKey, int], Learning]:
    """Return every cell once; several claims may have read the same."""
    found: dict[tuple[TableKey, RowKey, int], Learning] = {}
    for record in run.claims:
        for judgement in record.judgements:
            for cell in judgement.learning:
                if cell.kind == kind:
                    found.setdefault(_key(cell), cell)
    return found


def _verdicts(run: RunRecord) -> dict[tuple[TableKey, RowKey, int], list[Data]]:
    """Return what was judged of each cell; verdicts that compare two cells have no place."""
    found: dict[tuple[TableKey, RowKey, int], list[Data]] = {}
    for record in run.claims:
        for judgement in record.judgements:
            judged = [cell for cell in judgement.learning if cell.judged]
            if len(judged) == 1:
                rows = found.setdefault(_key(judged[0]), [])
                rows.append(_judged(record.claim, judgement))
    return found


def _judged(claim: str, judgement: Judgement) -> Data:
    return {
        "claim": claim,
        "verdict": judgement.verdict.value,
        "needs": judgement.needs,
        "effect": effect_of(judgement),
    }


def _table_of(cell: Learning) -> TableKey:
    return cell.kind, cell.preset, cell.architecture


def _row_of(cell: Learning) -> RowKey:
    return cell.task, cell.means


def _key(cell: Learning) -> tuple[TableKey, RowKey, int]:
    return _table_of(cell), _row_of(cell), cell.place


def _table(
    key: TableKey,
    cells: list[Learning],
    verdicts: Mapping[tuple[TableKey, RowKey, int], list[Data]],
) -> Data:
    _, preset, architecture = key
    rows = sorted(dict.fromkeys(map(_row_of, cells)), key=_order)
    return {
        "title": _title(preset, architecture),
        "architecture": architecture,
        "preset": preset,
        "bins": [_bin(place, cells) for place in sorted({cell.place for cell in cells})],
        "rows": [_row(row, [c for c in cells if _row_of(c) == row], verdicts) for row in rows],
    }


def _title(preset: str, architecture: str) -> str:
    if architecture not in POSITIONS:
        return f"fine-tuned from {architecture}"
    return f"{POSITIONS[architecture]}, preset {preset}"


def _order(row: RowKey) -> tuple[bool, int, str, str]:
    """Tasks done directly first, in the order of the papers; others by name."""
    task, means = row
    names = list(TASKS)
    return bool(means), names.index(task) if task in names else len(names), task, means


def _bin(place: int, cells: Iterable[Learning]) -> Data:
    """Return what a column is called; its lengths where all tasks have the same."""
    lengths = {cell.bin for cell in cells if cell.place == place}
    return {"place": place, "lengths": lengths.pop() if len(lengths) == 1 else ""}


def _row(
    row: RowKey,
    cells: list[Learning],
    verdicts: Mapping[tuple[TableKey, RowKey, int], list[Data]],
) -> Data:
    task, means = row
    known = REGISTRY.get(task)
    return {
        "task": task,
        "means": means,
        "expressible": None if known is None else known.expressible,
        "cells": [
            _cell(cell, verdicts.get(_key(cell), []))
            for cell in sorted(cells, key=lambda one: one.place)
        ],
        "curves": [
            {"seed": run.seed, "place": cell.place, "points": [list(exam) for exam in run.exams]}
            for cell in sorted(cells, key=lambda one: one.place)
            for run in cell.runs
            if run.exams
        ],
    }


def _cell(cell: Learning, verdicts: list[Data]) -> Data:
    return {
        "place": cell.place,
        "shortest": cell.shortest,
        "longest": cell.longest,
        "accuracy": cell.accuracy,
        "before": cell.before,
        "published": cell.published,
        "runs": [
            {
                "seed": run.seed,
                "accuracy": run.accuracy,
                "strings": run.strings,
                "learned": run.learned,
            }
            for run in cell.runs
        ],
        "verdicts": verdicts,
    }
