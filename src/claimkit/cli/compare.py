"""``claimkit compare`` puts models or earlier runs beside the first of them.

Exit status: 0 if none is worse, 1 if one is, 2 if they cannot be compared.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from claimkit.cli.warned import one_sentence_each
from claimkit.errors import InvalidInput
from claimkit.reporting.places import EVIDENCE

if TYPE_CHECKING:
    from claimkit.evidence.samples import Sample
    from claimkit.reporting.comparing import Example
    from claimkit.reporting.records import RunRecord
    from claimkit.reporting.sides import Side


def add_compare(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the ``claimkit`` command."""
    compare = commands.add_parser(
        "compare",
        help="compare models, runs, or the checkpoints of a training run",
        description="Compare models or runs with the first of them, on the strings that they "
        "share. A model is audited first; what was measured before is not measured again. Three or "
        "more are taken for checkpoints of one training run: where all their names end with a "
        "step they are compared with the earliest, not with the one named first. Options "
        "for pytest may follow after --, such as -- -n auto -k right. Exit status: 0 if none is "
        "worse, 1 if one is, 2 if they cannot be compared.",
    )
    compare.set_defaults(run_command=run_compare, pytest=[])
    add = compare.add_argument
    what = "a run, evidence or report folder, or a model: folder, hub id or bundled name"
    add("base", metavar="BASE", help=what)
    add("others", nargs="+", metavar="NEW", help="likewise; several are compared with BASE each")
    add("--series", action="store_true", help="two checkpoints of one training run, too")
    add("--evidence", type=Path, default=EVIDENCE, metavar="DIR", help="default: %(default)s")
    add("--out", type=Path, metavar="DIR", help="write compare.json, compare.md and compare.html")
    add("--gate-alpha", type=float, default=0.05, metavar="RATE", help="default: %(default)s")


def run_compare(options: argparse.Namespace) -> int:
    """Print the comparison, and write it if asked; return 1 if a run is worse than the first.

    Raises:
        ClaimkitError: If something named is neither run nor model, or nothing can be compared.
    """
    from claimkit.evidence.exact_tests import require_alpha
    from claimkit.reporting.comparing import compare_runs
    from claimkit.reporting.comparison_report import write_comparison
    from claimkit.reporting.comparison_text import printed
    from claimkit.reporting.steps import in_order

    # An audit takes minutes; what would be refused after it is refused before.
    require_alpha(options.gate_alpha)
    with one_sentence_each():
        typed = [options.base, *options.others]
        sides = _named_apart([_side(name, options) for name in typed], typed)
        series = options.series or len(sides) > 2
        base, *others = in_order(sides) if series else sides
        example = _questions(_stores(typed, options.evidence))
        found = compare_runs(base, others, options.gate_alpha, series=series, example=example)
        print(printed(found))
        if options.out is not None:
            for path in write_comparison(found, options.out):
                print(f"wrote {path}", file=sys.stderr)
    return int(found.worse)


def _side(name: str, options: argparse.Namespace) -> Side:
    """Return the run that a name means; a model is audited first.

    Raises:
        InvalidInput: If it names neither, or its audit did not come to its end.
    """
    from claimkit.cli.auditing import audited
    from claimkit.reporting.journal import read_run
    from claimkit.reporting.sides import Side

    if _is_run(Path(name)):
        run = read_run(Path(name))
        return Side(short_name(run.provenance.get("model", name)), run)
    _require_model(name)
    run = read_run(audited(name, options.evidence, options.pytest))
    if not run.complete:
        raise InvalidInput(
            f"the audit of {name} did not come to its end, so that nothing being worse would mean "
            "nothing; compare again, and what was measured is not measured again"
        )
    return Side(short_name(name), run)


def _is_run(path: Path) -> bool:
    from claimkit.reporting.runs import JOURNAL, RUNS, runs_of

    if path.is_file() or (path / JOURNAL).is_file() or runs_of(path):
        return True
    # Trainers keep logs of their own in a folder runs/ beside the weights.
    return (path / RUNS).is_dir() and not (path / "config.json").is_file()


def _stores(typed: Sequence[str], evidence: Path) -> tuple[Path, ...]:
    """Return the evidence folders that the runs belong to; a report that was copied has none."""
    from claimkit.reporting.runs import RUNS, journal_of

    folders = [journal_of(Path(name)).parent.parent for name in typed if _is_run(Path(name))]
    roots = [evidence, *(folder.parent for folder in folders if folder.name == RUNS)]
    return tuple(dict.fromkeys(root for root in roots if (root / "format.json").is_file()))


def _questions(stores: Sequence[Path]) -> Example:
    """Return what tells a string's question, from what the stores remember of the tokenizers."""
    from claimkit.auditing.recalling import Memory
    from claimkit.evidence.store import Store

    memories = [Memory(Store(root)) for root in stores]

    def question(run: RunRecord, sample: Sample, index: int) -> str:
        asked = run.provenance.get("fingerprint", "")
        found = (memory.question(asked, sample, index) for memory in memories if asked)
        return next(filter(None, found), "")

    return question


def _require_model(name: str) -> None:
    from claimkit.models.bundled import checkpoint_of, names_of_bundled

    path = Path(checkpoint_of(name))
    if path.is_dir() and not (path / "config.json").is_file():
        raise InvalidInput(
            f"{name} is neither a run nor a model: it has no journal.jsonl, no runs/ and no "
            "config.json"
        )
    if not path.is_dir() and name.count("/") != 1:
        raise InvalidInput(
            f"{name} is neither a folder, nor a hub id such as org/name, nor a bundled model "
            f"({', '.join(sorted(names_of_bundled()))})"
        )


def short_name(model: str) -> str:
    """Return what to call a model: its folder's name, or its hub id."""
    path = Path(model)
    return path.resolve().name if path.is_dir() else model.rstrip("/").rpartition("/")[2] or model


def _named_apart(sides: Sequence[Side], typed: Sequence[str]) -> list[Side]:
    """Return sides of different names: where two models are called alike, as they were typed.

    Raises:
        InvalidInput: If one thing was named twice.
    """
    names = Counter(side.name for side in sides)
    apart = [
        side if names[side.name] == 1 else replace(side, name=text)
        for side, text in zip(sides, typed, strict=True)
    ]
    for name, times in Counter(side.name for side in apart).items():
        if times > 1:
            raise InvalidInput(f"{name} is named {times} times; name different runs or models")
    return apart
