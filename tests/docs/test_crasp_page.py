"""What ``docs/crasp.md`` shows of programs is what claimkit does."""

import re
import shlex
from pathlib import Path

import pytest

import claimkit
from claimkit.cli.main import main
from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.operations import Operation
from claimkit.crasp.text.parsing import parse
from claimkit.reporting.crasp_list import listed, markdown

PAGE = (Path(claimkit.__file__).parents[2] / "docs" / "crasp.md").read_text(encoding="utf-8")
FILE = re.compile(r'^```crasp title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
SHOWN = re.compile(
    r"^```console\n\$ claimkit ([^\n]*)\n```\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
ROW = re.compile(r"^\| [^|]+ \| `([^|]+)` \| `([^|]+)` \|$", re.MULTILINE)
REFUSED = re.compile(r"^\| `([^|]+)` \| [^`|]+(?:`[^|]+`[^`|]+)? \|$", re.MULTILINE)
BEFORE = "P := Q[bos]\nC := #[j ≤ i] P\nD := #[j ≤ i] Q[sep]\n"
# Depends on the version of Hypothesis.
DRAWN = re.compile(
    r"[\d,]+(?= questions:)|\d+(?= drawn)|(?<=to )\d+(?= symbols, over)|(?<=to )\d+$"
)


def body(text: str) -> Operation:
    """The operation of a right-hand side, in a family over a."""
    return parse(f"{BEFORE}X[a](i) := {text}\nLATER := ⊤\n").definitions[3].body


@pytest.mark.parametrize("command, printed", SHOWN.findall(PAGE), ids=lambda text: text[:40])
def test_a_command_prints_what_stands_below_it(tmp_path, monkeypatch, capsys, command, printed):
    """In a folder with the files of the page; how many questions Hypothesis draws is its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name, text in FILE.findall(PAGE):
        Path(name).write_text(text, encoding="utf-8")

    status = main(shlex.split(command))

    said = capsys.readouterr().out
    assert status == int("is wrong:" in said)
    assert [DRAWN.sub("…", line) for line in said.splitlines()] == [
        DRAWN.sub("…", line) for line in printed.splitlines()
    ]


def test_the_wrong_program_is_wrong_and_the_right_one_right():
    """As the page means to show."""
    shown = [
        printed.partition("\n")[0] for command, printed in SHOWN.findall(PAGE) if "check" in command
    ]

    assert [line.split(" is ")[1].split()[0].strip(":") for line in shown] == ["wrong", "right"]


@pytest.mark.parametrize("unicode, ascii_", ROW.findall(PAGE), ids=lambda text: text)
def test_both_spellings_are_read_alike(unicode, ascii_):
    """Every operation of the tables, in Unicode and in ASCII."""
    assert body(unicode) == body(ascii_)
    assert ascii_.isascii()


def test_every_operation_is_in_a_table():
    """None of the language is left out of the page."""
    from typing import get_args

    from claimkit.crasp.operations import Core, Ref, Sugar, operands

    def kinds(operation):
        return {type(operation)}.union(*map(kinds, operands(operation)))

    shown = set().union(*(kinds(body(text)) for text, _ in ROW.findall(PAGE)))

    assert shown == {*get_args(Core), *get_args(Sugar), Ref}


@pytest.mark.parametrize("text", REFUSED.findall(PAGE))
def test_what_is_said_to_be_refused_is_refused(text):
    """With the line."""
    with pytest.raises(InvalidProgram, match="line 4"):
        body(text)


def test_the_table_of_tasks_is_the_registry():
    """Line by line."""
    assert f"\n{markdown(list(listed()))}\n" in PAGE


def test_the_page_has_its_parts():
    """No pattern of these tests is empty."""
    assert len(FILE.findall(PAGE)) == 2
    assert len(SHOWN.findall(PAGE)) == 5
    assert len(ROW.findall(PAGE)) == 17
    assert len(REFUSED.findall(PAGE)) == 8
