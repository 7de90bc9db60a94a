"""The examples of the documentation are run as they stand there, from a folder of their own."""

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import claimkit

ROOT = Path(claimkit.__file__).parents[2]
BLOCK = re.compile(r"^```(\w*)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# "not applicable" takes two lines of the table.
ROW = re.compile(r"^(\w+) +(holds|fails|undecided|not|error) +([^:\n]+):", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """What a page shows.

    Attributes:
        files: Text by file name, of the blocks that have one.
        commands: What stands behind ``$`` in its console blocks, in order.
        printed: Its text blocks, joined.
    """

    files: dict
    commands: list
    printed: str


def read_page(name):
    """Return what a page of ``docs/`` shows."""
    blocks = BLOCK.findall((ROOT / "docs" / name).read_text(encoding="utf-8"))
    consoles = "".join(text for kind, _, text in blocks if kind == "console")
    return Page(
        files={title: text for _, title, text in blocks if title},
        commands=[line[2:] for line in consoles.splitlines() if line.startswith("$ ")],
        printed="".join(text for kind, _, text in blocks if kind == "text"),
    )


def rows(text):
    """Return (claim, verdict, what was measured) of every row of the summaries in a text."""
    return ROW.findall(text)


def run(command, folder):
    """Run a ``pytest …`` command of a page in a folder; return its status and what it printed."""
    program, *arguments = shlex.split(command)
    assert program == "pytest", f"a page shows {command!r}, and only pytest is run here"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=folder,
        # Wide enough for one line per row.
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["your-own-task.md", "your-own-claim.md"])
def test_an_example_gives_the_verdicts_that_its_page_prints(tmp_path, name):
    """Every command runs to its end, and the rows of the page are the rows of its output."""
    page = read_page(name)
    for title, text in page.files.items():
        (tmp_path / title).write_text(text, encoding="utf-8")

    ended = [run(command, tmp_path) for command in page.commands]

    printed = "\n".join(output for _, output in ended)
    assert all(status in (0, 1) for status, _ in ended), printed
    assert rows(page.printed)
    assert set(rows(page.printed)) == set(rows(printed)), printed


@pytest.fixture(scope="module")
def risks(tmp_path_factory):
    """What a run prints of the page's own risk and of the one it shows, without a snapshot."""
    folder, page = tmp_path_factory.mktemp("risks"), read_page("risks.md")
    for title, text in page.files.items():
        (folder / title).write_text(text, encoding="utf-8")
    selected = "-m risk -k 'bare and (R1 or Q1)' --lengths 10 --snapshot-dir EMPTY"
    tests = f"test_my_risk.py {ROOT / 'claims' / 'test_risks.py'}"
    status, output = run(f"pytest -p claimkit.plugin {tests} {selected}", folder)
    assert status == 1, output
    return output


def test_a_failing_risk_prints_the_counterexample_of_the_page(risks):
    """Line by line, with the command that asks it again."""
    page = read_page("risks.md")

    assert page.printed in risks
    assert page.printed.count("replay:") == 1
    (replay,) = (line for line in page.printed.splitlines() if "replay:" in line)
    assert replay.split("replay:")[1].strip() in page.commands


def test_the_example_is_judged_at_the_reliability_that_is_asked_for(risks):
    """Copying short identifiers is what the bundled model does: 0.99 is shown."""
    found = dict.fromkeys((claim, verdict) for claim, verdict, _ in rows(risks))

    assert found == dict.fromkeys([("R1", "fails"), ("Q1", "holds")])
