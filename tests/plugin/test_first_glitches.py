"""The terminal shows where an output first goes wrong, in colour where the terminal has colours."""

import re

import pytest

from claimkit.evidence.verdicts import Verdict
from claimkit.reporting.glimpses import LEGEND
from claimkit.reporting.journal import read_run

CLAIMS = """
import pytest
from claimkit.tasks.natural import HASH_COPY, PROSE_COPY

@pytest.mark.claim("A18")
def test_prose(texts, judge):
    judge(texts.accuracy(PROSE_COPY, length=12, demonstrations=0), at_least=0.9)

@pytest.mark.risk
@pytest.mark.claim("R6", source="paper", says="Hashes are copied.")
def test_hashes(texts, judge, reliability):
    judge(texts.accuracy(HASH_COPY, length=4, demonstrations=1), at_least=reliability)
"""
MODEL = ("--model", "stdlib-born", "--max-samples", "64", "--device", "cpu")


@pytest.fixture
def terminal(pytester, plugin_args, monkeypatch):
    """Runs the claims, in a process of its own, since torch cannot be imported twice."""
    monkeypatch.setenv("COLUMNS", "200")
    # With CI set, pytest prints each failure a second time, whole, in its short summary.
    for name in ("CI", "BUILD_NUMBER", "NO_COLOR", "FORCE_COLOR", "PY_COLORS"):
        monkeypatch.delenv(name, raising=False)
    pytester.makepyfile(CLAIMS)

    def run(*more):
        return pytester.runpytest_subprocess(*plugin_args, *MODEL, *more)

    return run


def test_the_terminal_shows_what_was_written_wrongly(terminal, pytester):
    """With each failure, and once more below the table; a risk by the shortest text, too."""
    plain = terminal("--color=no")
    found = read_run(pytester.path / ".claimkit" / "evidence").claims
    prose, hashes = (record.judgements[0] for record in found)

    assert plain.ret == 1
    assert (prose.verdict, hashes.verdict) == (Verdict.FAILS, Verdict.FAILS)
    assert (hashes.glimpse, prose.counterexample) == (None, None)
    said = plain.stdout.str()
    shown = (
        r"first glitch of ProseCopy at 12 tokens, template echo, 0 demonstrations: text \d+, .*\n"
        r"  copied:   .*\n  expected: .*\n  written:  .*\n"
    )
    assert len(re.findall(shown, said)) == 2
    assert re.search(rf"=+ first glitches =+\nA18 {shown}.*{re.escape(LEGEND)}", said)
    assert "\x1b[" not in said
    counterexample = hashes.counterexample
    assert f"counterexample of HashCopy at {counterexample.setting}:" in said
    assert f"  expected: {counterexample.expected}\n" in said
    assert f"  replay:   {counterexample.replay}\n" in said

    coloured = terminal("--color=yes", "-k", "prose").stdout.str()
    section = coloured[coloured.index("first glitches") :]
    assert re.search(r"written: +…?\x1b\[[\d;]*7[\d;]*m", section)
    for line in re.sub(r"\x1b\[[\d;]*m", "", section).splitlines():
        assert "written:" not in line or line in said
