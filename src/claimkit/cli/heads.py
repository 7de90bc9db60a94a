"""``claimkit heads`` prints a model's strongest heads and what it can do without each path.

Exit status: 0 if the model could be looked at, 2 if not.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from claimkit.cli.opening import MODEL, add_opening, spec_of
from claimkit.cli.saying import in_color, say, say_aside, width
from claimkit.cli.warned import one_sentence_each
from claimkit.errors import InvalidInput
from claimkit.reporting.places import EVIDENCE
from claimkit.tasks import Task, task_named
from claimkit.tasks.copying import UB, UF
from claimkit.tasks.retrieval import UL, UR
from claimkit.tasks.without import SCOPES

if TYPE_CHECKING:
    from claimkit.auditing.observing import Observer

PAIRS: Final[tuple[tuple[Task, Task], ...]] = ((UF, UB), (UR, UL))
"""Whose induction heads are compared with whose anti-induction heads."""

TEMPLATES: Final = {UF.group: "commas", UR.group: "bare"}
"""How they are asked: copying as published."""

_EVERY: Final = 10.0
"""Seconds between two signs of life."""


def add_heads(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the ``claimkit`` command."""
    heads = commands.add_parser(
        "heads",
        help="print a model's strongest induction and anti-induction heads",
        description="Print the strongest heads of a model, and its accuracy untouched, without "
        "induction and without anti-induction, all on the same strings. What was measured before "
        "is not measured again.",
    )
    heads.set_defaults(run_command=run_heads)
    add = heads.add_argument
    add("model", metavar="MODEL", help=MODEL)
    add(
        "--task",
        nargs="+",
        action="extend",
        metavar="NAME",
        help="UF, UB, UR, UL (default: UF UB)",
    )
    add("--length", type=int, default=6, metavar="N", help="default: %(default)s")
    add("--demonstrations", type=int, default=10, metavar="N", help="default: %(default)s")
    add("--strings", type=int, default=100, metavar="N", help="of each task (default: %(default)s)")
    add("--top", type=int, default=10, metavar="N", help="heads to print (default: %(default)s)")
    add(
        "--scope",
        choices=SCOPES,
        default="prompt",
        help="which tokens stop reading the one before them: all up to the end of the source, as "
        "in the published code, or the source's only (default: %(default)s)",
    )
    add("--evidence", type=Path, default=EVIDENCE, metavar="DIR", help="default: %(default)s")
    add("--json", action="store_true", help="print JSON, with every head")
    add_opening(heads)


def run_heads(options: argparse.Namespace) -> int:
    """Print what was found.

    Raises:
        ClaimkitError: If the model cannot be loaded, or such questions not be asked.
    """
    pairs = list(asked_pairs(options.task or [task.name for task in PAIRS[0]]))
    if options.top < 1:
        raise InvalidInput(f"--top is a number of at least 1, got {options.top}")
    with one_sentence_each():
        data = _measured(pairs, options)
    if options.json:
        say(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False))
        return 0
    from claimkit.reporting.heads_report import render

    say(render(data, width=width(), color=in_color()))
    return 0


def asked_pairs(names: Sequence[str]) -> Iterator[tuple[Task, ...]]:
    """Yield the tasks of each pair that are asked, the one to the right first.

    Raises:
        UnknownTask: If there is no such task.
        InvalidInput: If its heads cannot be looked at.
    """
    tasks = [task_named(name) for name in names]
    known = [task for pair in PAIRS for task in pair]
    for task in tasks:
        if task not in known:
            raise InvalidInput(
                f"--task names what heads are looked at for, {', '.join(t.name for t in known)}, "
                f"got {task.name}, whose symbols repeat or whose query does"
            )
    for pair in PAIRS:
        asked = tuple(task for task in pair if task in tasks)
        if asked:
            yield asked


def _measured(pairs: Sequence[tuple[Task, ...]], options: argparse.Namespace) -> dict[str, Any]:
    """Return what :mod:`claimkit.reporting.heads_report` shows."""
    # Imports numpy and scipy; `claimkit --help` should not wait for them.
    from claimkit.auditing.surveying import survey
    from claimkit.reporting.heads_report import heads_data

    observer = _observer(options)
    found = [
        survey(
            observer,
            tasks,
            options.length,
            {
                "template": TEMPLATES[tasks[0].group],
                "demonstrations": options.demonstrations,
                "demonstration_length": "same",
            },
            strings=options.strings,
            scope=options.scope,
        )
        for tasks in pairs
    ]
    subject = observer.subject
    named = {
        "model": subject.checkpoint.name,
        "fingerprint": subject.fingerprint,
        "dtype": subject.runtime.dtype,
        "device": subject.runtime.device,
        "BOS": subject.bos,
    }
    return heads_data(named, found, options.top)


def _observer(options: argparse.Namespace) -> Observer:
    from claimkit.auditing.observing import Observer
    from claimkit.auditing.subject import Subject

    prepared = Subject.prepare(spec_of(options), options.evidence)
    subject = Subject.open(prepared, options.evidence)
    say_aside(f"looking at the heads of {subject.checkpoint.name}")
    return Observer(subject, _progress())


def _progress() -> Callable[[str, int, int], None]:
    """Return what says now and then how far a long measurement has come."""
    said = time.monotonic()

    def progress(label: str, done: int, total: int) -> None:
        nonlocal said
        if time.monotonic() >= said + _EVERY:
            say_aside(f"measuring {label}: {done} of {total} strings")
            said = time.monotonic()

    return progress
