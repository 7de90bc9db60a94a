"""``claimkit crasp``: programs of C-RASP[pos], listed, shown, traced and checked.

Exit status: 0 if there is an answer, 1 if ``check`` found a string on which a program is wrong, 2
if what was asked makes no sense.
"""

from __future__ import annotations

import argparse

from claimkit.cli.crasp_check import add_check
from claimkit.cli.crasp_show import add_list, add_show
from claimkit.cli.crasp_trace import add_trace


def add_crasp(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the ``claimkit`` command."""
    crasp = commands.add_parser(
        "crasp",
        help="show, trace and check programs of C-RASP[pos]",
        description="Programs of C-RASP[pos], the language that says which tasks a transformer can "
        "learn such that it length-generalizes. docs/crasp.md describes it.",
    )
    kinds = crasp.add_subparsers(dest="crasp_command", required=True, metavar="COMMAND")
    add_list(kinds)
    add_show(kinds)
    add_trace(kinds)
    add_check(kinds)
