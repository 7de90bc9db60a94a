"""The ``claimkit`` command answers bad input with one sentence and exit status 2."""

import os
import signal
import subprocess
import sys

import pytest

from claimkit.cli.main import main
from claimkit.evidence.snapshot_names import file_of
from claimkit.evidence.snapshots import ClaimSnapshot
from claimkit.evidence.verdicts import Estimate, Interval, Judgement, Verdict


def test_an_unknown_recipe_is_one_sentence(capsys):
    """The message offers the nearest name and lists the others."""
    status = main(["pretrain", "foward-born"])

    assert status == 2
    assert capsys.readouterr().err == (
        "claimkit: no recipe 'foward-born'; did you mean 'forward-born'? "
        "Recipes: forward-born, even-born, backward-born, both-born, lines-born, position-born, "
        "absolute-born, forward-chat, backward-chat, even-chat, stdlib-born, echo-born, "
        "history-born, log-born, noisy-born\n"
    )


@pytest.fixture
def record(tmp_path):
    """A function that records a verdict of a test in the folder ``m``, beside the model's card."""
    (tmp_path / "README.md").write_text("# model\n\nText.\n")
    snapshots = tmp_path / "m"

    def write(verdict, test="test_x.py::test_bias[A10-length=20]"):
        judgement = Judgement(
            verdict=verdict,
            label="UR − UL at length 20",
            needs="> 0",
            alpha=0.001,
            estimate=Estimate(0.5, Interval(0.25, 0.75), 64),
            reason="a | b",
        )
        path = snapshots / file_of(test)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ClaimSnapshot.of(test, "A10", judgement, ()).to_text(), encoding="utf-8")
        return ["card", str(tmp_path), "--snapshots", str(snapshots)]

    return write


def test_a_card_without_snapshots_is_one_sentence(tmp_path, capsys, monkeypatch):
    """What is missing is named, with the command that makes it."""
    (tmp_path / "README.md").write_text("# model\n")
    monkeypatch.chdir(tmp_path)

    status = main(["card", str(tmp_path)])

    assert status == 2
    folder = tmp_path / "__snapshots__" / tmp_path.name
    assert f"no snapshot in {folder}; `pytest claims/ " in capsys.readouterr().err


def test_a_card_gets_its_verdicts_in_place_of_older_ones(tmp_path, record):
    """Writing twice leaves one table, and the text before it as it was."""
    for verdict in (Verdict.FAILS, Verdict.HOLDS):
        main(record(verdict))

    text = (tmp_path / "README.md").read_text()

    assert text.startswith("# model\n\nText.\n\n")
    row = r"| A10 | holds | UR − UL at length 20: +0.50 [+0.25, +0.75] (> 0); a \| b |"
    assert row in text.splitlines()
    assert "fails" not in text


def test_a_card_keeps_what_stands_behind_its_verdicts(tmp_path, record):
    """However often it is written."""
    main(record(Verdict.FAILS))
    card = tmp_path / "README.md"
    card.write_text(f"{card.read_text()}\n## License\n\nApache.\n")

    for verdict in (Verdict.HOLDS, Verdict.FAILS):
        main(record(verdict))

    assert card.read_text().endswith("<!-- end of verdicts -->\n\n## License\n\nApache.\n")
    assert card.read_text().count("Apache.") == 1


def test_a_card_is_in_the_order_of_people(tmp_path, record):
    """Length 20 comes before length 100, whatever the files are called."""
    for length in (100, 20):
        verdict = Verdict.FAILS if length == 100 else Verdict.HOLDS
        main(record(verdict, f"test_x.py::test_bias[A10-length={length}]"))

    text = (tmp_path / "README.md").read_text()

    assert text.index("holds") < text.index("fails")


@pytest.mark.parametrize("arguments", [[], ["bake"]], ids=["no command", "unknown command"])
def test_a_wrong_command_is_a_usage_error(arguments):
    """The parser explains, and the exit status is 2."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)

    assert stopped.value.code == 2


def test_a_damaged_snapshot_is_one_sentence(tmp_path, capsys, record):
    """A file that holds no snapshot is named, and the card stays as it was."""
    command = record(Verdict.HOLDS)
    (path,) = (tmp_path / "m").glob("*/*.json")
    path.write_text("{")

    status = main(command)

    assert status == 2
    said = capsys.readouterr().err
    assert said.startswith(f"claimkit: the snapshot {path} is damaged (")
    assert said.count("\n") == 1
    assert (tmp_path / "README.md").read_text() == "# model\n\nText.\n"


def test_a_file_that_cannot_be_made_is_one_sentence(tmp_path, capsys):
    """What the operating system refuses is said with its reason and the path."""
    (tmp_path / "file").write_text("")
    run = tmp_path / "file" / "run"

    status = main(["pretrain", "forward-born", "--run", str(run)])

    assert status == 2
    assert capsys.readouterr().err.startswith(f"claimkit: cannot write {run}: Not a directory; ")


def test_ctrl_c_is_one_sentence(tmp_path):
    """Exit status 130, and the last that is heard is which command it was."""
    command = [sys.executable, "-m", "claimkit.cli.main", "compare", "forward-born", "even-born"]
    process = subprocess.Popen(
        [*command, "--evidence", str(tmp_path)],
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        start_new_session=True,
    )
    assert process.stderr.readline() == "claimkit: auditing forward-born\n"
    # As a terminal does: the audit gets it, too.
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "claimkit: compare was interrupted\n" in said
    assert "claimkit/cli/main.py" not in said
