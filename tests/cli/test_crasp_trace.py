"""``claimkit crasp trace`` prints every line of a program at every position of a string."""

import os
import pty
import subprocess
import sys

import pytest

from claimkit.cli.main import main


@pytest.fixture(autouse=True)
def terminal(monkeypatch):
    """A terminal of eighty columns, whatever runs the tests."""
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A function that writes a program to ``p.crasp`` in the working folder, and names it."""
    monkeypatch.chdir(tmp_path)

    def write(text):
        (tmp_path / "p.crasp").write_text(text, encoding="utf-8")
        return "p.crasp"

    return write


def trace(*arguments):
    return main(["crasp", "trace", *arguments])


def test_the_whole_table_of_a_string(capsys):
    """One row per line that holds somewhere, and below it what NEXT says at the last position."""
    status = trace("UR", "a b c | b")

    assert status == 0
    assert capsys.readouterr().out.splitlines() == [
        "position     1  2  3  4  5",
        "symbol       a  b  c  |  b",
        "PRED[a]      ·  ●  ·  ·  ·",
        "PRED[b]      ·  ·  ●  ·  ·",
        "PRED[c]      ·  ·  ·  ●  ·",
        "BIGRAM[a,b]  ·  ●  ●  ●  ●",
        "BIGRAM[b,c]  ·  ·  ●  ●  ●",
        "NEXT[c]      ·  ·  ·  ·  ●",
        "false or 0 everywhere: 7 of BIGRAM, 2 of NEXT (--all shows them)",
        "",
        "NEXT: c",
    ]


def test_counts_are_numbers(capsys):
    """Also where they are negative."""
    trace("D_2", "$ a b b", "--line", "DEPTH")

    assert capsys.readouterr().out.splitlines()[2] == "DEPTH     0  1  0  −1"


def test_every_member_of_a_family_is_shown_on_demand(capsys):
    """Three symbols make nine pairs."""
    trace("UR", "a b c | b", "--all")

    text = capsys.readouterr().out
    assert text.count("\nBIGRAM[") == 9
    assert "everywhere" not in text


def test_ascii_has_no_other_signs(capsys):
    """What holds is 1."""
    trace("UR", "a b | a", "--ascii")

    text = capsys.readouterr().out
    assert text.isascii()
    assert "\nNEXT[b]      0  0  0  1\n" in text


@pytest.mark.parametrize(
    "asked, rows",
    [
        (["NEXT"], ["NEXT[c]"]),
        (["NEXT[b]", "BIGRAM[a, b]"], ["BIGRAM[a,b]", "NEXT[b]"]),
    ],
)
def test_some_lines_are_shown_alone(capsys, asked, rows):
    """What NEXT says is said whatever is shown."""
    trace("UR", "a b c | b", *[word for name in asked for word in ("--line", name)])

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if "[" in line] == rows
    assert lines[-1] == "NEXT: c"


def test_a_wide_string_takes_several_tables(capsys, monkeypatch):
    """None of them is wider than the terminal, and together they have all positions."""
    monkeypatch.setenv("COLUMNS", "40")

    trace("UR", " ".join("abcdefghijklmnopqrstuvwxyz") + " | c")

    lines = capsys.readouterr().out.splitlines()
    numbers = [int(n) for line in lines if line.startswith("position") for n in line.split()[1:]]
    assert max(map(len, lines)) <= 40
    assert numbers == list(range(1, 29))
    assert lines[-1] == "NEXT: d"


def test_the_alphabet_is_that_of_the_string_in_order(capsys):
    """The order that Sort sorts by, if nothing else is said."""
    trace("sort", "c a b |")
    trace("sort", "c a b |", "--alphabet", "c b a d")

    assert [line for line in capsys.readouterr().out.splitlines() if "NEXT:" in line] == [
        "NEXT: a",
        "NEXT: c",
    ]


def test_a_copy_is_written_out(capsys):
    """The table has the whole string; ``$`` is put in front, which is said."""
    status = trace("UF", "a b c |", "--generate", "--line", "NEXT")

    assert status == 0
    assert capsys.readouterr().out.splitlines() == [
        "position  1  2  3  4  5  6  7  8",
        "symbol    $  a  b  c  |  a  b  c",
        "NEXT[a]   ·  ·  ·  ·  ●  ·  ·  ·",
        "NEXT[b]   ·  ·  ·  ·  ·  ●  ·  ·",
        "NEXT[c]   ·  ·  ·  ·  ·  ·  ●  ·",
        "",
        "$ was put in front, as this program's strings begin so (--no-bos leaves it out)",
        "written: a b c; then NEXT names none",
        "NEXT: none",
    ]


@pytest.mark.parametrize(
    "arguments, written",
    [
        (["sort", "b a |"], "written: a b #; # ends it"),
        (["published/UB", "a b |"], "written: b a b a; --limit 4 ends it there"),
        (["published/UB", "a b |", "--limit", "2"], "written: b a; --limit 2 ends it there"),
        (["UR", "a b a c | a"], "written: nothing; then NEXT names several"),
        (["UR", "a |"], "written: nothing; then NEXT names none"),
    ],
    ids=["end marker", "as long as given", "limit", "several", "nothing"],
)
def test_writing_ends(capsys, arguments, written):
    """By the end marker, by none or several NEXTs, or at the limit."""
    status = trace(*arguments, "--generate")

    assert status == 0
    assert written in capsys.readouterr().out.splitlines()


def test_several_nexts_are_all_named(capsys):
    """As in a wrong program."""
    trace("published/NLFirst", "a b b | b")

    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "NEXT: a and b (more than one: nothing can be generated)"


def test_a_language_says_whether_the_prefix_is_a_member(capsys):
    """And what may follow it, where that is the paper's label; ``$`` stands for the empty word."""
    trace("D_2", "$ a a b", "--line", "ACCEPT")
    trace("D_2", "$", "--line", "ACCEPT")

    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if ":" in line] == [
        *("ACCEPT: no", "MAY: a and b"),
        *("ACCEPT: yes", "MAY: a"),
    ]


