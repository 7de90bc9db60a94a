"""``claimkit crasp check`` holds anyone's program against a task."""

import os
import shlex
import signal
import subprocess
import sys

import pytest

from claimkit.cli.main import main
from claimkit.crasp.library import text_of_program

QUICK = ("--length", "4", "--examples", "10")
PAIRS = """
PRED[a](i) := ∃[j ≤ i, j = i−1] Q[a](j)
BIGRAM[a,b](i) := ∃[j ≤ i] (Q[b](j) ∧ PRED[a](j))
"""
# NRFirst's lines, with the bigram read the other way round.
MIRRORED = """
FIRST(i) := ⋁[s] (Q[s](i) ∧ #[j ≤ i] Q[s](j) ≤ 1)
PRED[a](i) := ∃[j ≤ i, j = i−1] (Q[a](j) ∧ FIRST(j))
BIGRAM[a,b](i) := ∃[j ≤ i] (Q[b](j) ∧ PRED[a](j))
NEXT[a](i) := ⋁[s] (Q[s](i) ∧ BIGRAM[a,s](i))
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A function that writes a program to a file in the working folder, and names it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def write(text, name="p.crasp"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return write


def check(*arguments):
    return main(["crasp", "check", *arguments])


def said(capsys):
    """What a counterexample says, by the word in front."""
    lines = capsys.readouterr().out.splitlines()
    return dict(line.strip().split(maxsplit=1) for line in lines if line.startswith("  "))


@pytest.mark.parametrize(
    "name", ["UR", "nlfirst", "ub", "Sort", "tomita-4", "without-positions/UF"]
)
def test_a_right_program_is_right(capsys, name):
    """A program of the library against its own task; exit status 0 says that it is right."""
    status = check(name, *QUICK)

    lines = capsys.readouterr().out.splitlines()
    assert status == 0
    assert " is right on " in lines[0]
    assert any(line.startswith("  all ") and "of up to 4" in line for line in lines)
    assert any("drawn" in line for line in lines)


def test_a_wrong_nlfirst_has_a_counterexample_of_minimal_length(capsys, file):
    """No question of the task has two symbols only: the query stands twice, not in first place."""
    status = check(file(MIRRORED), "--task", "NLFirst")

    assert status == 1
    assert capsys.readouterr().out.splitlines() == [
        "NLFirst by p.crasp is wrong:",
        "  string    a b b | b",
        "  read at   position 5",
        "  expected  NEXT: a",
        "  program   NEXT: a and b",
        "  shorter   there is no shorter question",
        "  trace     claimkit crasp trace p.crasp 'a b b | b'",
    ]


WRONG = {
    "the copy's end": (text_of_program("published/UB"), "UB"),
    "one question too many": (f"{PAIRS}NEXT[a] := ⋁[s] (Q[s] ∧ BIGRAM[s,a])", "NRLast"),
    "symbols that are not there": (
        f"{PAIRS}NEXT[a] := ⋁[s] (Q[s] ∧ BIGRAM[s,a]) ∨ 6 ≤ #[j ≤ i] ⊤ ∧ ¬∃[j ≤ i] Q[a]",
        "UR",
    ),
    "the order of symbols": ("NEXT[a] := Q[sep] ∧ ¬⋁[b : b < a] ⊤\nNEXT[eos] := ¬Q[sep]", "Sort"),
    "a beginning that is not there": (f"{PAIRS}NEXT[a] := Q[bos] ∨ Q[sep]", "UR"),
    "the empty word": ("ACCEPT := ¬Q[bos]\nMAY[s] := ⊤", "Tomita-1"),
    "members": ("alphabet 0 1\nACCEPT := ⊤\nMAY['0'] := ⊥\nMAY['1'] := ⊤", "Tomita-1"),
    "membership alone": ("ACCEPT := ⊤", "(aa)*"),
}


@pytest.mark.parametrize("text, task", WRONG.values(), ids=WRONG)
def test_the_printed_command_shows_the_wrong_output(capsys, file, text, task):
    """What ``trace`` says at the last position is what ``check`` says of the program."""
    status = check(file(text, "it's mine.crasp"), "--task", task, "--length", "6")
    found = said(capsys)
    program, *arguments = shlex.split(found["trace"])
    traced = main(arguments)

    lines = capsys.readouterr().out.splitlines()
    assert (status, traced, program) == (1, 0, "claimkit")
    assert found["string"].split() == lines[1].split()[1:]
    assert found["read"] == f"at   position {lines[0].split()[-1]}"
    assert told(lines) == found["program"]
    assert found["expected"] != found["program"]


def told(lines):
    """What the lines below a table say, in the words of ``check``."""
    answers = dict(
        line.split(": ", 1) for line in lines if line.startswith(("NEXT: ", "ACCEPT: ", "MAY: "))
    )
    if "NEXT" in answers:
        return f"NEXT: {answers['NEXT'].partition(' (')[0]}"
    accepted = ["ACCEPT"] if answers["ACCEPT"] == "yes" else []
    may = [] if answers.get("MAY", "none") == "none" else answers["MAY"].split(" and ")
    return (
        " and ".join([*accepted, *(f"MAY[{symbol}]" for symbol in may)]) or "neither ACCEPT nor MAY"
    )


def test_shorter_questions_are_counted(capsys, file):
    """Reading seven positions only, the beginning included, is right for four symbols."""
    text = f"{PAIRS}NEXT[a] := #[j ≤ i] ⊤ ≤ 7 ∧ ⋁[s] (Q[s] ∧ BIGRAM[s,a])"

    status = check(file(text), "--task", "UR")

    found = said(capsys)
    assert status == 1
    assert len(found["string"].split()) == 8
    # Over 3 symbols, the query once and not in last place: 3 · (n − 1) · 2^(n − 1) questions.
    assert sum(3 * (n - 1) * 2 ** (n - 1) for n in range(2, 5)) == 102
    assert found["shorter"] == "all 102 questions of up to 4 symbols over a b c are right"


def test_what_is_wrong_on_long_questions_is_found_by_drawing(capsys, file):
    """It is said that a shorter one may have been missed."""
    text = f"{PAIRS}NEXT[a] := #[j ≤ i] ⊤ ≤ 7 ∧ ⋁[s] (Q[s] ∧ BIGRAM[s,a])"

    status = check(file(text), "--task", "UR", "--length", "2")

    found = said(capsys)
    assert status == 1
    assert len(found["string"].split()) >= 8
    assert found["shorter"] == (
        "all 6 questions of up to 2 symbols over a b c are right; of longer ones not all were asked"
    )


def test_a_file_is_held_against_the_task_it_is_named_after(capsys, file):
    """By its header, or by its own name."""
    named = check(file(f"program ul\n{PAIRS}NEXT[a] := ⊥"))
    called = check(file(f"{PAIRS}NEXT[a] := ⊥", "UF.crasp"))

    lines = capsys.readouterr().out.splitlines()
    assert (named, called) == (1, 1)
    assert [line for line in lines if "wrong" in line] == [
        "UL by p.crasp is wrong:",
        "UF by UF.crasp is wrong:",
    ]


def test_a_task_without_a_program_is_fine_to_try(capsys):
    """That nothing wrong was found beside the lemma: strings without repeats are no obstacle."""
    status = check("UF", "--task", "NF", "--length", "1", "--examples", "1")

    last = capsys.readouterr().out.splitlines()[-1]
    assert status == 0
    assert last.startswith("No program is right on all: NF has no program in C-RASP[pos]: Lemma 8")


def test_and_no_program_passes_it(capsys):
    """Copying forward does not end as soon as a symbol repeats."""
    status = check("UF", "--task", "nf")

    assert status == 1
    assert said(capsys)["string"] == "$ a a | a a"


@pytest.mark.parametrize(
    "text, options, sentence",
    [
        ("NEXT[a] := Q[a]", [], "p.crasp is named after no task; name the one it should compute"),
        ("NEXT[a] := Q[a]", ["--task", "URR"], "no task or language 'URR'; did you mean 'UR'?"),
        (
            "NEXT[a] := Q[a]",
            ["--task", "word-order reversal"],
            "word-order reversal has no program",
        ),
        ("P := ⊤", ["--task", "UR"], "p has no line 'NEXT'; the task needs a Boolean line NEXT[a]"),
        ("NEXT[a] := Q[a]", ["--task", "D_2"], "p has no line 'ACCEPT'; the task needs"),
        ("ACCEPT := ⊤", ["--task", "D_2"], "p has no line 'MAY'; the task needs"),
        ("NEXT[a] := #[j ≤ i] Q[a]", ["--task", "UR"], "line 1, 'NEXT[a]' of p has 1 ind"),
        ("alphabet a b\nNEXT[a] := Q[a]", ["--task", "parity"], "p is for the alphabet 'a b', but"),
        ("NEXT[a] := Q[a]", ["--task", "UR", "--symbols", "0"], "symbols is a number of at least"),
        ("NEXT[a] := Q[a]", ["--task", "UR", "--length", "-1"], "length is a number of at least 1"),
        (
            "NEXT[a] := Q[a]",
            ["--task", "UR", "--examples", "0"],
            "--examples is a number of questions",
        ),
        ("NEXT[a] := Q[b]", ["--task", "UR"], "'NEXT[a]' of p uses the index 'b', which nothing"),
        (
            "NEXT[a] := Q[a]",
            ["--task", "UR", "--length", "100"],
            "there are 2.3e+48 strings of up to 100 symbols over 3, and at most 2,000,000 are gone",
        ),
        (
            "NEXT[a] := Q[a]",
            ["--task", "UR", "--symbols", "99"],
            "strings of up to 7 symbols over 99, and at most 2,000,000 are gone through",
        ),
        ("", ["--task", "UR"], "the text has no definition"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_checked_is_one_sentence(capsys, file, text, options, sentence):
    """On standard error, with exit status 2."""
    status = check(file(text), *options)

    captured = capsys.readouterr()
    assert status == 2
    assert sentence in captured.err
    assert (captured.out, captured.err.count("\n")) == ("", 1)


def test_a_missing_file_is_one_sentence(capsys, file):
    """With the reason of the operating system."""
    status = check("none.crasp", "--task", "UR")

    assert status == 2
    assert (
        capsys.readouterr().err == "claimkit: cannot read none.crasp: No such file or directory\n"
    )


def test_ctrl_c_is_one_sentence(file):
    """Exit status 130, and no traceback out of the search."""
    # Says that the search has begun: the file is read before it.
    os.mkfifo("slow.crasp")
    command = [sys.executable, "-m", "claimkit.cli.main", "crasp", "check", "slow.crasp"]
    process = subprocess.Popen(
        [*command, "--task", "UR", "--symbols", "9", "--length", "9"],
        stderr=subprocess.PIPE,
        text=True,
    )
    with open("slow.crasp", "w", encoding="utf-8") as pipe:
        pipe.write(text_of_program("UR"))
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)

    assert process.returncode == 130
    assert error == "claimkit: crasp check was interrupted\n"
