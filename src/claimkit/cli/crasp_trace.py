"""``claimkit crasp trace``: every line of a program at every position of a string."""

from __future__ import annotations

import argparse
from difflib import get_close_matches
from typing import TYPE_CHECKING

from claimkit.cli.crasp_programs import NAMED, Opened, opened
from claimkit.cli.saying import in_color, say, width
from claimkit.errors import InvalidInput

if TYPE_CHECKING:
    from claimkit.crasp.operations import Operation
    from claimkit.crasp.program import Program
    from claimkit.crasp.running.trace import Trace
    from claimkit.crasp.symbols import Alphabet


def add_trace(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``claimkit crasp trace``."""
    command = kinds.add_parser(
        "trace",
        help="every line of a program at every position of a string",
        description="Run a program on a string and print a table with a row for each of its lines "
        "and a column for each position, and what it says at the last one. A string is symbols "
        "with blanks between; $ begins it, | stands before what is asked or answered, # ends it.",
    )
    command.set_defaults(run_command=run_trace)
    add = command.add_argument
    add("program", metavar="PROGRAM", help=NAMED)
    add("string", metavar="STRING", help='such as "a b c | b"')
    add("--alphabet", metavar="SYMBOLS", help="default: the string's symbols, in order of text")
    add("--line", action="append", default=[], metavar="NAME", help="only this line; repeatable")
    add("--all", action="store_true", help="lines of families that hold nowhere, too")
    add("--ascii", action="store_true", help="1 and 0 in place of ● and ·")
    add("--generate", action="store_true", help="append what NEXT names, until it names none")
    add("--limit", type=int, metavar="N", help="of --generate (default: as many as are given)")
    add("--no-bos", action="store_true", help="put no $ in front where the task has one")


def run_trace(options: argparse.Namespace) -> int:
    """Print the table.

    Raises:
        ClaimkitError: If it is no program, or not one for the string.
    """
    from claimkit.crasp.running.interpreting import evaluate
    from claimkit.crasp.symbols import BOS

    found = opened(options.program)
    string = symbols_in(options.string)
    notes: list[str] = []
    if string[:1] != [BOS] and not options.no_bos and begins(found):
        string = [BOS, *string]
        notes.append(
            f"{BOS} was put in front, as this program's strings begin so (--no-bos leaves it out)"
        )
    alphabet = alphabet_for(found.program, string, options.alphabet)
    codes = alphabet.encode(string)
    if options.generate:
        limit = len(codes) if options.limit is None else options.limit
        written, until = _written(found.program, alphabet, codes, limit)
        codes += written
        notes.append(f"written: {' '.join(alphabet.decode(written)) or 'nothing'}; {until}")
    table, answers = _read(evaluate(found.program, alphabet, [codes]), options)
    say("\n".join([table, "", *notes, *answers]))
    return 0


def symbols_in(text: str) -> list[str]:
    """Return the symbols of a string as it is typed.

    Raises:
        InvalidInput: If there is none, or blanks are missing.
    """
    from claimkit.crasp.symbols import BOS, SEP

    symbols = text.split()
    run_together = [s for s in symbols if len(s) > 1 and (BOS in s or SEP in s)]
    if not symbols or run_together:
        raise InvalidInput(
            f"a string is symbols with blanks between, such as 'a b c | b', got {text!r}"
        )
    return symbols


def alphabet_for(program: Program, string: list[str], given: str | None) -> Alphabet:
    """Return the alphabet that is given, or the program's, or that of the string.

    Raises:
        InvalidInput: If there is none.
    """
    from claimkit.crasp.symbols import SPECIAL, Alphabet

    if given is not None:
        return Alphabet(given.split())
    symbols = program.alphabet or sorted({*string} - {*SPECIAL})
    if not symbols:
        raise InvalidInput(
            f"{' '.join(string)!r} has special symbols only; say with --alphabet which others "
            "there are"
        )
    return Alphabet(symbols)


def begins(found: Opened) -> bool:
    """Whether strings of a program begin with ``$``: those of its task do, or it speaks of it."""
    from claimkit.crasp.laws.forms import RetrievalForm, form_of
    from claimkit.crasp.symbols import BOS

    if found.task:
        return not isinstance(form_of(found.task), RetrievalForm)
    if found.program.definitions_named("ACCEPT"):
        return True
    return any(_reads(line.body, BOS) for line in found.program.definitions)


def _reads(operation: Operation, symbol: str) -> bool:
    """Whether Q of a special symbol stands somewhere in an operation."""
    from claimkit.crasp.operations import Initial, Symbol, operands

    return operation == Initial(Symbol(symbol)) or any(
        _reads(operand, symbol) for operand in operands(operation)
    )


def _written(
    program: Program, alphabet: Alphabet, codes: list[int], limit: int
) -> tuple[list[int], str]:
    """Return what a program appends to a string, and why no more.

    As :func:`claimkit.crasp.running.generating.generate` does, but two NEXTs at once end it: they
    are what a table is asked for.
    """
    from claimkit.crasp.running.interpreting import evaluate
    from claimkit.crasp.symbols import EOS

    if limit < 1:
        raise InvalidInput(f"--limit is a number of symbols, at least 1, got {limit}")
    written: list[int] = []
    while len(written) < limit:
        named = _named(evaluate(program, alphabet, [[*codes, *written]]))
        if len(named) != 1:
            return written, "then NEXT names several" if named else "then NEXT names none"
        written += named
        if named == [alphabet.codes[EOS]]:
            return written, f"{EOS} ends it"
    return written, f"--limit {limit} ends it there"


def _named(trace: Trace) -> list[int]:
    """Return the codes that NEXT names at the last position."""
    return [code for code, holds in enumerate(trace.next[0, -1].tolist()) if holds]


def _read(trace: Trace, options: argparse.Namespace) -> tuple[str, list[str]]:
    """Return the table, and in sentences what the program says at the last position.

    Raises:
        InvalidInput: If there is no line of a name that is asked for.
    """
    from claimkit.reporting.crasp_table import answers, lines_of, render, tabulated

    alphabet = trace.alphabet.symbols
    traced = [(line, trace[line.key][0]) for line in trace.program.definitions]
    every = [
        line for one, values in traced for line in lines_of(one, values, alphabet, everywhere=True)
    ]
    only = _only(options.line, [name for line in every for name in (line.name, line.label)])
    symbols = trace.alphabet.decode(trace.tokens[0].tolist())
    table = tabulated(traced, symbols, alphabet, only=only, everywhere=options.all)
    shown = render(table, width=width(), color=in_color(), plain=options.ascii)
    return shown, list(answers(every))


def _only(asked: list[str], known: list[str]) -> set[str]:
    names = {"".join(name.split()) for name in asked}
    for name in sorted(names - {*known}):
        near = get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        listed = ", ".join(dict.fromkeys(name.partition("[")[0] for name in known))
        raise InvalidInput(f"no line {name!r}{hint} Lines: {listed}")
    return names
