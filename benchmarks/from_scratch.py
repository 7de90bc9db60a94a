"""What models trained from scratch can do on longer strings, beside the paper: one table.

Every finished run below a root is asked about 2,000 strings of each bin, as the claims A6 to A9 ask
it; nothing is read from logs. Figures are means over the runs that learned their task; those of the
paper stand in brackets, and behind them what A6, A7 or A9 say of the bin. A second table has A8.

    python benchmarks/from_scratch.py > table.md                      # the bundled runs
    python benchmarks/from_scratch.py --runs runs --preset paper --device cuda
        --record fixtures/published/ours_from_scratch.json --hardware "one GPU of …"

``--record`` keeps the figures as JSON, with the commands that train and measure; the hardware is
that of the training, which no run folder knows.

Source: arXiv:2505.21785, Appendix B, Figures 8 and 9.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from claimkit.auditing.runs.audit import RunsAudit
from claimkit.crasp.registry import expressibility
from claimkit.errors import NotApplicable
from claimkit.evidence.learning import Learning
from claimkit.models.bundled import bundled_runs
from claimkit.tasks import PAIRS, TASKS, UB, UF

KEPT, ALIKE = 0.95, 0.05
BINS, LONGER = (1, 2, 3), (2, 3)
POSITIONS = {"gpt2": "absolute", "llama": "rotary"}
EVIDENCE = Path(".claimkit") / "evidence"


@dataclass(frozen=True)
class Row:
    """One task of one architecture, done in some way: a cell for each bin, or why there is none."""

    task: str
    architecture: str
    cells: tuple[Learning, ...] = ()
    verdicts: Mapping[int, str] = field(default_factory=dict)
    missing: str = ""
    means: str = ""


def rows(audit: RunsAudit) -> Iterator[Row]:
    """Yield a row for every task and architecture, then the copies made token by token."""
    for architecture in POSITIONS:
        for task in TASKS.values():
            requests = [audit.accuracy(task, architecture=architecture, bin=b) for b in BINS]
            keeps = bool(expressibility(task.name).expressible)
            judged = LONGER if keeps else LONGER[-1:]
            yield row(audit, task.name, architecture, requests, keeps=keeps, judged=judged)
    for task in (UF, UB):
        copied = [audit.token_by_token(task, bin=b) for b in BINS]
        found = row(audit, task.name, "llama", copied, keeps=True, judged=BINS)
        yield replace(found, means="token by token")


def row(
    audit: RunsAudit,
    task: str,
    architecture: str,
    requests: Sequence[object],
    *,
    keeps: bool,
    judged: Sequence[int],
) -> Row:
    """Return what runs can do, and what is claimed of some bins: that they keep it, or do not."""
    needs = {"at_least": KEPT} if keeps else {"at_most": KEPT}
    try:
        found = [audit.decide(request, **needs) for request in requests]
    except NotApplicable as reason:
        return Row(task, architecture, missing=str(reason))
    cells = tuple(sorted(found[0].learning, key=lambda cell: cell.place))
    verdicts = {place: found[place - 1].verdict.value for place in judged}
    return Row(
        task, architecture, cells, verdicts, missing=found[0].reason if not told(cells) else ""
    )


def told(cells: Sequence[Learning]) -> bool:
    """Whether a run learned its task."""
    return any(cell.accuracy is not None for cell in cells)


def alike(audit: RunsAudit) -> Iterator[str]:
    """Yield the lines of a table: right minus left, by positions and bin."""
    yield "| right − left | positions | bin 2 | bin 3 |"
    yield "|---|---|---|---|"
    for right, left in PAIRS:
        for architecture, positions in POSITIONS.items():
            gaps = [audit.gap(right, left, architecture=architecture, bin=b) for b in LONGER]
            cells = [gap_cell(audit, gap) for gap in gaps]
            yield f"| {right.name} − {left.name} | {positions} | {' | '.join(cells)} |"


def gap_cell(audit: RunsAudit, gap: object) -> str:
    """Return a difference and its verdict, or what there is none for."""
    try:
        found = audit.decide(gap, within=ALIKE)
    except NotApplicable:
        return "not applicable"
    value = "" if found.estimate is None else f"{found.estimate.value:+.3f} ".replace("-", "−")
    return f"{value}{found.verdict.value}"


def line(one: Row) -> str:
    """Return a row of the Markdown table."""
    known = "yes" if expressibility(one.task).expressible else "no"
    name = f"{one.task}, {one.means}" if one.means else one.task
    said = [
        f"{share(c.accuracy)} ({share(c.published)}) {one.verdicts.get(c.place, '')}".strip()
        for c in one.cells
    ]
    cells = said or ["–"] * 3
    runs = f"{len(one.cells[0].counting)} of {len(one.cells[0].runs)}" if one.cells else "0"
    return f"| {name} | {POSITIONS[one.architecture]} | {known} | {' | '.join(cells)} | {runs} |"


def share(value: float | None) -> str:
    """Return a figure with three decimals; nothing where there is none."""
    return "–" if value is None else f"{value:.3f}"


def record(found: list[Row], arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the figures with what they were made with."""
    train = f"claimkit train --all --preset {arguments.preset} --seeds 3 --arch"
    return {
        "source": f"claimkit, preset {arguments.preset}",
        "metric": "whole-answer exact match, mean of the runs that learned their task",
        "commands": [
            *(f"{train} {architecture}" for architecture in POSITIONS),
            shlex.join(["python", *sys.argv]),
        ],
        "hardware": arguments.hardware,
        "versions": {name: version(name) for name in ("torch", "transformers")},
        "rows": [
            {
                "task": one.task,
                "architecture": one.architecture,
                "means": one.means,
                "bins": [cell.bin for cell in one.cells],
                "accuracy": [cell.accuracy for cell in one.cells],
                "runs": {
                    str(runs[0].seed): [run.accuracy for run in runs]
                    for runs in zip(*(cell.runs for cell in one.cells), strict=True)
                },
            }
            for one in found
            if one.cells
        ],
    }


def main() -> None:
    """Print the table, and record it if asked to."""
    parser = argparse.ArgumentParser(description="Runs from scratch beside the paper.")
    parser.add_argument("--runs", type=Path, default=bundled_runs())
    parser.add_argument("--preset", default="small")
    parser.add_argument("--evidence", type=Path, default=EVIDENCE)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--record", type=Path)
    parser.add_argument("--hardware", default="", help="on which the runs were trained")
    arguments = parser.parse_args()
    if arguments.record and not arguments.hardware:
        parser.error("--record needs --hardware, such as 'one NVIDIA H200'")
    audit = RunsAudit.open(
        root=arguments.runs,
        preset=arguments.preset,
        evidence=arguments.evidence,
        alpha=0.001,
        margin=0.02,
        device=arguments.device,
    )
    print("| task | positions | C-RASP | bin 1 (paper) | bin 2 (paper) | bin 3 (paper) | runs |")
    print("|---|---|---|---|---|---|---|")
    found = []
    for one in rows(audit):
        print(line(one), flush=True)
        found.append(one)
        if one.missing:
            print(one.missing, file=sys.stderr)
    print()
    for text in alike(audit):
        print(text, flush=True)
    if arguments.record:
        text = json.dumps(record(found, arguments), indent=1, ensure_ascii=False)
        arguments.record.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
