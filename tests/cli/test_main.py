"""The ``claimkit`` command answers bad input with one sentence and exit status 2."""

import json

import pytest

from claimkit.cli.main import main


def test_an_unknown_recipe_is_one_sentence(capsys):
    """The message offers the nearest name and lists the others."""
    status = main(["pretrain", "foward-born"])

    assert status == 2
    assert capsys.readouterr().err == (
        "claimkit: no recipe 'foward-born'; did you mean 'forward-born'? "
        "Recipes: forward-born, even-born, backward-born\n"
    )


def test_a_card_without_verdicts_is_one_sentence(tmp_path, capsys):
    """What is missing is named, with the command that makes it."""
    (tmp_path / "README.md").write_text("# model\n")

    status = main(["card", str(tmp_path)])

    assert status == 2
    assert f"no {tmp_path / 'verdicts.json'};" in capsys.readouterr().err


def test_a_card_gets_its_verdicts_in_place_of_older_ones(tmp_path):
    """Writing twice leaves one table, and the text before it as it was."""
    (tmp_path / "README.md").write_text("# model\n\nText.\n")
    for verdict in ("fails", "holds"):
        claims = {"test_x[A10]": {"claim": "A10", "verdict": verdict, "says": "UR − UL: +0.5"}}
        (tmp_path / "verdicts.json").write_text(json.dumps({"format": 1, "claims": claims}))
        main(["card", str(tmp_path)])

    text = (tmp_path / "README.md").read_text()

    assert text.startswith("# model\n\nText.\n\n")
    assert "| A10 | holds | UR − UL: +0.5 |" in text
    assert "fails" not in text


@pytest.mark.parametrize("arguments", [[], ["bake"]], ids=["no command", "unknown command"])
def test_a_wrong_command_is_a_usage_error(arguments):
    """The parser explains, and the exit status is 2."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)

    assert stopped.value.code == 2


@pytest.mark.parametrize(
    "content",
    ["{", "[]", "{}", '{"claims": []}', '{"claims": {"test_x": {"claim": "A10"}}}', "\udcff"],
    ids=["cut off", "a list", "no claims", "a list of claims", "no verdict", "not UTF-8"],
)
def test_verdicts_that_are_none_are_one_sentence(tmp_path, capsys, content):
    """A file that --record did not write is named, and the card stays as it was."""
    (tmp_path / "README.md").write_text("# model\n")
    path = tmp_path / "verdicts.json"
    path.write_bytes(content.encode(errors="surrogateescape"))

    status = main(["card", str(tmp_path)])

    assert status == 2
    said = capsys.readouterr().err
    assert said.startswith(f"claimkit: {path} is no file of verdicts (")
    assert said.count("\n") == 1
    assert (tmp_path / "README.md").read_text() == "# model\n"


def test_a_file_that_cannot_be_made_is_one_sentence(tmp_path, capsys):
    """What the operating system refuses is said with its reason and the path."""
    (tmp_path / "file").write_text("")
    run = tmp_path / "file" / "run"

    status = main(["pretrain", "forward-born", "--run", str(run)])

    assert status == 2
    assert capsys.readouterr().err.startswith("claimkit: cannot pretrain: Not a directory: ")
