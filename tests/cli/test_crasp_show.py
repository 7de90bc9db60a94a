"""``claimkit crasp list`` and ``show`` print what is known of a task, and its program."""

import os
import subprocess
import sys

import pytest

from claimkit.cli.main import main
from claimkit.crasp.library import PROGRAMS, program_of
from claimkit.crasp.operations import (
    Add,
    And,
    AtMost,
    Conditional,
    Count,
    Initial,
    Not,
    One,
    Periodic,
    Ref,
    Subtract,
    Top,
    operands,
)
from claimkit.crasp.registry import REGISTRY
from claimkit.crasp.text.parsing import parse

CORE = {Initial, Top, Not, And, Periodic, AtMost, Count, Conditional, Add, Subtract, One}
"""The operations of the definition."""


def show(*arguments):
    return main(["crasp", "show", *arguments])


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("notation", [(), ("--ascii",)], ids=["unicode", "ascii"])
def test_what_is_shown_is_the_program(capsys, name, notation):
    """As a text that can be saved and read again, comments and all."""
    status = show(name, *notation)

    text = capsys.readouterr().out
    assert status == 0
    assert parse(text) == program_of(name)
    assert f"# {name} is in C-RASP[pos]: " in text
    assert text.isascii() or not notation


def test_comments_say_what_it_computes_and_why(capsys):
    """What it computes comes first, the lemma last."""
    show("UR")

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("# UR: the right neighbour of the query's only occurrence")
    assert "# UR is in C-RASP[pos]: Lemma 4 (arXiv:2505.21785)." in lines
    assert "# A program with neither φ nor ψ: claimkit crasp show without-positions/UR" in lines


def test_a_task_without_a_program_is_an_answer(capsys):
    """One sentence with the lemma, and exit status 0."""
    status = show("NF")

    assert status == 0
    assert capsys.readouterr().out == (
        "NF has no program in C-RASP[pos]: Lemma 8, by Theorem 12 of arXiv:2410.02140 "
        "(arXiv:2505.21785).\n"
    )


@pytest.mark.parametrize("task", [name for name, e in REGISTRY.items() if e.program is None])
def test_every_task_without_a_program_says_so(capsys, task):
    """In ASCII, too, where the terminal has nothing else."""
    status = show(task, "--ascii")

    said = capsys.readouterr().out
    assert status == 0
    assert said.startswith(f"{task} has no program in C-RASP[pos]: ")
    assert said.isascii()


@pytest.mark.parametrize(
    "called, name",
    [
        ("ur", "UR"),
        ("nlfirst", "NLFirst"),
        ("COPY-UNIQUE", "Copy Unique"),
        ("adbc", "{a,b}*d{b,c}*"),
    ],
)
def test_a_task_is_named_in_any_case_or_by_its_key(capsys, called, name):
    """Names of languages are no words of a shell."""
    status = show(called)

    assert status == 0
    assert parse(capsys.readouterr().out) == program_of(name)


def test_other_programs_of_the_library_have_names_of_their_own(capsys):
    """Such as the published lines that do not compute their task."""
    status = show("published/UB")

    assert status == 0
    assert parse(capsys.readouterr().out) == program_of("published/UB")


def test_a_file_is_shown_in_unicode(tmp_path, capsys):
    """However it is written; the comments it begins with are kept."""
    file = tmp_path / "mine.crasp"
    file.write_text("# Says nothing.\n\nNEXT[a](i) := Q[a](i) and not true\n", encoding="utf-8")

    status = show(str(file))

    assert status == 0
    assert capsys.readouterr().out == (
        "# Says nothing.\nprogram mine\n\nNEXT[a](i) := Q[a](i) ∧ ⊥\n"
    )


