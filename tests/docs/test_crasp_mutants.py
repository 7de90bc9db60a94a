"""The page of mutants adds up, and lists the equivalent ones that the tests know."""

import re
import tomllib
from pathlib import Path

import pytest

import claimkit
from claimkit.crasp.library import PROGRAMS, WITHOUT_POSITIONS, variants

ROOT = Path(claimkit.__file__).parents[2]
PAGE = (ROOT / "docs" / "crasp-mutants.md").read_text(encoding="utf-8")
KNOWN = tomllib.loads(
    (ROOT / "tests" / "crasp" / "equivalent_mutants.toml").read_text(encoding="utf-8")
)["reason"]


def rows(text):
    """The rows of the first table in a text: name and numbers."""
    found = re.findall(r"^\| (.+?) \| ([\d |]+) \|$", text, re.MULTILINE)
    return [(name.strip("`"), [int(cell) for cell in cells.split(" | ")]) for name, cells in found]


PROGRAM_ROWS = rows(PAGE.partition("## What is changed")[0])
CHANGE_ROWS = rows(PAGE.partition("## What is changed")[2])


def test_every_program_of_the_library_has_a_row():
    """In the library's order, with the sum at the end."""
    assert [name for name, _ in PROGRAM_ROWS] == [*PROGRAMS, *variants(WITHOUT_POSITIONS), "all"]


def test_the_last_row_is_the_sum():
    """Of all numbers but the length, which is the longest."""
    *programs, (_, total) = PROGRAM_ROWS
    columns = list(zip(*(numbers for _, numbers in programs), strict=True))

    assert total == [
        max(numbers) if place == 3 else sum(numbers) for place, numbers in enumerate(columns)
    ]


@pytest.mark.parametrize("name, numbers", PROGRAM_ROWS, ids=[name for name, _ in PROGRAM_ROWS])
def test_a_mutant_is_killed_by_one_law_or_is_equivalent(name, numbers):
    """The laws' kills are all there are, and with the equivalent ones they are all mutants."""
    mutants, killed, first, _, *others, equivalent = numbers

    assert killed == first + sum(others)
    assert mutants == killed + equivalent


def test_the_changes_are_those_of_the_programs():
    """Counted by change there are as many mutants, killed and equivalent ones."""
    changed = [sum(numbers) for numbers in zip(*(n for _, n in CHANGE_ROWS), strict=True)]
    total = PROGRAM_ROWS[-1][1]

    assert [changed[0], changed[1], changed[3]] == [total[0], total[1], total[-1]]


def test_the_summary_says_what_the_table_says():
    """How many are killed, and how many of the rest are explained."""
    said = re.search(
        r"Of ([\d,]+) mutants .* ([\d,]+) are killed .* Of the other (\d+), (\d+) .*, (\d+) .* and "
        r"(\d+) are unexplained",
        " ".join(PAGE.split()),
    )
    numbers = [int(number.replace(",", "")) for number in said.groups()]
    total = PROGRAM_ROWS[-1][1]
    known = dict.fromkeys((True, False), 0)
    for reason in KNOWN:
        known[reason["everywhere"]] += sum(map(len, reason["mutants"].values()))

    assert numbers == [total[0], total[1], total[-1], known[True], known[False], 0]


@pytest.mark.parametrize("reason", KNOWN, ids=lambda reason: reason["why"][:30])
def test_every_equivalent_mutant_is_listed_with_its_reason(reason):
    """Those that are right on the task's questions only stand beside a string that shows it."""
    where = "Everywhere" if reason["everywhere"] else "On the task's questions"
    (part,) = (
        each
        for each in re.split(r"\n(?=\*\*)", PAGE)
        if " ".join(each.split()).startswith(f"**{where}.** {reason['why']}")
    )
    expected = [
        f"- `{name}`: `{line}`" for name in reason["mutants"] for line in reason["mutants"][name]
    ]
    listed = re.findall(r"^(- `[^`]+`: `[^`]+`)(.*)$", part, re.MULTILINE)

    assert [entry for entry, _ in listed] == expected
    assert {bool(rest) for _, rest in listed} == {not reason["everywhere"]}