@pytest.mark.parametrize(
    "program, first",
    [
        ("UR", "a"),
        ("UB", "$"),
        ("copy-unique", "$"),
        ("published/UB", "$"),
        ("NEXT[a](i) := Q[a](i)", "a"),
        ("NEXT[a](i) := Q[a](i) ∧ ∃[j ≤ i] Q[bos](j)", "$"),
        ("ACCEPT(i) := ⊤", "$"),
        ("program UB\nNEXT[a](i) := Q[a](i)", "$"),
    ],
)
def test_strings_begin_as_those_of_the_task_do(capsys, file, program, first):
    """A file's task is the one it is named after; else it counts whether it reads ``$``."""
    trace(file(program) if ":=" in program else program, "a b |", "--ascii")

    symbols = capsys.readouterr().out.splitlines()[1].split()[1:]
    assert symbols == [*(["$"] if first == "$" else []), "a", "b", "|"]


def test_nothing_is_put_in_front_on_demand_or_twice(capsys):
    """The string is as it was typed."""
    trace("UB", "a |", "--no-bos")
    trace("UB", "$ a |")

    lines = capsys.readouterr().out.splitlines()
    heads = [line.split()[1:] for line in lines if line.startswith("symbol")]
    assert heads == [["a", "|"], ["$", "a", "|"]]
    assert not any("put in front" in line for line in lines)


def test_a_program_without_next_is_traced_too(capsys, file):
    """It says nothing."""
    status = trace(file("TWO(i) := #[j ≤ i] ⊤ = 2"), "x y z")

    assert status == 0
    assert capsys.readouterr().out.splitlines() == [
        "position  1  2  3",
        "symbol    x  y  z",
        "TWO       ·  ●  ·",
        "",
    ]


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["UR", ""], "a string is symbols with blanks between, such as 'a b c | b', got ''"),
        (["UR", "abc|b"], "a string is symbols with blanks between, such as"),
        (["UR", "| |"], "'| |' has special symbols only; say with --alphabet which others"),
        (["UR", "a b", "--alphabet", "a"], "no symbol 'b' in the alphabet 'a'"),
        (["UR", "a b", "--alphabet", "a | b"], "symbols of an alphabet are distinct words"),
        (["D_2", "a c"], "no symbol 'c' in the alphabet 'a b'"),
        (["D_2", "a b", "--alphabet", "b a"], "D_2 is for the alphabet 'a b', got 'b a'"),
        (["UR", "a b", "--line", "NEX"], "no line 'NEX'; did you mean 'NEXT'? Lines: PRED, BIGRAM"),
        (["UR", "a b", "--line", "NEXT[z]"], "no line 'NEXT[z]'; did you mean 'NEXT["),
        (["UF", "a |", "--generate", "--limit", "0"], "--limit is a number of symbols, at least 1"),
        (["D_2", "a", "--generate"], "D_2 has no line NEXT[a]"),
        (["NF", "a b |"], "NF has no program in C-RASP[pos]: Lemma 8"),
        (["none.crasp", "a b |"], "cannot read none.crasp: No such file"),
        (["p.crasp", "a b |"], "line 2: expected"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_traced_is_one_sentence(capsys, file, arguments, sentence):
    """On standard error, with exit status 2."""
    file("P(i) := ⊤\nNEXT[a](i) = Q[a](i)\n")

    status = trace(*arguments)

    told = capsys.readouterr()
    assert status == 2
    assert told.err.startswith(f"claimkit: {sentence}")
    assert (told.out, told.err.count("\n")) == ("", 1)


@pytest.mark.parametrize(
    "more, colored", [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_a_terminal_is_written_to_in_colour(more, colored):
    """Unless it shows none, or its user wants none."""
    command = [sys.executable, "-m", "claimkit.cli.main", "crasp", "trace", "UR", "a b | a"]
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    ours, theirs = pty.openpty()

    subprocess.run(command, env={**kept, "TERM": "xterm", **more}, stdout=theirs, check=True)
    said = os.read(ours, 65536)

    os.close(ours)
    os.close(theirs)
    assert (b"\x1b[" in said) == colored
    assert b"NEXT: b" in said
