"""What the pages name exists: files behind links, options, commands that are understood."""

import argparse
import re
import shlex
from pathlib import Path

import pytest

import claimkit
from claimkit.auditing.drawing import DRAWS, draw
from claimkit.auditing.grids import (
    BARE_GRID,
    CIRCUIT_GRID,
    COPYING_GRID,
    RETRIEVAL_GRID,
    in_words,
)
from claimkit.cli.main import parser

ROOT = Path(claimkit.__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
LINK = re.compile(r"\]\(([^)#:]+)\)")
# Q[a](i) in a program looks like a link.
CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Of pytest, pytest-xdist, this project's own programs, and git and pip in a workflow.
OTHERS = {
    *("--pyargs", "--dist", "--wheel"),
    *("--create", "--message", "--extra-index-url"),
    # Of git.
    "--oneline",
}


def commands(page, program):
    """Return the arguments of every command of a program in a page's console blocks."""
    blocks = CONSOLE.findall(page.read_text(encoding="utf-8"))
    lines = [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    # A shell puts names in place of a star.
    split = [shlex.split(line.replace("*", "a b"), comments=True) for line in lines]
    return [words[1:] for words in split if words[0] == program]


def options_of(command):
    """Return the options of a parser and of its subcommands."""
    named = {name for action in command._actions for name in action.option_strings}
    nested = [a for a in command._actions if isinstance(a, argparse._SubParsersAction)]
    return named.union(*(options_of(sub) for a in nested for sub in a.choices.values()))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page):
    """Links between the pages, and into the source tree, are whole."""
    links = LINK.findall(CODE.sub("", page.read_text(encoding="utf-8")))

    missing = [link for link in links if not (page.parent / link).exists()]

    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_option_is_one(page, pytestconfig):
    """An option that a page names is one of pytest or of claimkit's own command."""
    named = set(OPTION.findall(page.read_text(encoding="utf-8")))

    known = {name for option in pytestconfig._parser._anonymous.options for name in option.names()}
    groups = (group.options for group in pytestconfig._parser._groups)
    known |= {name for options in groups for option in options for name in option.names()}

    assert named - OTHERS <= known | options_of(parser())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_claimkit_is_understood(page):
    """What stands behind ``$ claimkit`` in a page is parsed, which ends the process if wrong."""
    parsed = [parser().parse_args(words) for words in commands(page, "claimkit")]

    assert all(callable(options.run_command) for options in parsed)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_pytest_is_understood(page, pytestconfig):
    """What stands behind ``$ pytest`` in a page has options that pytest and its plugins know."""
    asked = [pytestconfig._parser.parse_known_and_unknown_args(w) for w in commands(page, "pytest")]

    assert [word for _, unknown in asked for word in unknown if word.startswith("-")] == []


@pytest.mark.parametrize(
    "grid",
    [RETRIEVAL_GRID, COPYING_GRID, BARE_GRID, CIRCUIT_GRID],
    ids=["retrieval", "copying", "bare", "circuits"],
)
def test_the_page_of_drawn_settings_names_those_that_are_drawn(grid):
    """The size of each grid, and every setting drawn from it."""
    page = (ROOT / "docs" / "drawn-settings.md").read_text(encoding="utf-8")
    points = draw(grid.points(), grid.draws or DRAWS, grid.seed)
    drawn = [f"- {in_words(point)}\n" for point in points]

    assert f"from {len(grid.points())}:" in page
    assert [line for line in drawn if line not in page] == []
