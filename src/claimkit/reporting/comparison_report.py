"""What a comparison of runs says, as files for programs and people.

All of it is a function of the comparison alone, so that equal runs give equal files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from claimkit.evidence.comparison import Change
from claimkit.evidence.files import replace_file, told
from claimkit.evidence.verdicts import Judgement
from claimkit.reporting.comparison_text import differing, extent, noted
from claimkit.reporting.notes import EXPECTED, note_of
from claimkit.reporting.records import ClaimRecord
from claimkit.reporting.rendering import asset, environment_of
from claimkit.reporting.sections.comparison import row_of
from claimkit.reporting.sections.verdicts import effect_of, kind_of
from claimkit.reporting.sides import Beside, RunComparison, Side
from claimkit.reporting.steps import Line, Panel, effects

if TYPE_CHECKING:
    from markupsafe import Markup

FORMAT: Final = "claimkit.compare/1"
_ORDER: Final = (Change.WORSE, Change.BETTER, Change.SAME)


def compare_data(found: RunComparison) -> dict[str, Any]:
    """Return what compare.json holds, as JSON-safe values."""
    sides = [found.base, *(other.side for other in found.others)]
    return {
        "schema": FORMAT,
        "gate_alpha": found.alpha,
        "worse": found.worse,
        "series": found.series,
        "base": _side(found.base),
        "others": [_other(found, other) for other in found.others],
        "effects": [_panel(panel, sides) for panel in effects(sides)],
    }


def json_text(found: RunComparison) -> str:
    """Return the text of compare.json."""
    return json.dumps(compare_data(found), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _side(side: Side) -> dict[str, Any]:
    return {
        "name": side.name,
        "step": side.step,
        "provenance": dict(side.run.provenance),
        "started": side.run.started,
        "complete": side.run.complete,
        "claims": len(side.run.claims),
    }


def _other(found: RunComparison, other: Beside) -> dict[str, Any]:
    rows = sorted(other.compared, key=lambda one: _ORDER.index(one.change))
    counts = {change.value: sum(one.change is change for one in rows) for change in _ORDER}
    records = noted(found.base, other.side)
    return {
        **_side(other.side),
        "worse": other.worse,
        "extent": extent(found, other),
        "differs": [line.strip() for line in differing(found.base, other.side)],
        "paired": other.match.paired,
        "unpaired": len(other.match.pairs) - other.match.paired,
        "only_base": other.match.only_base,
        "only_new": other.match.only_new,
        "counts": counts,
        "rows": [row_of(one) for one in rows],
        "notes": [_note(one) for one in records if note_of(one) not in ("", EXPECTED)],
    }


def _note(record: ClaimRecord) -> dict[str, Any]:
    return {
        "test": record.test,
        "claim": record.claim,
        "kind": kind_of(record),
        "before": record.before,
        "verdict": record.status,
        "note": note_of(record),
    }


def _panel(panel: Panel, sides: Sequence[Side]) -> dict[str, Any]:
    return {
        "claim": panel.claim,
        "says": panel.says,
        "what": panel.what,
        "needs": panel.needs,
        "lines": [_line(line, sides) for line in panel.lines],
    }


def _line(line: Line, sides: Sequence[Side]) -> dict[str, Any]:
    points = [
        _point(side, judgement)
        for side, judgement in zip(sides, line.judgements, strict=True)
        if judgement is not None
    ]
    return {"name": line.name, "points": points}


def _point(side: Side, judgement: Judgement) -> dict[str, Any]:
    return {
        "side": side.name,
        "step": side.step,
        "verdict": judgement.verdict.value,
        **(effect_of(judgement) or {}),
    }


def write_comparison(found: RunComparison, folder: Path) -> tuple[Path, ...]:
    """Write compare.json, compare.md and compare.html into a folder, which is made if missing.

    Returns:
        Their paths.

    Raises:
        StoreError: If the folder cannot be written.
    """
    data = compare_data(found)
    texts = {
        "compare.json": json_text(found),
        "compare.md": _rendered("md", data),
        "compare.html": _rendered("html", data, style=asset("page.css"), charts=_charts(data)),
    }
    with told("write a comparison to", folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            replace_file(folder / name, text.encode("utf-8", "backslashreplace"))
    return tuple(folder / name for name in texts)


def _rendered(kind: str, data: Mapping[str, Any], **more: object) -> str:
    sides = _sides(data)
    first, last = sides[0]["name"], sides[-1]["name"]
    title = f"{last} beside {first}" if len(sides) == 2 else f"{len(sides)} runs, {first} to {last}"
    return (
        environment_of(kind)
        .get_template(f"compare.{kind}.j2")
        .render(
            data=data,
            title=title,
            sides=sides,
            axis="steps" if all(side["step"] is not None for side in sides) else "runs",
            facts=list(dict.fromkeys(name for side in sides for name in side["provenance"])),
            **more,
        )
    )


def _charts(data: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], Markup]]:
    """Return each panel with its chart; runs that are no series make no curve."""
    # Draws with matplotlib, whose import takes a second.
    from claimkit.reporting.effect_charts import effect_chart

    panels = data["effects"] if data["series"] else []
    return [(panel, effect_chart(panel, _sides(data))) for panel in panels]


def _sides(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [data["base"], *data["others"]]