def test_a_task_comes_before_a_file_of_its_name(tmp_path, capsys, monkeypatch):
    """A path such as ./UR names the file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "UR").write_text("NEXT[a](i) := ⊥\n", encoding="utf-8")

    show("UR")
    show("./UR")

    texts = capsys.readouterr().out
    assert "Lemma 4" in texts
    assert texts.count("NEXT[a](i) := ⊥\n") == 1


@pytest.mark.parametrize("name", ["UR", "D_2", "(aa)*", "UB", "Tomita-4"])
def test_a_program_is_spelled_out_for_an_alphabet(capsys, name):
    """In operations of the definition alone, and still a program that can be read."""
    symbols = program_of(name).alphabet or ("a", "b")

    status = show(name, "--over", " ".join(symbols))

    text = capsys.readouterr().out
    spelled = parse(text)
    assert status == 0
    assert f"# Spelled out for Σ = {{{', '.join(symbols)}}}." in text
    assert spelled.alphabet == symbols
    assert {type(line.body) for line in spelled.definitions} <= CORE
    parts = [part for line in spelled.definitions for part in operands(line.body)]
    assert {type(part) for part in parts} == {Ref}


def test_latex_is_an_environment(capsys):
    """The comments stand around it as comments of LaTeX."""
    show("UL", "--latex")

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("% UL: ")
    assert r"\begin{align*}" in lines
    assert lines[-1].startswith("% ")


def test_the_list_has_every_task(capsys, monkeypatch):
    """Its table fits the terminal, and says which of φ and ψ a program uses."""
    monkeypatch.setenv("COLUMNS", "80")

    status = main(["crasp", "list"])

    lines = capsys.readouterr().out.splitlines()
    first = {line[:20].strip() for line in lines}
    assert status == 0
    assert max(map(len, lines)) <= 80
    assert {name for name in REGISTRY if name.isalnum()} <= first
    assert any(line.split()[:4] == ["UR", "yes", "ψ", "yes"] for line in lines)
    assert any(line.split()[:3] == ["NF", "no", "–"] for line in lines)


def test_the_list_is_ascii_on_demand(capsys):
    """Columns stay columns."""
    main(["crasp", "list", "--ascii"])

    text = capsys.readouterr().out
    starts = {line.index("[") for line in text.splitlines() if line.startswith(("UR ", "(aa)* "))}
    assert text.isascii()
    assert len(starts) == 1


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["URR"], "no file 'URR', and no task or language 'URR'; did you mean 'UR'? There are: UR"),
        (["none.crasp"], "cannot read none.crasp: No such file or directory"),
        (["."], "cannot read .: Is a directory"),
        (["bytes.crasp"], "bytes.crasp is not text in UTF-8 (byte 0xff at 3); save it as UTF-8"),
        (["wrong.crasp"], "line 1: expected an operation"),
        (["D_2", "--over", "a b c"], "D_2 is for the alphabet 'a b', got 'a b c'"),
        (["UR", "--over", "a a"], "symbols of an alphabet are distinct words"),
        (["UR", "--over", " "], "an alphabet has at least one symbol, got none"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_shown_is_one_sentence(tmp_path, capsys, monkeypatch, arguments, sentence):
    """On standard error, with exit status 2."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bytes.crasp").write_bytes(b"P(i\xff")
    (tmp_path / "wrong.crasp").write_text("P(i) := Q[a](i) ∧\n", encoding="utf-8")

    status = show(*arguments)

    told = capsys.readouterr()
    assert status == 2
    assert told.err.startswith(f"claimkit: {sentence}")
    assert (told.out, told.err.count("\n")) == ("", 1)


def test_a_terminal_without_the_signs_is_one_sentence():
    """It names the sign, and what to do."""
    command = [sys.executable, "-m", "claimkit.cli.main", "crasp", "show", "UR"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}

    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert done.stderr.startswith("claimkit: standard output is ascii and has no ")
    assert done.stderr.count("\n") == 1


def test_who_reads_the_first_line_only_sees_no_traceback():
    """A pipe that is closed early ends the command in silence."""
    command = f"{sys.executable} -m claimkit.cli.main crasp show UR --over 'a b c d' | head -n 1"

    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)

    assert done.stdout.startswith("# UR: ")
    assert done.stderr == ""


def test_help_waits_for_no_parser():
    """What takes long to import waits until it is needed."""
    code = (
        "import sys; from claimkit.cli.main import parser; parser(); "
        "print(sorted({'lark', 'hypothesis', 'torch', 'rich'} & {*sys.modules}))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
