"""``claimkit crasp list`` and ``claimkit crasp show``: which tasks have programs, and those."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

from claimkit.cli.crasp_programs import NAMED, Opened, entry_of, opened, task_called, why_none
from claimkit.cli.saying import in_color, say, width
from claimkit.reporting.plain import in_ascii

if TYPE_CHECKING:
    from claimkit.crasp.program import Program


def add_list(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``claimkit crasp list``."""
    command = kinds.add_parser(
        "list",
        help="all tasks, each with its program or the lemma that there is none",
        description="List the tasks of both papers: whether a program computes each, whether that "
        "uses φ (periodic positions) or ψ (local windows), and by which lemma.",
    )
    command.set_defaults(run_command=run_list)
    command.add_argument("--ascii", action="store_true", help="without signs beyond ASCII")


def add_show(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``claimkit crasp show``."""
    command = kinds.add_parser(
        "show",
        help="a program, and what it computes",
        description="Print a program, as text that can be saved and checked. For a task without "
        "a program, say which lemma says so; that is an answer too: exit status 0.",
    )
    command.set_defaults(run_command=run_show)
    command.add_argument("program", metavar="PROGRAM", help=NAMED)
    notation = command.add_mutually_exclusive_group()
    notation.add_argument("--ascii", action="store_true", help="operators spelled in ASCII")
    notation.add_argument("--latex", action="store_true", help="as an align* environment")
    command.add_argument(
        "--over",
        metavar="SYMBOLS",
        help='spelled out for one alphabet, such as "a b c": core operations only',
    )


def run_list(options: argparse.Namespace) -> int:
    """Print the table of all tasks."""
    from claimkit.reporting.crasp_list import listed, render

    say(render(list(listed()), width=width(), color=in_color(), plain=options.ascii))
    return 0


def run_show(options: argparse.Namespace) -> int:
    """Print a program, or why there is none.

    Raises:
        ClaimkitError: If it is no program, or not one for the alphabet.
    """
    task = task_called(options.program)
    entry = None if task is None else entry_of(task)
    if entry is not None and entry.program is None:
        say(in_ascii(why_none(entry)) if options.ascii else why_none(entry))
        return 0
    say(_shown(opened(options.program), options))
    return 0


def _shown(found: Opened, options: argparse.Namespace) -> str:
    """Return a program in the notation that was asked for, its comments around it."""
    from claimkit.crasp.text.latex import latex_of
    from claimkit.crasp.text.printing import text_of

    program = found.program
    before = found.heading
    if options.over is not None:
        program = _over(found, options.over)
        before += [f"# Spelled out for Σ = {{{', '.join(program.alphabet or ())}}}."]
    elif found.shipped and not options.ascii and not options.latex:
        return "\n".join([found.text.rstrip("\n"), "", *_known(found)])
    after = list(_known(found))
    if options.latex:
        before, after = ([f"%{line[1:]}" for line in lines] for lines in (before, after))
        return "\n".join([*before, latex_of(program).rstrip("\n"), *after])
    text = text_of(program, ascii=options.ascii).rstrip("\n")
    if options.ascii:
        before, after = ([in_ascii(line) for line in lines] for lines in (before, after))
    return "\n".join([*before, text, *(["", *after] if after else [])])


def _over(found: Opened, symbols: str) -> Program:
    from claimkit.crasp.symbols import Alphabet
    from claimkit.reporting.crasp_flat import spelled_out

    return spelled_out(found.program, Alphabet(symbols.split()))


def _known(found: Opened) -> Iterator[str]:
    """Yield comments on what is known of the task."""
    if not found.task:
        return
    entry = entry_of(found.task)
    if entry.program is None:
        yield from _comment(why_none(entry))
        return
    yield from _comment(f"{entry.task} is in C-RASP[pos]: {entry.lemma} ({entry.source}).")
    if entry.positionless and entry.positionless not in (entry.program, found.called):
        yield f"# A program with neither φ nor ψ: claimkit crasp show {entry.positionless}"
    if entry.note:
        yield from _comment(entry.note)


def _comment(text: str) -> list[str]:
    """Return a text as comments of lines that are not too long."""
    return wrap(text, 98, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
