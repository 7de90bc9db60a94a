"""How far a training has come, in a terminal and in a log."""

import re
import sys

import pytest

from claimkit.cli import training_progress
from claimkit.cli.training_progress import duration, follow, found_in


def line(step, **more):
    return {"step": step, "loss": 0.25, "tokens_per_second": 12_345, **more}


EXAM = {"exam": {"bin 1": 1.0, "bin 2": 0.975, "bin 3": 0.5}}


def test_a_short_training_is_one_line(capsys):
    """Where there is no terminal, nothing is said of lines that follow each other closely."""
    with follow("UR-gpt2-small-1", 4000) as tell:
        tell(line(50))
        tell(line(100, **EXAM))
        tell(line(150))

    written = capsys.readouterr()
    assert written.out == ""
    assert written.err == (
        "UR-gpt2-small-1: step 150 of at most 4,000, loss 0.250, bin 1 1.000, bin 2 0.975, "
        "bin 3 0.500, 12,345 tokens/s\n"
    )


def test_a_long_training_says_how_long_it_takes(capsys, monkeypatch):
    """Every line says what is left at the speed since the first; the last is said once."""
    monkeypatch.setattr(training_progress, "_EVERY", -1.0)
    with follow("run", 1000) as tell:
        for step in (500, 550):
            tell(line(step))

    first, second = capsys.readouterr().err.splitlines()
    assert "left" not in first
    assert re.search(r"step 550 .* tokens/s, at most \d+ s left$", second)


def test_nothing_is_said_of_a_run_without_lines(capsys):
    """Such as one that was trained by another process meanwhile."""
    with follow("run", 1000):
        pass

    assert capsys.readouterr().err == ""


def test_a_terminal_gets_a_bar(capsys, monkeypatch):
    """Step, loss, accuracies and speed, on standard error."""
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with follow("UR-gpt2-small-1", 4000) as tell:
        tell(line(2000, **EXAM))
        tell(line(2050))

    written = capsys.readouterr()
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", written.err)
    assert written.out == ""
    assert "UR-gpt2-small-1" in shown
    assert "2050/4000" in shown
    assert "loss 0.250, bin 1 1.000, bin 2 0.975, bin 3 0.500, 12,345 tokens/s" in shown


def test_a_line_without_exam_shows_none():
    """Controls take no exams."""
    assert found_in(line(1), {}) == "loss 0.250, 12,345 tokens/s"


@pytest.mark.parametrize(
    "seconds, said", [(0.4, "0 s"), (89, "89 s"), (90, "2 min"), (5399, "90 min"), (5400, "1.5 h")]
)
def test_times_are_said_as_people_say_them(seconds, said):
    assert duration(seconds) == said
