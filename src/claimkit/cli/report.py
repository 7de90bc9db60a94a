"""``claimkit report`` writes the report of an earlier run, also of one that was interrupted."""

from __future__ import annotations

import argparse
from pathlib import Path

from claimkit.cli.warned import one_sentence_each
from claimkit.errors import InvalidInput


def add_report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the ``claimkit`` command."""
    report = commands.add_parser(
        "report",
        help="write the report of an earlier or interrupted run",
        description="Write report.json, report.md and report.html of a run from its journal; "
        "nothing is measured.",
    )
    report.set_defaults(run_command=run_report)
    add = report.add_argument
    add("evidence", type=Path, metavar="EVIDENCE_DIR", help="or the folder of one run")
    add("--run", metavar="ID", help="which run, or the beginning of its id (default: the latest)")
    add("--out", type=Path, metavar="DIR", help="where to (default: the run's folder)")
    add("--list", action="store_true", help="list the runs and write nothing")


def run_report(options: argparse.Namespace) -> int:
    """Write the report of one run, or list all runs.

    Raises:
        ClaimkitError: If there is no such run, or the report cannot be written.
    """
    with one_sentence_each():
        return _list(options.evidence) if options.list else _report(options)


def _report(options: argparse.Namespace) -> int:
    # Imports what draws the figures.
    from claimkit.reporting.journal import read_run, write_run
    from claimkit.reporting.report import write_report
    from claimkit.reporting.runs import journal_of

    journal = journal_of(_run_named(options.evidence, options.run))
    run, folder = read_run(journal), options.out or journal.parent
    if folder.resolve() != journal.parent.resolve():
        write_run(run, folder)
    for path in write_report(run, folder):
        print(f"wrote {path}")
    return 0


def _list(evidence: Path) -> int:
    from claimkit.reporting.listing import listing
    from claimkit.reporting.runs import runs_of

    runs = runs_of(evidence)
    if not runs:
        raise InvalidInput(f"no run is kept in {evidence}; `pytest claims/` keeps one")
    print(listing(runs))
    return 0


def _run_named(evidence: Path, wanted: str | None) -> Path:
    """Return the folder of the one run whose id begins so; without an id, what was named."""
    from claimkit.reporting.runs import runs_of

    if wanted is None:
        return evidence
    runs = runs_of(evidence)
    exact = [run for run in runs if run.name == wanted]
    found = exact or [run for run in runs if run.name.startswith(wanted)]
    if len(found) != 1:
        known = ", ".join(run.name for run in runs[-3:]) or "none"
        raise InvalidInput(
            f"{len(found) or 'no'} runs in {evidence} begin with {wanted!r}; the latest are: "
            f"{known} (`claimkit report {evidence} --list` lists all)"
        )
    return found[0]
