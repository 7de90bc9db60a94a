"""The laws notice every change to a program that is not equivalent."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

import claimkit
from claimkit.crasp.laws.checks import drawn, exhaustive
from claimkit.crasp.library import program_of
from claimkit.crasp.mutants.equivalence import first_difference
from claimkit.crasp.mutants.mutating import mutants
from claimkit.crasp.mutants.trials import ALL, DRAWN, MOVED, REPEATED, Kill, Trials
from claimkit.crasp.text.parsing import parse
from claimkit.tasks import LANGUAGES

ROOT = Path(claimkit.__file__).parents[2]
PAGE = ROOT / "docs" / "crasp-mutants.md"
# Fewer than the page's: of the drawn questions that kill a mutant, one is soon among them.
EXAMPLES = 40


def loaded():
    """The program that writes the page, as a module."""
    path = ROOT / "benchmarks" / "crasp_mutants.py"
    spec = importlib.util.spec_from_file_location("crasp_mutants", path)
    module = importlib.util.module_from_spec(spec)
    # Its dataclasses look themselves up.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


BENCHMARK = loaded()
KNOWN = {pair for reason in BENCHMARK.reasons() for pair in reason.pairs}


def row_of(name):
    """What the page says of a program."""
    (row,) = re.findall(rf"^\| `{re.escape(name)}` \|.*$", PAGE.read_text("utf-8"), re.MULTILINE)
    return row


@pytest.mark.parametrize("name", BENCHMARK.NAMES)
def test_every_mutant_that_is_not_equivalent_is_killed(name):
    """Those that survive are those of the table, and the page counts the kills."""
    row = row_of(name)
    length = int(row.split(" | ")[4])
    # Short questions up to the page's length; words of a language are all killed undrawn.
    found = BENCHMARK.outcome(name, length, 0 if name in LANGUAGES else EXAMPLES)

    assert {(name, mutant.text) for mutant in found.survivors} == {
        pair for pair in KNOWN if pair[0] == name
    }
    assert found.row == row


@pytest.mark.parametrize("reason", BENCHMARK.reasons(), ids=lambda reason: reason.why[:30])
def test_an_equivalent_mutant_says_the_same_as_far_as_its_reason_says(reason):
    """After all strings or not; the first mutant of each reason, the page shows all."""
    name, line = reason.pairs[0]
    (mutant,) = (each for each in mutants(program_of(name)) if each.text == line)

    word = first_difference(program_of(name), mutant.program, BENCHMARK.alphabet_of(name))

    assert (word is None) == reason.everywhere


@pytest.mark.parametrize("name", ["UR", "NLFirst", "UB", "Sort", "D_2"])
def test_a_kill_is_the_exhaustive_law_s_counterexample(name):
    """Trials and law find the same mutants wrong, at the same least length."""
    program = program_of(name)
    trials = Trials(program, name, length=3, examples=0)

    for mutant in list(mutants(program))[::5]:
        kill, found = trials.kill(mutant.program), exhaustive(mutant.program, name, length=3).found
        killed = kill is not None and kill.law == ALL
        assert killed == (found is not None)
        assert not killed or kill.length == found.length


@pytest.mark.parametrize("name", ["UR", "UF", "Majority", "D_2"])
def test_the_drawn_questions_are_those_of_the_law(name):
    """As many different ones, read at as many positions."""
    trials = Trials(program_of(name), name, length=1, examples=30)
    asked = [trial.asked for trial in trials if trial.kill.law == DRAWN]
    law = drawn(program_of(name), name, examples=30)

    assert sum(int((each.positions >= 0).sum()) for each in asked) == law.positions
    assert len({(each.questions, each.alphabet) for each in asked}) == law.strings


def test_positions_may_be_numbered_from_elsewhere():
    """A program that takes i for the distance from the beginning is right with one offset only."""
    program = program_of("(aa)*")
    naive = parse("alphabet a\nACCEPT := i mod 2 = 1")

    assert Trials(program, "(aa)*", examples=0).kill(naive) == Kill(MOVED, 0)


def test_a_program_that_forgets_is_killed_by_a_long_word():
    """It sees the last 50 positions, and is right on every word of up to 14 symbols."""
    program = parse(
        "alphabet 0 1\nACCEPT := #[j ≤ i, i−j ≤ 49] Q['0'] = 0\nMAY['0'] := ⊥\nMAY['1'] := ACCEPT"
    )

    assert Trials(program, "Tomita-1", examples=0).kill(program) == Kill(REPEATED, 200)


def test_trials_are_made_once():
    """What one program was asked, the next is asked again."""
    trials = Trials(program_of("UR"), "UR", length=3, examples=2)

    assert list(trials) == list(trials)
    assert len(list(trials)) > 4
