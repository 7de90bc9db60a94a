"""``claimkit crasp check``: the laws of a task, on anyone's program."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

from claimkit.cli.crasp_programs import NAMED, Opened, entry_of, opened, why_none
from claimkit.cli.crasp_trace import alphabet_for, begins
from claimkit.cli.saying import say
from claimkit.errors import InvalidInput

if TYPE_CHECKING:
    from claimkit.crasp.laws.checked import Checked, Counterexample


def add_check(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``claimkit crasp check``."""
    command = kinds.add_parser(
        "check",
        help="hold a program against all short questions of a task, and against long ones",
        description="Hold a program against a task: all questions up to a length, the shortest "
        "first, then long ones that are drawn. Exit status: 0 if it is right on all, 1 with the "
        "shortest question on which it is wrong, 2 if it cannot be asked.",
    )
    command.set_defaults(run_command=run_check)
    add = command.add_argument
    add("program", metavar="PROGRAM", help=NAMED)
    add("--task", metavar="NAME", help="default: the one that the program is named after")
    add("--symbols", type=int, default=3, metavar="N", help="of short questions (%(default)s)")
    add("--length", type=int, metavar="N", help="of the longest short question (7; bits: 14)")
    add("--examples", type=int, metavar="N", help="of long questions at most (100)")
    add("--seed", type=int, default=0, metavar="N", help="of the draws (%(default)s)")


def run_check(options: argparse.Namespace) -> int:
    """Print what was checked, or the shortest counterexample; return 1 if there is one.

    Raises:
        ClaimkitError: If the program is none, or none for the task.
    """
    from claimkit.crasp.laws.checks import EXAMPLES, check

    found = opened(options.program)
    task = _task(found, options.task)
    examples = EXAMPLES if options.examples is None else options.examples
    if examples < 1:
        # Draws come last; what would be refused then is refused now.
        raise InvalidInput(f"--examples is a number of questions, at least 1, got {examples}")
    checked = check(found.program, task, options.symbols, options.length, examples, options.seed)
    if checked.found is None:
        say("\n".join(_right(found, checked, task)))
        return 0
    say("\n".join(_wrong(found, checked, checked.found, options)))
    return 1


def _task(found: Opened, given: str | None) -> str:
    """Return the task that a program is held against.

    Raises:
        InvalidInput: If none is given and the program is named after none, or its questions are
            not known.
        UnknownTask: If there is no such task.
    """
    from claimkit.crasp.laws.forms import NAMES

    task = found.task if given is None else entry_of(given).task
    if not task:
        raise InvalidInput(
            f"{found.called} is named after no task; name the one it should compute with --task"
        )
    if task not in NAMES:
        raise InvalidInput(f"{why_none(entry_of(task))} No questions of it are asked here")
    return task


def _label(found: Opened, checked: Checked) -> str:
    """Say what was held against what; a file by its name, which may be headed as a task is."""
    return checked.label if found.shipped else f"{checked.task} by {found.called}"


def _right(found: Opened, checked: Checked, task: str) -> Iterator[str]:
    """Yield what was checked, in lines."""
    yield f"{_label(found, checked)} is right on {checked.strings:,} questions:"
    yield from (f"  {part}" for part in checked.how.split("; "))
    entry = entry_of(task)
    if not entry.expressible:
        yield f"No program is right on all: {why_none(entry)}"


def _wrong(
    found: Opened, checked: Checked, example: Counterexample, options: argparse.Namespace
) -> Iterator[str]:
    """Yield the counterexample, in lines."""
    yield f"{_label(found, checked)} is wrong:"
    yield f"  string    {' '.join(example.string)}"
    yield f"  read at   position {len(example.string)}"
    yield f"  expected  {_said(example, example.expected)}"
    yield f"  program   {_said(example, example.named)}"
    yield f"  shorter   {_shorter(found, example, options)}"
    yield f"  trace     {_trace(found, example)}"


def _said(example: Counterexample, names: tuple[str, ...]) -> str:
    from claimkit.tasks import LANGUAGES

    if example.task in LANGUAGES:
        return " and ".join(names) or "neither ACCEPT nor MAY"
    return f"NEXT: {' and '.join(names) or 'none'}"


def _shorter(found: Opened, example: Counterexample, options: argparse.Namespace) -> str:
    """Say that shorter questions are right, as they are asked here again."""
    from claimkit.crasp.laws.checks import exhaustive
    from claimkit.crasp.laws.enumerating import usual_length
    from claimkit.crasp.laws.forms import form_of

    longest = usual_length(form_of(example.task)) if options.length is None else options.length
    length = min(example.length - 1, longest)
    try:
        shorter = exhaustive(found.program, example.task, options.symbols, length)
    except InvalidInput:
        return "there is no shorter question"
    more = "" if length == example.length - 1 else "; of longer ones not all were asked"
    return f"{shorter.how} are right{more}"


def _trace(found: Opened, example: Counterexample) -> str:
    """Return the command that shows a counterexample."""
    from claimkit.crasp.symbols import BOS

    string = list(example.string)
    words = ["claimkit", "crasp", "trace", found.called, " ".join(string)]
    if string[:1] != [BOS] and begins(found):
        words.append("--no-bos")
    if not _shows(found, example, string):
        words += ["--alphabet", " ".join(example.alphabet)]
    return shlex.join(words)


def _shows(found: Opened, example: Counterexample, string: list[str]) -> bool:
    """Whether the wrong output is there with the alphabet that ``trace`` takes by itself."""
    from claimkit.crasp.running.interpreting import evaluate
    from claimkit.tasks import LANGUAGES

    try:
        alphabet = alphabet_for(found.program, string, None)
    except InvalidInput:
        return False
    if example.task in LANGUAGES:
        return alphabet.symbols == example.alphabet
    trace = evaluate(found.program, alphabet, [alphabet.encode(string)])
    named = (alphabet.tokens[code] for code in trace.next[0, -1].nonzero()[0].tolist())
    return {*named} == {*example.named}
