import json
import subprocess
import sys
from dataclasses import replace
from math import comb, factorial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.laws.checks import check, drawn, exhaustive
from claimkit.crasp.library import program_of
from claimkit.crasp.operations import And, Or, Symbol, Top
from claimkit.crasp.program import Definition
from claimkit.crasp.text.parsing import parse
from claimkit.crasp.text.printing import text_of
from claimkit.errors import InvalidInput, UnknownTask


def operation(text):
    """An operation of one index a, from text."""
    return parse(f"X[a](i) := {text}").definitions[0].body


def changed(task, change, more=()):
    """The program of a task with another NEXT, and lines after it."""
    *lines, last = program_of(task).definitions
    lines = (*lines, replace(last, body=change(last.body)), *more)
    return replace(program_of(task), name=f"{task} and more", definitions=lines)


def also(task, condition):
    """The program of a task, whose NEXT demands a condition besides."""
    return changed(task, lambda body: And(body, operation(condition)))


def either(task, condition):
    """The program of a task, whose NEXT holds under a condition, too."""
    return changed(task, lambda body: Or(body, operation(condition)))


def over(task, *symbols):
    """The program of a task for one alphabet."""
    return replace(program_of(task), name="own", alphabet=symbols)


# UR: one of N − 1 places with a right neighbour, others of two symbols, three queries.
# NRFirst: at least two queries among N. UF: arrangements of n out of 7. Binary Majority: bits
# without a tie. (aa)*: one word of each length, the empty one too. D_2: words of up to 14 letters.
COUNTS = {
    "UR": sum(3 * (n - 1) * 2 ** (n - 1) for n in range(2, 8)),
    "NRFirst": sum(3 * (3**n - 2**n - n * 2 ** (n - 1)) for n in range(2, 8)),
    "UF": sum(factorial(7) // factorial(7 - n) for n in range(1, 8)),
    "Binary Majority": sum(2**n - (comb(n, n // 2) if n % 2 == 0 else 0) for n in range(1, 15)),
    "(aa)*": 41,
    "D_2": 2**15 - 1,
}
READ = {
    "UR": 2 * COUNTS["UR"],
    "NRFirst": 2 * COUNTS["NRFirst"],
    "UF": sum((n + 1) * factorial(7) // factorial(7 - n) for n in range(1, 8)),
    "Binary Majority": 2 * COUNTS["Binary Majority"],
    "(aa)*": 41,
    "D_2": 2**15 - 1,
}


@pytest.mark.parametrize("task", COUNTS)
def test_counts_are_those_worked_out_by_hand(task):
    """So many questions, and so many positions: twice for ``$`` in front, one for every step."""
    checked = exhaustive(program_of(task), task)

    assert (checked.strings, checked.positions) == (COUNTS[task], READ[task])
    assert f"all {COUNTS[task]:,} " in checked.how


@pytest.mark.parametrize("symbols, length", [(1, 4), (2, 5), (4, 4)])
def test_symbols_and_length_can_be_chosen(symbols, length):
    """NF's questions are all strings; a program that names nothing is wrong on the first."""
    silent = parse("NEXT[a](i) := ⊥", name="silent")
    loud = exhaustive(silent, "NF", symbols, length)

    assert loud.found.length == 1
    assert exhaustive(program_of("Majority"), "Majority", symbols, length).holds


END = Definition("NEXT", (Symbol("#"),), Top())
WRONG = {
    "a NEXT is missing": (also("UR", "⊥"), "the program nothing"),
    "one NEXT too many": (either("UR", "Q[a](i)"), " and "),
    "another NEXT": (program_of("UL"), "the program"),
    "a special NEXT": (changed("UR", lambda body: body, [END]), " and #"),
    "only with a beginning": (also("UR", "¬∃[j ≤ i] Q[bos](j)"), "after '$ "),
}


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("law", [exhaustive, drawn, check])
def test_every_kind_of_wrong_output_is_found(kind, law):
    """By all questions, by drawn ones, and by both."""
    program, words = WRONG[kind]
    checked = law(program, "UR")

    assert not checked.holds
    assert words in checked.counterexample
    assert checked.sentence.endswith(f"is wrong: {checked.counterexample}")


def test_a_stop_that_is_missing_is_found():
    """UF that goes on with the symbol that it has just written."""
    program = either("UF", "Q[a](i) ∧ ∃[j ≤ i] Q[sep](j)")
    checked = exhaustive(program, "UF")

    assert checked.counterexample == "after '$ a | a' UF names nothing, the program a"


def test_a_language_is_read_at_every_prefix():
    """D_2's program taken for D_3: wrong after two opening brackets, not before."""
    checked = exhaustive(program_of("D_2"), "D_3")

    assert checked.counterexample == "after '$ a a' D_3 has MAY[a] and MAY[b], the program MAY[b]"
    assert checked.found.length == 2


def test_a_word_can_be_wrong_at_once():
    """The empty word is no member of Tomita-1 by this program."""
    program = parse("alphabet 0 1\nACCEPT(i) := ⊥\nMAY[a](i) := Q[bos](i)")

    assert exhaustive(program, "Tomita-1").found.string == ("$",)


FIVE = "∑[b] (∃[j ≤ i] Q[b](j) ? 1 : 0) ≤ 4"


def test_patterns_find_what_a_small_alphabet_cannot():
    """A program that is right up to four different symbols is wrong on five."""
    program = also("UR", FIVE)
    found = check(program, "UR")

    assert exhaustive(program, "UR", symbols=3).holds
    assert found.found.length == 5
    assert "a b c d e" in " ".join(sorted(set(found.found.string)))


def test_a_small_alphabet_finds_what_patterns_cannot():
    """A program that fails over three symbols only is wrong at the least length all the same."""
    program = also("UR", "4 ≤ ∑[b] 1")

    assert check(program, "UR").found.length == 2


@settings(max_examples=25, deadline=None)
@given(length=st.integers(2, 6), symbols=st.integers(2, 4))
def test_the_counterexample_is_of_least_length(length, symbols):
    """A program that goes wrong from some length on is wrong at that length."""
    program = also("UR", f"#[j ≤ i] ⊤ ≤ {length + 1}")

    assert check(program, "UR", symbols=symbols).found.length == max(2, length - 1)


def test_drawn_questions_find_what_is_wrong_in_long_ones():
    """A program that goes wrong at 100 symbols passes all short questions."""
    program = also("UR", "#[j ≤ i] ⊤ ≤ 101")
    checked = check(program, "UR")

    assert exhaustive(program, "UR").holds
    assert 99 <= checked.found.length <= 101
    assert len(checked.how.split("; ")) == 3


def test_a_drawn_counterexample_is_shrunk():
    """To two symbols and a query, the least there is."""
    checked = drawn(program_of("UR"), "UL", seed=3)

    assert checked.counterexample == "after 'b a | a' UL names b, the program nothing"


def test_a_seed_draws_the_same_questions_in_another_process():
    """Counts and words do not depend on where and when."""
    code = (
        "import json; from claimkit.crasp.laws.checks import drawn; "
        "from claimkit.crasp.library import program_of; "
        "c = drawn(program_of('UR'), 'UR', examples=15, seed=7); "
        "print(json.dumps([c.how, c.strings, c.positions]))"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    here = drawn(program_of("UR"), "UR", examples=15, seed=7)

    assert json.loads(there.stdout) == [here.how, here.strings, here.positions]
    assert here.how != drawn(program_of("UR"), "UR", examples=15, seed=8).how


def test_other_positions_do_not_matter_to_the_library():
    """Programs with φ count from ``$``, wherever that stands."""
    for task in ("Binary Majority Interleave", "(aa)*", "(aaaa)*", "(abab)*"):
        for offset in range(1, 5):
            assert exhaustive(program_of(task), task, length=8, offset=offset).holds


def test_an_offset_is_passed_on():
    """A program that takes the position at its word is right at offset 0 only."""
    program = parse("alphabet a\nACCEPT(i) := i mod 2 = 1")

    assert exhaustive(program, "(aa)*").holds
    assert exhaustive(program, "(aa)*", offset=2).holds
    assert not exhaustive(program, "(aa)*", offset=1).holds
    assert not drawn(program, "(aa)*", offset=1).holds


def test_a_program_is_held_over_its_own_alphabet():
    """It is asked in its own symbols."""
    checked = exhaustive(over("UR", "x", "y", "z"), "UR")

    assert checked.holds
    assert checked.how.endswith("over x y z")
    assert checked.label == "UR by own"


@pytest.mark.parametrize(
    "law, error, words",
    [
        (lambda: exhaustive(program_of("UR"), "Ur"), UnknownTask, "did you mean 'UR'"),
        (lambda: exhaustive(program_of("UR"), "UR", symbols=0), InvalidInput, "got symbols=0"),
        (lambda: exhaustive(program_of("UR"), "UR", length=0), InvalidInput, "got length=0"),
        (
            lambda: exhaustive(program_of("UR"), "UR", symbols=1),
            InvalidInput,
            "UR has no question of up to 7 symbols over a; allow more symbols",
        ),
        (lambda: drawn(program_of("UR"), "UR", examples=0), InvalidInput, "got examples=0"),
        (lambda: drawn(program_of("UR"), "UR", longest=3), InvalidInput, "got longest=3"),
        (
            lambda: drawn(over("UR", "a"), "UR"),
            InvalidInput,
            "no question of UR of up to 200 symbols can be drawn over a",
        ),
        (
            lambda: check(program_of("D_2"), "Tomita-1"),
            InvalidProgram,
            "D_2 is for the alphabet 'a b', but Tomita-1 has the symbols '0 1'",
        ),
        (
            lambda: check(parse("alphabet a b\nNEXT[a](i) := Q[a](i)"), "Strided Copy 2"),
            InvalidProgram,
            "needs the filler '_' in it",
        ),
        (lambda: check(program_of("D_2"), "UR"), InvalidProgram, "has no line 'NEXT'"),
    ],
)
def test_what_makes_no_sense_is_refused(law, error, words):
    """One sentence that quotes the value and says what to do."""
    with pytest.raises(error, match=words):
        law()


def test_a_language_program_that_forgets_is_caught():
    """Looking back 50 symbols where it should look back over all is wrong on a long word only."""
    lines = text_of(program_of("Tomita-7")).splitlines()
    forgetful = [
        line.replace("∃[j ≤ i]", "∃[j ≤ i, i−j ≤ 50]") if line.startswith("FOURTH") else line
        for line in lines
    ]

    checked = check(parse("\n".join(forgetful)), "Tomita-7")

    assert checked.found is not None
    assert checked.found.length > 50
