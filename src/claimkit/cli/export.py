"""``claimkit export`` writes what an evidence folder holds, one line of JSON per string."""

from __future__ import annotations

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from claimkit.cli.warned import one_sentence_each
from claimkit.errors import ClaimkitError, InvalidInput

if TYPE_CHECKING:
    from claimkit.evidence.store import Store


def add_export(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the ``claimkit`` command."""
    export = commands.add_parser(
        "export",
        help="write per-string results as JSON lines",
        description="Write what was measured, one line of JSON per string, for tools of your own. "
        "Loads neither weights nor tokenizer.",
    )
    export.set_defaults(run_command=run_export)
    add = export.add_argument
    add("evidence", type=Path, metavar="EVIDENCE_DIR", help="what --evidence named in a run")
    add("--out", type=Path, metavar="FILE", help="default: standard output")
    add("--model", metavar="NAME", help="a model's name, path or the beginning of its fingerprint")
    add("--task", metavar="NAME", help="one task, such as UR")


def run_export(options: argparse.Namespace) -> int:
    """Write the lines to a file, which is there once it is whole, or to standard output.

    Raises:
        ClaimkitError: If there is nothing to export, or the evidence cannot be read.
        OSError: If the file cannot be written.
    """
    from claimkit.auditing.exporting import export

    with one_sentence_each():
        store = opened(options.evidence)
        model = None if options.model is None else fingerprint_of(options.model, store)
        lines = export(store, fingerprint=model, task=options.task)
        if options.out is None:
            _print(lines)
        else:
            print(f"wrote {_write(lines, options.out)} lines to {options.out}")
    return 0


def opened(evidence: Path) -> Store:
    """Open a store that is there; opening one that is not would make it.

    Raises:
        InvalidInput: If it is not there.
    """
    from claimkit.evidence.store import Store

    if not (evidence / "format.json").is_file():
        raise InvalidInput(
            f"{evidence} holds no evidence; name the folder that --evidence named in a run, which "
            "is .claimkit/evidence if it named none"
        )
    return Store(evidence)


def fingerprint_of(name: str, store: Store) -> str:
    """Return a model's fingerprint from whatever names the model.

    Raises:
        InvalidInput: If nothing is known by this name, or several models are.
        ClaimkitError: If a folder of this name holds no model.
    """
    from claimkit.models.bundled import checkpoint_of
    from claimkit.models.checkpoint import Checkpoint
    from claimkit.models.spec import ModelSpec

    measured = sorted({key.fingerprint for key in store.keys()})  # noqa: SIM118 (a method)
    known = _in_runs(store)
    found = known.get(name) or {one for one in measured if name and one.startswith(name)}
    if len(found) == 1:
        return next(iter(found))
    if found:
        raise InvalidInput(
            f"{len(found)} models of {store.root} are called {name!r}; name one by the beginning "
            f"of its fingerprint: {', '.join(one[:12] for one in sorted(found))}"
        )
    if not name or not Path(checkpoint_of(name)).exists():
        raise InvalidInput(
            f"no model {name!r} was measured in {store.root}; it has models "
            f"{', '.join([*sorted(known), *(one[:12] for one in measured)])}"
        )
    return Checkpoint.find(ModelSpec(checkpoint_of(name))).fingerprint(store)


def _in_runs(store: Store) -> dict[str, set[str]]:
    """Return the fingerprints of models by their names, as the runs have them."""
    from claimkit.reporting.journal import read_run
    from claimkit.reporting.runs import runs_of

    found = defaultdict[str, set[str]](set)
    for folder in runs_of(store.root):
        try:
            known = read_run(folder).provenance
        except ClaimkitError:
            continue  # interrupted before it could name its model, or damaged
        if "model" in known and "fingerprint" in known:
            found[known["model"]].add(known["fingerprint"])
    return found


def _print(lines: Iterable[str]) -> None:
    try:
        for line in lines:
            print(line)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has enough, as `head` does; what Python would flush at its end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write(lines: Iterable[str], path: Path) -> int:
    """Write a file in one step; return its number of lines.

    Raises:
        InvalidInput: If a file cannot be at that place.
    """
    # A link stays one; and what is a device would be lost if a file took its place.
    target = path.resolve()
    if target.exists() and not target.is_file():
        raise InvalidInput(f"--out {path} is there and is no file; name a file, or leave it out")
    if not target.parent.is_dir():
        raise InvalidInput(f"--out {path} lies in no folder: make {target.parent} first")
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with open(temporary, "x", encoding="ascii") as file:
            count = sum(file.write(f"{line}\n") > 0 for line in lines)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    return count
